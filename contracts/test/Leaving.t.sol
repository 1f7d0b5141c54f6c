// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

import {IVault} from "../src/interfaces/IVault.sol";
import {Layout} from "../src/generated/Layout.sol";
import {Vault} from "../src/Vault.sol";
import {Keys} from "./fixture/Keys.sol";
import {Requests} from "./fixture/Requests.sol";
import {FalseToken, ReenteringToken, SilentToken} from "./fixture/Tokens.sol";
import {Tree} from "./fixture/Tree.sol";

/// @notice What waited goes back to who paid it, and money leaves by pull. This contract stands for the settlement.
contract LeavingTest is Requests {
    function setUp() public {
        _makeVault(7);
        vault.initialize(address(this));
        _open(ALICE, 3 * MINIMUM);
        _take();
    }

    function _take() private {
        (IVault.Request[] memory taken, bytes32[][] memory paths) = _oldest(1);
        vault.take(taken, paths, BOB);
    }

    function _handBack(uint64 number) private {
        vault.handBack(number, entries[number], Tree.path(leaves, number));
    }

    // --- the queue ---

    /// @dev Of an account, of somebody else's, of a new one, of the house, and a withdrawal; in any order.
    function test_handBack_toEachPayerInAnyOrder() public {
        _deposit(BOB, 1, MINIMUM);
        _open(BOB, 2 * MINIMUM);
        _houseDeposit(ALICE, MINIMUM + 5);
        _withdraw(1, MINIMUM);
        vault.freeze(true);
        uint256[4] memory order = [uint256(3), 1, 4, 2];
        for (uint256 i; i < 4; ++i) {
            _handBack(uint64(order[i]));
        }
        assertEq(vault.claims(BOB), 3 * MINIMUM);
        assertEq(vault.claims(ALICE), MINIMUM + 5);
        assertEq(vault.queuedDeposits(), 0);
        assertEq(vault.committed(), 3 * MINIMUM);
        // What serving would have earned is theirs as well; Bob served the first one.
        assertEq(vault.fees(ALICE), 2 * 7);
        assertEq(vault.fees(BOB), 3 * 7);
        assertEq(address(vault).balance, 5 * 7);
    }

    function test_handBack_revertsTheSecondTime() public {
        _deposit(BOB, 1, MINIMUM);
        vault.freeze(false);
        _handBack(1);
        bytes32[] memory path = Tree.path(leaves, 1);
        expectError(IVault.AlreadyHandedBack.selector, 1);
        vault.handBack(1, entries[1], path);
    }

    function test_handBack_revertsForAnythingElse() public {
        _deposit(BOB, 1, MINIMUM);
        _deposit(ALICE, 1, MINIMUM);
        IVault.Request memory entry = entries[1];
        bytes32[] memory path = Tree.path(leaves, 1);
        expectError(IVault.NotFrozen.selector);
        vault.handBack(1, entry, path);
        vault.freeze(true);
        // What was served is inside and leaves with its account.
        bytes32[] memory served = Tree.path(leaves, 0);
        IVault.Request memory first = entries[0];
        expectError(IVault.NotInQueue.selector, 0);
        vault.handBack(0, first, served);
        expectError(IVault.NotInQueue.selector, 2);
        vault.handBack(2, entry, path);
        expectError(IVault.NotInQueue.selector, 3);
        vault.handBack(3, entry, path);
        entry.payer = ALICE;
        expectError(IVault.NotInQueue.selector, 1);
        vault.handBack(1, entry, path);
        (entry.payer, entry.word) = (BOB, entry.word + (1 << Layout.REQUEST_AMOUNT_AT));
        expectError(IVault.NotInQueue.selector, 1);
        vault.handBack(1, entry, path);
    }

    function testFuzz_handBack_ofAFloodInAnyOrder(uint256 seed) public {
        uint256 count = bound(seed, 1, 40);
        uint256 sum;
        for (uint256 i; i < count; ++i) {
            uint256 amount = MINIMUM + seed % 1000 + i;
            _houseDeposit(BOB, amount);
            sum += amount;
        }
        vault.freeze(seed % 2 == 0);
        for (uint256 i; i < count; ++i) {
            _handBack(uint64(1 + (i * 41 + seed % 41) % count));
        }
        assertEq(vault.claims(BOB), sum);
        assertEq(vault.queuedDeposits(), 0);
    }

    function test_freeze_revertsTheSecondTime() public {
        vault.freeze(true);
        expectError(IVault.IsFrozen.selector);
        vault.freeze(false);
        assertTrue(vault.isCovered());
    }

    function test_frozen_neitherTakesNorCredits() public {
        _deposit(BOB, 1, MINIMUM);
        vault.freeze(true);
        (IVault.Request[] memory taken, bytes32[][] memory paths) = _oldest(1);
        expectError(IVault.IsFrozen.selector);
        vault.take(taken, paths, BOB);
        expectError(IVault.IsFrozen.selector);
        vault.credit(1, 1);
    }

    // --- by pull ---

    /// @dev What was granted before the freeze and not collected stays there to be collected.
    function test_claim_ofWhatWasGrantedBefore() public {
        vault.credit(1, MINIMUM);
        vault.freeze(true);
        vault.exit(1, 2 * MINIMUM);
        vm.prank(ALICE);
        assertEq(vault.claim(address(0xC01D)), 3 * MINIMUM);
        assertEq(token.balanceOf(address(0xC01D)), 3 * MINIMUM);
    }

    function test_claimFor_paysTheOwnerAlone() public {
        vault.credit(1, MINIMUM);
        uint256 before = token.balanceOf(ALICE);
        vm.prank(BOB);
        assertEq(vault.claimFor(ALICE), MINIMUM);
        assertEq(token.balanceOf(ALICE), before + MINIMUM);
        expectError(IVault.NothingToClaim.selector, ALICE);
        vault.claimFor(ALICE);
    }

    function test_claim_revertsToNobody() public {
        vault.credit(1, MINIMUM);
        expectError(IVault.ZeroAddress.selector);
        vm.prank(ALICE);
        vault.claim(address(0));
    }

    // --- hostile tokens ---

    function _vaultOf(IERC20Metadata other) private returns (Vault fresh) {
        fresh = new Vault(other, _minima(), 0, 0);
        fresh.initialize(address(this));
    }

    /// @dev The recipient whom the token refuses waits, or has it sent elsewhere; nobody else does.
    function test_claim_ofWhomASilentTokenRefuses() public {
        SilentToken silent = new SilentToken();
        Vault fresh = _vaultOf(IERC20Metadata(address(silent)));
        address[2] memory owners = [ALICE, BOB];
        for (uint256 i; i < 2; ++i) {
            silent.mint(owners[i], MINIMUM);
            vm.startPrank(owners[i]);
            silent.approve(address(fresh), MINIMUM);
            fresh.open(Keys.BASE8_X, Keys.BASE8_Y, MINIMUM);
            vm.stopPrank();
        }
        fresh.freeze(true);
        for (uint64 i; i < 2; ++i) {
            IVault.Request memory entry = IVault.Request(
                _opening(uint24(i + 1)), Keys.BASE8_X, Keys.BASE8_Y, uint64(block.timestamp), 0, owners[i]
            );
            bytes32[] memory path = new bytes32[](1);
            // The node of both: entry 1 is a right child, so it is shown by its sibling.
            path[0] = Tree.leaf(
                IVault.Request(
                    _opening(uint24(2 - i)),
                    Keys.BASE8_X,
                    Keys.BASE8_Y,
                    uint64(block.timestamp),
                    0,
                    owners[1 - i]
                )
            );
            fresh.handBack(i, entry, path);
        }
        silent.refuse(ALICE, true);
        expectError(SilentToken.Refused.selector, ALICE);
        fresh.claimFor(ALICE);
        assertEq(fresh.claims(ALICE), MINIMUM);
        fresh.claimFor(BOB);
        assertEq(silent.balanceOf(BOB), MINIMUM);
        vm.prank(ALICE);
        fresh.claim(address(0xC01D));
        assertEq(silent.balanceOf(address(0xC01D)), MINIMUM);
        assertEq(fresh.liabilities(), 0);
    }

    function _opening(uint24 account) private pure returns (uint256) {
        return Layout.KIND_OPEN | uint256(account) << Layout.REQUEST_ACCOUNT_AT | uint256(MINIMUM)
            << Layout.REQUEST_AMOUNT_AT;
    }

    function test_claim_revertsWhenTheTokenSaysNo() public {
        FalseToken liar = new FalseToken();
        Vault fresh = _openedVault(IERC20Metadata(address(liar)), liar);
        liar.lie();
        expectError(SafeERC20.SafeERC20FailedOperation.selector, address(liar));
        fresh.claimFor(address(this));
        assertEq(fresh.claims(address(this)), MINIMUM);
    }

    function test_claim_revertsWhenTheTokenCallsBack() public {
        ReenteringToken hostile = new ReenteringToken();
        Vault fresh = _openedVault(IERC20Metadata(address(hostile)), FalseToken(address(hostile)));
        hostile.attackClaim(fresh, address(this));
        expectError(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector);
        fresh.claimFor(address(this));
        assertEq(fresh.claims(address(this)), MINIMUM);
    }

    /// @dev A frozen vault with one opening of this contract that was handed back.
    function _openedVault(IERC20Metadata other, FalseToken mints) private returns (Vault fresh) {
        fresh = _vaultOf(other);
        mints.mint(address(this), MINIMUM);
        other.approve(address(fresh), MINIMUM);
        fresh.open(Keys.BASE8_X, Keys.BASE8_Y, MINIMUM);
        fresh.freeze(true);
        IVault.Request memory entry = IVault.Request(
            _opening(1), Keys.BASE8_X, Keys.BASE8_Y, uint64(block.timestamp), 0, address(this)
        );
        fresh.handBack(0, entry, new bytes32[](0));
    }
}
