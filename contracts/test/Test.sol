// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

/// @title  Vm
/// @notice The cheatcodes that these tests use.
interface Vm {
    struct Gas {
        uint64 gasLimit;
        uint64 gasTotalUsed;
        uint64 gasMemoryUsed;
        int64 gasRefunded;
        uint64 gasRemaining;
    }

    /// @dev In forge's order of fields.
    struct ChainInfo {
        uint256 forkId;
        uint256 chainId;
    }

    struct AccountAccess {
        ChainInfo chainInfo;
        uint8 kind;
        address account;
        address accessor;
        bool initialized;
        uint256 oldBalance;
        uint256 newBalance;
        bytes deployedCode;
        uint256 value;
        bytes data;
        bool reverted;
        StorageAccess[] storageAccesses;
        uint64 depth;
        uint64 oldNonce;
        uint64 newNonce;
    }

    struct StorageAccess {
        address account;
        bytes32 slot;
        bool isWrite;
        bytes32 previousValue;
        bytes32 newValue;
        bool reverted;
    }

    function accesses(address target)
        external
        returns (bytes32[] memory readSlots, bytes32[] memory writeSlots);
    function addr(uint256 secret) external pure returns (address);
    function assume(bool condition) external pure;
    function chainId(uint256 id) external;
    function deal(address account, uint256 balance) external;
    function fee(uint256 baseFee) external;
    function createDir(string calldata path, bool recursive) external;
    function dumpState(string calldata path) external;
    function etch(address target, bytes calldata code) external;
    function expectEmit(address emitter) external;
    function expectRevert(bytes calldata data) external;
    function expectRevert(bytes4 selector) external;
    function lastCallGas() external view returns (Gas memory);
    function load(address target, bytes32 slot) external view returns (bytes32);
    function prank(address sender) external;
    function record() external;
    function sign(uint256 secret, bytes32 digest) external pure returns (uint8 v, bytes32 r, bytes32 s);
    function startPrank(address sender) external;
    function startStateDiffRecording() external;
    function stopAndReturnStateDiff() external returns (AccountAccess[] memory);
    function stopPrank() external;
    function store(address target, bytes32 slot, bytes32 value) external;
    function toString(address value) external pure returns (string memory);
    function toString(bytes calldata value) external pure returns (string memory);
    function toString(uint256 value) external pure returns (string memory);
    function warp(uint256 time) external;
    function writeFile(string calldata path, string calldata data) external;
    function writeLine(string calldata path, string calldata data) external;
}

/// @title  Test
/// @notice What every test contract starts from; forge-std as published on npm does not compile here.
abstract contract Test {
    Vm internal constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));

    address private constant CONSOLE = 0x000000000000000000636F6e736F6c652e6c6f67;

    error NotEqual(uint256 left, uint256 right);
    error NotTrue();

    function assertEq(uint256 left, uint256 right) internal pure {
        if (left != right) revert NotEqual(left, right);
    }

    function assertEq(address left, address right) internal pure {
        if (left != right) revert NotEqual(uint160(left), uint160(right));
    }

    function assertTrue(bool condition) internal pure {
        if (!condition) revert NotTrue();
    }

    function assertFalse(bool condition) internal pure {
        if (condition) revert NotTrue();
    }

    function expectError(bytes4 selector) internal {
        vm.expectRevert(abi.encodeWithSelector(selector));
    }

    function expectError(bytes4 selector, uint256 a) internal {
        vm.expectRevert(abi.encodeWithSelector(selector, a));
    }

    function expectError(bytes4 selector, uint256 a, uint256 b) internal {
        vm.expectRevert(abi.encodeWithSelector(selector, a, b));
    }

    function expectError(bytes4 selector, uint256 a, uint256 b, uint256 c) internal {
        vm.expectRevert(abi.encodeWithSelector(selector, a, b, c));
    }

    function expectError(bytes4 selector, address a) internal {
        vm.expectRevert(abi.encodeWithSelector(selector, a));
    }

    function expectError(bytes4 selector, address a, address b) internal {
        vm.expectRevert(abi.encodeWithSelector(selector, a, b));
    }

    /// @dev How many places of a contract were written since `vm.record`; none of them may be zero again.
    function countWritten(address target) internal returns (uint256 count) {
        (, bytes32[] memory written) = vm.accesses(target);
        bytes32[] memory distinct = new bytes32[](64);
        for (uint256 i; i < written.length; ++i) {
            uint256 j;
            while (j < count && distinct[j] != written[i]) ++j;
            if (j == count) distinct[count++] = written[i];
            assertTrue(vm.load(target, written[i]) != 0);
        }
    }

    /// @dev Printed by `forge test -vv`.
    function print(string memory what, uint256 value) internal view {
        (bool done,) = CONSOLE.staticcall(abi.encodeWithSignature("log(string,uint256)", what, value));
        assertTrue(done);
    }

    /// @dev `value` folded into low..high, both included.
    function bound(uint256 value, uint256 low, uint256 high) internal pure returns (uint256) {
        return low + value % (high - low + 1);
    }
}
