// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IVault} from "../src/interfaces/IVault.sol";
import {Requests} from "./fixture/Requests.sol";

/// @notice Serves, but takes no money.
contract Miser {
    function claimFees(IVault vault, address to) external {
        vault.claimFees(to);
    }
}

/// @dev This contract stands for the settlement contract.
contract QueueTest is Requests {
    uint256 constant BASE_FEE = 10 gwei;
    uint64 constant DATA_FEE = 7_000 gwei;
    uint256 constant FEE = 60_000 * BASE_FEE + DATA_FEE;

    function setUp() public {
        _makeVault(DATA_FEE);
        vault.initialize(address(this));
        vm.fee(BASE_FEE);
        _open(ALICE, MINIMUM);
    }

    // --- serving ---

    /// forge-config: default.fuzz.runs = 64
    function testFuzz_take_inPartsOfAnySize(uint256 seed) public {
        for (uint256 i; i < 20; ++i) {
            seed = uint256(keccak256(abi.encode(seed)));
            if (seed % 3 == 0 && !_isWithdrawing(1)) _withdraw(1, MINIMUM);
            if (seed % 3 == 1) _deposit(BOB, 1, MINIMUM + i);
            if (seed % 3 == 2) _take((seed >> 128) % (1 + vault.queueLength()));
        }
        _take(vault.queueLength());
        assertEq(vault.queueStart(), vault.queueEnd());
        assertEq(vault.queuedDeposits(), 0);
    }

    /// @dev Requests that join between the paths and their transaction void nothing that has waited.
    function test_take_isNotVoidedByRequestsThatJoin() public {
        for (uint256 i; i < 6; ++i) {
            _deposit(BOB, 1, MINIMUM);
        }
        (IVault.Request[] memory requests, bytes32[][] memory paths) = _oldest(4);
        for (uint256 i; i < 4; ++i) {
            _deposit(BOB, 1, MINIMUM);
        }
        vault.take(requests, paths, BOB);
        assertEq(vault.queueStart(), 4);
    }

    /// @dev Whichever field of an entry is changed, it is not the one that was queued.
    function testFuzz_take_revertsForAnyOtherEntry(uint256 field, uint256 change) public {
        _withdraw(1, MINIMUM);
        (IVault.Request[] memory requests, bytes32[][] memory paths) = _oldest(2);
        change = bound(change, 1, type(uint64).max);
        field %= 6;
        if (field == 0) requests[1].word ^= change;
        if (field == 1) requests[1].keyX ^= change;
        if (field == 2) requests[1].keyY ^= change;
        if (field == 3) requests[1].time ^= uint64(change);
        if (field == 4) requests[1].fee ^= uint96(change);
        if (field == 5) requests[1].payer = address(uint160(requests[1].payer) ^ uint160(change));
        expectError(IVault.NotInQueue.selector, 1);
        vault.take(requests, paths, BOB);
    }

    function test_take_revertsOutOfOrder() public {
        _deposit(BOB, 1, MINIMUM);
        (IVault.Request[] memory requests, bytes32[][] memory paths) = _oldest(2);
        (requests[0], requests[1]) = (requests[1], requests[0]);
        (paths[0], paths[1]) = (paths[1], paths[0]);
        expectError(IVault.NotInQueue.selector, 0);
        vault.take(requests, paths, BOB);
    }

    function test_take_revertsTheSecondTime() public {
        (IVault.Request[] memory requests, bytes32[][] memory paths) = _oldest(1);
        vault.take(requests, paths, BOB);
        expectError(IVault.QueueTooShort.selector, 1, 0);
        vault.take(requests, paths, BOB);
        _deposit(BOB, 1, MINIMUM);
        expectError(IVault.NotInQueue.selector, 1);
        vault.take(requests, paths, BOB);
    }

    function test_take_revertsWithoutAPathForEach() public {
        (IVault.Request[] memory requests,) = _oldest(1);
        expectError(IVault.WrongPaths.selector, 0, 1);
        vault.take(requests, new bytes32[][](0), BOB);
    }

    // --- fees ---

    function test_requests_payWhatServingCosts() public {
        assertEq(vault.requestFee(), FEE);
        expectError(IVault.WrongFee.selector, FEE - 1, FEE);
        vm.prank(BOB);
        vault.deposit{value: FEE - 1}(1, ALICE, MINIMUM);
        _deposit(BOB, 1, MINIMUM);
        assertEq(address(vault).balance, 2 * FEE);
    }

    /// @dev What a chain charges for data is due whatever its base fee is.
    function test_requestFee_coversDataApartFromGas() public {
        vm.fee(0);
        assertEq(vault.requestFee(), DATA_FEE);
        expectError(IVault.WrongFee.selector, DATA_FEE - 1, DATA_FEE);
        vm.prank(BOB);
        vault.deposit{value: DATA_FEE - 1}(1, ALICE, MINIMUM);
        _deposit(BOB, 1, MINIMUM);
        assertEq(vault.REQUEST_FEE_WEI(), DATA_FEE);
    }

    /// @dev Dust stays withdrawable, at a price that leaves no joy in a flood of it.
    function test_withdraw_belowTheMinimumPaysMore() public {
        _open(ALICE, MINIMUM);
        expectError(IVault.WrongFee.selector, 4 * FEE - 1, 4 * FEE);
        vm.prank(ALICE);
        vault.withdraw{value: 4 * FEE - 1}(1, MINIMUM / 4 - 1);
        _withdraw(1, 1);
        _withdraw(2, MINIMUM / 4);
        assertEq(address(vault).balance, 7 * FEE);
    }

    function test_deposit_revertsWhenTheFeeIsTooLargeToBeOne() public {
        vm.deal(BOB, 2 ** 97);
        expectError(IVault.WrongFee.selector, 2 ** 96, FEE);
        vm.prank(BOB);
        vault.deposit{value: 2 ** 96}(1, ALICE, MINIMUM);
    }

    function test_take_earnsTheFeesOfWhatIsServed() public {
        _deposit(BOB, 1, MINIMUM);
        vm.fee(3 * BASE_FEE);
        _deposit(BOB, 1, MINIMUM);
        _take(2);
        assertEq(vault.fees(BOB), 2 * FEE);
        _take(1);
        uint256 earned = 2 * FEE + 60_000 * 3 * BASE_FEE + DATA_FEE;
        assertEq(vault.fees(BOB), earned);
        vm.expectEmit(address(vault));
        emit IVault.FeesClaimed(BOB, address(0xFEE), earned);
        vm.prank(BOB);
        vault.claimFees(address(0xFEE));
        assertEq(address(0xFEE).balance, earned);
        assertEq(vault.fees(BOB), 0);
        expectError(IVault.NothingToClaim.selector, BOB);
        vm.prank(BOB);
        vault.claimFees(BOB);
    }

    /// @dev Who cannot be paid keeps nobody else waiting, and may send its fees elsewhere.
    function test_claimFees_ofAServerThatTakesNoMoney() public {
        Miser miser = new Miser();
        (IVault.Request[] memory requests, bytes32[][] memory paths) = _oldest(1);
        vault.take(requests, paths, address(miser));
        expectError(IVault.FeesRefused.selector, address(miser));
        miser.claimFees(vault, address(miser));
        miser.claimFees(vault, address(0xFEE));
        assertEq(address(0xFEE).balance, FEE);
    }

    // --- storage ---

    /// @dev What waits costs no storage: however long the queue, the same words are written over.
    function test_queue_writesNoSlotAfresh() public {
        for (uint256 i; i < 64; ++i) {
            _deposit(BOB, 1, MINIMUM);
        }
        _take(vault.queueLength());
        vm.record();
        for (uint256 i; i < 40; ++i) {
            _deposit(BOB, 1, MINIMUM);
            _take(1);
        }
        uint256 count = countWritten(address(vault));
        // Both ends, the balance sheet, who serves, and the levels that 40 entries after 65 end at.
        assertEq(count, 10);
    }

    function _take(uint256 count) private {
        (IVault.Request[] memory requests, bytes32[][] memory paths) = _oldest(count);
        vault.take(requests, paths, BOB);
    }
}
