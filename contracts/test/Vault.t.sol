// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IVault} from "../src/interfaces/IVault.sol";
import {Layout} from "../src/generated/Layout.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

import {RequestWord} from "../src/RequestWord.sol";
import {TestToken} from "../src/TestToken.sol";
import {Vault} from "../src/Vault.sol";
import {FeeToken, ReenteringToken} from "./fixture/Tokens.sol";
import {Keys} from "./fixture/Keys.sol";
import {Test} from "./Test.sol";

/// @dev This contract stands for the settlement contract.
/// @dev Long for one file: every function of the vault with each of its reverts.
contract VaultTest is Test {
    uint64 constant MINIMUM = 1e6;
    uint256 constant LIMIT = 1 << 63;
    address constant ALICE = address(0xA11CE);
    address constant BOB = address(0xB0B);

    TestToken token;
    Vault vault;

    function setUp() public {
        token = new TestToken();
        vault = new Vault(token, MINIMUM);
        vault.initialize(address(this));
        _fund(ALICE);
        _fund(BOB);
    }

    // --- construction ---

    function test_constructor_revertsWhenTokenIsZero() public {
        expectError(IVault.ZeroAddress.selector);
        new Vault(IERC20(address(0)), MINIMUM);
    }

    function test_constructor_revertsWhenMinimumIsOutOfRange() public {
        expectError(IVault.AmountOutOfRange.selector, 0, LIMIT);
        new Vault(token, 0);
        expectError(IVault.AmountOutOfRange.selector, LIMIT, LIMIT);
        new Vault(token, uint64(LIMIT));
    }

    function test_initialize_revertsForOthers() public {
        Vault fresh = new Vault(token, MINIMUM);
        expectError(IVault.OnlyDeployer.selector, BOB, address(this));
        vm.prank(BOB);
        fresh.initialize(BOB);
    }

    function test_initialize_revertsTheSecondTime() public {
        expectError(IVault.AlreadyInitialized.selector, address(this));
        vault.initialize(BOB);
    }

    function test_initialize_revertsWhenZero() public {
        Vault fresh = new Vault(token, MINIMUM);
        expectError(IVault.ZeroAddress.selector);
        fresh.initialize(address(0));
    }

    function test_requests_revertBeforeInitialization() public {
        Vault fresh = new Vault(token, MINIMUM);
        expectError(IVault.NotInitialized.selector);
        fresh.open(Keys.BASE8_X, Keys.BASE8_Y, MINIMUM);
        expectError(IVault.NotInitialized.selector);
        fresh.withdraw(1, 1);
        expectError(IVault.NotInitialized.selector);
        fresh.houseDeposit(1);
    }

    // --- requests ---

    function test_open_queuesAndRemembersTheSender() public {
        uint256 word = RequestWord.pack(Layout.KIND_OPEN, 1, MINIMUM);
        vm.expectEmit(address(vault));
        emit IVault.RequestQueued(0, word, Keys.BASE8_X, Keys.BASE8_Y, ALICE);
        assertEq(_open(ALICE, MINIMUM), 1);
        IVault.Request memory queued = vault.request(0);
        assertEq(queued.word, word);
        assertEq(queued.keyX, Keys.BASE8_X);
        assertEq(queued.keyY, Keys.BASE8_Y);
        assertEq(vault.accountAddress(1), ALICE);
        assertEq(vault.queueLength(), 1);
        assertEq(vault.queuedDeposits(), MINIMUM);
        assertEq(token.balanceOf(address(vault)), MINIMUM);
    }

    function test_open_numbersAccountsFromOne() public {
        assertEq(_open(ALICE, MINIMUM), 1);
        assertEq(_open(BOB, MINIMUM), 2);
        assertEq(_open(ALICE, MINIMUM), 3);
        assertEq(vault.accountCount(), 3);
    }

    function test_open_revertsBelowMinimum() public {
        expectError(IVault.BelowMinimum.selector, MINIMUM - 1, MINIMUM);
        _open(ALICE, MINIMUM - 1);
    }

    function test_open_revertsWhenKeyIsInvalid() public {
        expectError(IVault.InvalidKey.selector, 0, 1);
        vm.prank(ALICE);
        vault.open(0, 1, MINIMUM);
    }

    function test_open_revertsWhenAccountsAreExhausted() public {
        // Slot 0: settlement (160 bits), then accountCount (24 bits).
        vm.store(
            address(vault), bytes32(0), bytes32(uint256(uint160(address(this))) | uint256(2 ** 24 - 1) << 160)
        );
        assertEq(vault.accountCount(), 2 ** 24 - 1);
        expectError(IVault.AccountsExhausted.selector);
        _open(ALICE, MINIMUM);
    }

    function test_deposit_isOpenToAnyone() public {
        _open(ALICE, MINIMUM);
        uint256 word = RequestWord.pack(Layout.KIND_DEPOSIT, 1, 7);
        vm.expectEmit(address(vault));
        emit IVault.RequestQueued(1, word, 0, 0, BOB);
        vm.prank(BOB);
        vault.deposit(1, 7);
        assertEq(vault.request(1).word, word);
        assertEq(vault.queuedDeposits(), MINIMUM + 7);
    }

    function testFuzz_deposit_revertsWhenAccountIsUnknown(uint256 index) public {
        vm.assume(index != 1);
        _open(ALICE, MINIMUM);
        expectError(IVault.UnknownAccount.selector, index, 1);
        vm.prank(ALICE);
        vault.deposit(index, 1);
    }

    function test_withdraw_queuesButMovesNothing() public {
        _open(ALICE, MINIMUM);
        vm.prank(ALICE);
        vault.withdraw(1, LIMIT - 1);
        assertEq(vault.request(1).word, RequestWord.pack(Layout.KIND_WITHDRAW, 1, uint64(LIMIT - 1)));
        assertEq(vault.queuedDeposits(), MINIMUM);
        assertEq(vault.claims(ALICE), 0);
    }

    function test_withdraw_revertsForOthers() public {
        _open(ALICE, MINIMUM);
        expectError(IVault.NotAccountAddress.selector, BOB, ALICE);
        vm.prank(BOB);
        vault.withdraw(1, 1);
    }

    function test_withdraw_revertsWhenAccountIsUnknown() public {
        expectError(IVault.UnknownAccount.selector, 1, 0);
        vault.withdraw(1, 1);
    }

    function test_houseDeposit_queues() public {
        vm.prank(BOB);
        vault.houseDeposit(9);
        assertEq(vault.request(0).word, RequestWord.pack(Layout.KIND_HOUSE_DEPOSIT, 0, 9));
    }

    function testFuzz_requests_revertWhenAmountIsOutOfRange(uint256 amount) public {
        amount = amount % 8 == 0 ? 0 : bound(amount, LIMIT, type(uint256).max - 1);
        _open(ALICE, MINIMUM);
        if (amount != 0) {
            expectError(IVault.AmountOutOfRange.selector, amount, LIMIT);
            _open(ALICE, amount);
        }
        expectError(IVault.AmountOutOfRange.selector, amount, LIMIT);
        vault.deposit(1, amount);
        expectError(IVault.AmountOutOfRange.selector, amount, LIMIT);
        vault.houseDeposit(amount);
        expectError(IVault.AmountOutOfRange.selector, amount, LIMIT);
        vm.prank(ALICE);
        vault.withdraw(1, amount);
    }

    function test_deposit_revertsWhenVaultIsFull() public {
        _open(ALICE, LIMIT - 2);
        vm.prank(BOB);
        vault.deposit(1, 1);
        expectError(IVault.VaultFull.selector, LIMIT, LIMIT);
        vm.prank(BOB);
        vault.deposit(1, 1);
    }

    function test_deposit_revertsWhenTokenTakesAFee() public {
        FeeToken fee = new FeeToken();
        Vault fresh = new Vault(fee, MINIMUM);
        fresh.initialize(address(this));
        fee.mint(address(this), 100);
        fee.approve(address(fresh), 100);
        expectError(IVault.UnexpectedTransfer.selector, 99, 100);
        fresh.houseDeposit(100);
    }

    function test_deposit_revertsWhenTokenReenters() public {
        ReenteringToken reentering = new ReenteringToken();
        Vault fresh = new Vault(reentering, MINIMUM);
        fresh.initialize(address(this));
        reentering.mint(address(this), 100);
        reentering.approve(address(fresh), 100);
        reentering.attack(fresh);
        expectError(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector);
        fresh.houseDeposit(100);
    }

    // --- settlement ---

    function test_take_returnsTheOldestAndCommitsTheirDeposits() public {
        _open(ALICE, MINIMUM);
        vm.prank(ALICE);
        vault.withdraw(1, 5);
        vm.prank(BOB);
        vault.houseDeposit(9);
        vm.expectEmit(address(vault));
        emit IVault.RequestsTaken(0, 2);
        IVault.Request[] memory taken = vault.take(2);
        assertEq(taken.length, 2);
        assertEq(taken[0].word, RequestWord.pack(Layout.KIND_OPEN, 1, MINIMUM));
        assertEq(taken[0].keyX, Keys.BASE8_X);
        assertEq(taken[0].keyY, Keys.BASE8_Y);
        assertEq(taken[1].word, RequestWord.pack(Layout.KIND_WITHDRAW, 1, 5));
        assertEq(vault.queueStart(), 2);
        assertEq(vault.queueLength(), 1);
        assertEq(vault.committed(), MINIMUM);
        assertEq(vault.queuedDeposits(), 9);
        assertEq(vault.request(0).word, 0);
    }

    function test_take_revertsForOthers() public {
        expectError(IVault.OnlySettlement.selector, BOB, address(this));
        vm.prank(BOB);
        vault.take(0);
    }

    function test_take_revertsWhenQueueIsTooShort() public {
        _open(ALICE, MINIMUM);
        expectError(IVault.QueueTooShort.selector, 2, 1);
        vault.take(2);
    }

    function test_credit_andClaim() public {
        _open(ALICE, MINIMUM);
        vault.take(1);
        vm.expectEmit(address(vault));
        emit IVault.Credited(1, ALICE, 400);
        vault.credit(1, 400);
        vault.credit(1, 100);
        assertEq(vault.committed(), MINIMUM - 500);
        assertEq(vault.totalClaims(), 500);
        assertEq(vault.claims(ALICE), 500);

        uint256 before = token.balanceOf(ALICE);
        vm.expectEmit(address(vault));
        emit IVault.Claimed(ALICE, 500);
        vm.prank(ALICE);
        vault.claim();
        assertEq(token.balanceOf(ALICE), before + 500);
        assertEq(vault.totalClaims(), 0);
        assertEq(vault.liabilities(), token.balanceOf(address(vault)));
    }

    function test_credit_revertsForOthers() public {
        expectError(IVault.OnlySettlement.selector, BOB, address(this));
        vm.prank(BOB);
        vault.credit(1, 1);
    }

    function test_credit_revertsWhenAccountIsUnknown() public {
        expectError(IVault.UnknownAccount.selector, 0, 0);
        vault.credit(0, 1);
    }

    function test_credit_cannotReachQueuedDeposits() public {
        _open(ALICE, MINIMUM);
        vault.take(1);
        _open(BOB, MINIMUM);
        expectError(IVault.ExceedsCommitted.selector, MINIMUM + 1, MINIMUM);
        vault.credit(1, MINIMUM + 1);
    }

    function test_claim_revertsWhenNothingIsDue() public {
        expectError(IVault.NothingToClaim.selector, BOB);
        vm.prank(BOB);
        vault.claim();
    }

    function test_claim_paysOnce() public {
        _open(ALICE, MINIMUM);
        vault.take(1);
        vault.credit(1, 1);
        vm.prank(ALICE);
        vault.claim();
        expectError(IVault.NothingToClaim.selector, ALICE);
        vm.prank(ALICE);
        vault.claim();
    }

    function _open(address owner, uint256 amount) private returns (uint24) {
        vm.prank(owner);
        return vault.open(Keys.BASE8_X, Keys.BASE8_Y, amount);
    }

    function _fund(address owner) private {
        token.mint(owner, 1 << 64);
        vm.prank(owner);
        token.approve(address(vault), type(uint256).max);
    }
}
