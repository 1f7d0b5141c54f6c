// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

import {Layout} from "../src/generated/Layout.sol";
import {IVault} from "../src/interfaces/IVault.sol";
import {RequestWord} from "../src/RequestWord.sol";
import {Vault} from "../src/Vault.sol";
import {Keys} from "./fixture/Keys.sol";
import {Requests} from "./fixture/Requests.sol";
import {DecimalsToken, FeeToken, ReenteringToken} from "./fixture/Tokens.sol";

/// @dev This contract stands for the settlement contract.
/// @dev Long for one file: every function of the vault with each of its reverts. The queue is in Queue.t.sol.
contract VaultTest is Requests {
    uint256 constant LIMIT = 1 << 63;

    function setUp() public {
        _makeVault(0);
        vault.initialize(address(this));
    }

    // --- construction ---

    function test_constructor_revertsWhenTokenIsZero() public {
        expectError(IVault.ZeroAddress.selector);
        new Vault(IERC20Metadata(address(0)), _minima(), 0, 0);
    }

    function test_constructor_revertsWhenAMinimumIsOutOfRange() public {
        uint64[2] memory bad = [0, uint64(LIMIT)];
        for (uint256 i; i < 6; ++i) {
            IVault.Minima memory minima = _minima();
            if (i / 2 == 0) minima.opening = bad[i % 2];
            if (i / 2 == 1) minima.deposit = bad[i % 2];
            if (i / 2 == 2) minima.withdrawal = bad[i % 2];
            expectError(IVault.AmountOutOfRange.selector, bad[i % 2], LIMIT);
            new Vault(token, minima, 0, 0);
        }
    }

    function test_constructor_revertsWhenDecimalsAreNotSupported() public {
        uint8[2] memory bad = [5, 37];
        for (uint256 i; i < 2; ++i) {
            DecimalsToken odd = new DecimalsToken(bad[i]);
            expectError(IVault.UnsupportedDecimals.selector, bad[i]);
            new Vault(odd, _minima(), 0, 0);
        }
    }

    /// @dev The token's decimals are its own matter: one whole token is one USD.
    function testFuzz_open_takesWholeMicroUsdOfAnyToken(uint8 decimals) public {
        decimals = uint8(bound(decimals, 6, 36));
        DecimalsToken other = new DecimalsToken(decimals);
        Vault fresh = new Vault(other, _minima(), 0, 0);
        fresh.initialize(address(this));
        uint256 unit = 10 ** (decimals - 6);
        assertEq(fresh.UNIT(), unit);
        other.mint(address(this), MINIMUM * unit);
        other.approve(address(fresh), MINIMUM * unit);
        fresh.open(Keys.BASE8_X, Keys.BASE8_Y, MINIMUM);
        assertEq(other.balanceOf(address(fresh)), MINIMUM * unit);
        assertEq(fresh.liabilities(), MINIMUM);

        vault = fresh;
        _enter(Layout.KIND_OPEN, 1, MINIMUM, 0, address(this));
        _take(1);
        fresh.credit(1, MINIMUM);
        assertEq(fresh.claim(address(this)), MINIMUM);
        assertEq(other.balanceOf(address(this)), MINIMUM * unit);
    }

    function test_initialize_revertsForOthers() public {
        Vault fresh = new Vault(token, _minima(), 0, 0);
        expectError(IVault.OnlyDeployer.selector, BOB, address(this));
        vm.prank(BOB);
        fresh.initialize(BOB);
    }

    function test_initialize_revertsTheSecondTime() public {
        expectError(IVault.AlreadyInitialized.selector, address(this));
        vault.initialize(BOB);
    }

    function test_initialize_revertsWhenZero() public {
        Vault fresh = new Vault(token, _minima(), 0, 0);
        expectError(IVault.ZeroAddress.selector);
        fresh.initialize(address(0));
    }

    function test_requests_revertBeforeInitialization() public {
        Vault fresh = new Vault(token, _minima(), 0, 0);
        expectError(IVault.NotInitialized.selector);
        fresh.open(Keys.BASE8_X, Keys.BASE8_Y, MINIMUM);
        expectError(IVault.NotInitialized.selector);
        fresh.withdraw(1, 1);
        expectError(IVault.NotInitialized.selector);
        fresh.houseDeposit(MINIMUM);
    }

    // --- requests ---

    function test_open_queuesAndRemembersTheSender() public {
        uint256 word = RequestWord.pack(Layout.KIND_OPEN, 1, MINIMUM);
        vm.expectEmit(address(vault));
        emit IVault.RequestQueued(0, word, Keys.BASE8_X, Keys.BASE8_Y, uint64(block.timestamp), 0, ALICE);
        assertEq(_open(ALICE, MINIMUM), 1);
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

    function test_deposits_revertBelowTheMinimum() public {
        expectError(IVault.BelowMinimum.selector, MINIMUM - 1, MINIMUM);
        vm.prank(ALICE);
        vault.open(Keys.BASE8_X, Keys.BASE8_Y, MINIMUM - 1);
        _open(ALICE, MINIMUM);
        expectError(IVault.BelowMinimum.selector, MINIMUM / 2 - 1, MINIMUM / 2);
        vm.prank(ALICE);
        vault.deposit(1, ALICE, MINIMUM / 2 - 1);
        expectError(IVault.BelowMinimum.selector, MINIMUM / 2 - 1, MINIMUM / 2);
        vm.prank(ALICE);
        vault.houseDeposit(MINIMUM / 2 - 1);
        _deposit(ALICE, 1, MINIMUM / 2);
    }

    function test_open_revertsWhenKeyIsInvalid() public {
        expectError(IVault.InvalidKey.selector, 0, 1);
        vm.prank(ALICE);
        vault.open(0, 1, MINIMUM);
    }

    function test_open_revertsWhenAccountsAreExhausted() public {
        // The slot of settlement (160 bits), then accountCount (24 bits).
        uint256 kept = uint256(uint160(address(this)));
        uint256 slot;
        while (uint256(vm.load(address(vault), bytes32(slot))) != kept) ++slot;
        vm.store(address(vault), bytes32(slot), bytes32(kept | uint256(2 ** 24 - 1) << 160));
        assertEq(vault.accountCount(), 2 ** 24 - 1);
        expectError(IVault.AccountsExhausted.selector);
        vm.prank(ALICE);
        vault.open(Keys.BASE8_X, Keys.BASE8_Y, MINIMUM);
    }

    function test_deposit_isOpenToAnyone() public {
        _open(ALICE, MINIMUM);
        uint256 word = RequestWord.pack(Layout.KIND_DEPOSIT, 1, MINIMUM);
        vm.expectEmit(address(vault));
        emit IVault.RequestQueued(1, word, 0, 0, uint64(block.timestamp), 0, BOB);
        _deposit(BOB, 1, MINIMUM);
        assertEq(vault.queuedDeposits(), 2 * MINIMUM);
    }

    function testFuzz_deposit_revertsWhenAccountIsUnknown(uint256 index) public {
        vm.assume(index != 1);
        _open(ALICE, MINIMUM);
        expectError(IVault.UnknownAccount.selector, index, 1);
        vm.prank(ALICE);
        vault.deposit(index, ALICE, MINIMUM);
    }

    /// @dev Two openings that a reorganisation swaps: the number is somebody else's now.
    function test_deposit_revertsWhenAnotherAddressOpenedTheAccount() public {
        _open(BOB, MINIMUM);
        _open(ALICE, MINIMUM);
        expectError(IVault.NotAccountAddress.selector, ALICE, BOB);
        vm.prank(ALICE);
        vault.deposit(1, ALICE, MINIMUM);
        assertEq(vault.queueLength(), 2);
        _deposit(ALICE, 2, MINIMUM);
        assertEq(vault.queuedDeposits(), 3 * MINIMUM);
    }

    /// @dev Of an account that nobody opened, not even the zero address is the owner.
    function test_deposit_revertsWhenNobodyOpenedTheAccount() public {
        expectError(IVault.UnknownAccount.selector, 1, 0);
        vm.prank(ALICE);
        vault.deposit(1, address(0), MINIMUM);
    }

    function test_withdraw_queuesButMovesNothing() public {
        _open(ALICE, MINIMUM);
        uint256 word = RequestWord.pack(Layout.KIND_WITHDRAW, 1, uint64(LIMIT - 1));
        vm.expectEmit(address(vault));
        emit IVault.RequestQueued(1, word, 0, 0, uint64(block.timestamp), 0, ALICE);
        _withdraw(1, LIMIT - 1);
        assertEq(vault.queuedDeposits(), MINIMUM);
        assertEq(vault.claims(ALICE), 0);
    }

    function test_withdraw_revertsForOthers() public {
        _open(ALICE, MINIMUM);
        expectError(IVault.NotAccountAddress.selector, BOB, ALICE);
        vm.prank(BOB);
        vault.withdraw(1, MINIMUM);
    }

    function test_withdraw_revertsWhileOneOfTheAccountWaits() public {
        _open(ALICE, MINIMUM);
        _open(ALICE, MINIMUM);
        assertEq(vault.lastWithdrawal(1), 0);
        _withdraw(1, MINIMUM);
        assertEq(vault.lastWithdrawal(1), 2);
        _expectPending(2);
        _take(2);
        _expectPending(2);
        _deposit(BOB, 1, MINIMUM);
        _take(1);
        _withdraw(1, MINIMUM);
        assertEq(vault.lastWithdrawal(1), 4);
        _expectPending(4);
    }

    /// @dev It keeps no other account waiting, of the same address or not.
    function test_withdraw_waitsForNoOtherAccount() public {
        _open(ALICE, MINIMUM);
        _open(ALICE, MINIMUM);
        _open(BOB, MINIMUM);
        for (uint256 account = 1; account <= 3; ++account) {
            _withdraw(account, MINIMUM);
            assertEq(vault.lastWithdrawal(account), 2 + account);
        }
        assertEq(vault.accountAddress(1), ALICE);
        assertEq(vault.accountAddress(3), BOB);
    }

    function test_withdraw_revertsWhenAccountIsUnknown() public {
        expectError(IVault.UnknownAccount.selector, 1, 0);
        vault.withdraw(1, MINIMUM);
    }

    function testFuzz_requests_revertWhenAmountIsOutOfRange(uint256 amount) public {
        amount = amount % 8 == 0 ? 0 : bound(amount, LIMIT, type(uint256).max - 1);
        _open(ALICE, MINIMUM);
        expectError(IVault.AmountOutOfRange.selector, amount, LIMIT);
        vault.open(Keys.BASE8_X, Keys.BASE8_Y, amount);
        expectError(IVault.AmountOutOfRange.selector, amount, LIMIT);
        vault.deposit(1, ALICE, amount);
        expectError(IVault.AmountOutOfRange.selector, amount, LIMIT);
        vault.houseDeposit(amount);
        expectError(IVault.AmountOutOfRange.selector, amount, LIMIT);
        vm.prank(ALICE);
        vault.withdraw(1, amount);
    }

    function test_deposit_revertsWhenVaultIsFull() public {
        _open(ALICE, LIMIT - 1 - MINIMUM);
        _deposit(BOB, 1, MINIMUM);
        expectError(IVault.VaultFull.selector, LIMIT - 1 + MINIMUM, LIMIT);
        vm.prank(BOB);
        vault.deposit(1, ALICE, MINIMUM);
    }

    function test_deposit_revertsWhenTokenTakesAFee() public {
        FeeToken fee = new FeeToken();
        Vault fresh = new Vault(fee, _minima(), 0, 0);
        fresh.initialize(address(this));
        fee.mint(address(this), MINIMUM);
        fee.approve(address(fresh), MINIMUM);
        expectError(IVault.UnexpectedTransfer.selector, MINIMUM - 1, MINIMUM);
        fresh.houseDeposit(MINIMUM);
    }

    function test_deposit_revertsWhenTokenReenters() public {
        ReenteringToken reentering = new ReenteringToken();
        Vault fresh = new Vault(reentering, _minima(), 0, 0);
        fresh.initialize(address(this));
        reentering.mint(address(this), MINIMUM);
        reentering.approve(address(fresh), MINIMUM);
        reentering.attack(fresh);
        expectError(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector);
        fresh.houseDeposit(MINIMUM);
    }

    // --- settlement ---

    function test_take_commitsTheDepositsOfTheOldest() public {
        _open(ALICE, MINIMUM);
        _withdraw(1, MINIMUM);
        _houseDeposit(BOB, MINIMUM + 9);
        (IVault.Request[] memory requests, bytes32[][] memory paths) = _oldest(2);
        vm.expectEmit(address(vault));
        emit IVault.RequestsTaken(0, 2);
        vault.take(requests, paths, BOB);
        assertEq(vault.queueStart(), 2);
        assertEq(vault.queueLength(), 1);
        assertEq(vault.committed(), MINIMUM);
        assertEq(vault.queuedDeposits(), MINIMUM + 9);
    }

    function test_take_revertsForOthers() public {
        expectError(IVault.OnlySettlement.selector, BOB, address(this));
        vm.prank(BOB);
        vault.take(new IVault.Request[](0), new bytes32[][](0), BOB);
    }

    function test_credit_andClaim() public {
        _open(ALICE, MINIMUM);
        _take(1);
        vm.expectEmit(address(vault));
        emit IVault.Credited(1, ALICE, 400);
        vault.credit(1, 400);
        vault.credit(1, 100);
        assertEq(vault.committed(), MINIMUM - 500);
        assertEq(vault.totalClaims(), 500);
        assertEq(vault.claims(ALICE), 500);

        uint256 before = token.balanceOf(ALICE);
        vm.expectEmit(address(vault));
        emit IVault.Claimed(ALICE, ALICE, 500);
        vm.prank(ALICE);
        vault.claim(ALICE);
        assertEq(token.balanceOf(ALICE), before + 500);
        assertEq(vault.totalClaims(), 0);
        assertEq(vault.claims(ALICE), 0);
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
        _take(1);
        _open(BOB, MINIMUM);
        expectError(IVault.ExceedsCommitted.selector, MINIMUM + 1, MINIMUM);
        vault.credit(1, MINIMUM + 1);
    }

    function test_claim_revertsWhenNothingIsDue() public {
        expectError(IVault.NothingToClaim.selector, BOB);
        vm.prank(BOB);
        vault.claim(BOB);
    }

    function test_claim_paysOnce() public {
        _open(ALICE, MINIMUM);
        _take(1);
        vault.credit(1, 1);
        vm.prank(ALICE);
        vault.claim(ALICE);
        expectError(IVault.NothingToClaim.selector, ALICE);
        vm.prank(ALICE);
        vault.claim(ALICE);
    }

    function _expectPending(uint64 number) private {
        expectError(IVault.WithdrawalPending.selector, number);
        vm.prank(ALICE);
        vault.withdraw(1, MINIMUM);
    }

    function _take(uint256 count) private {
        (IVault.Request[] memory requests, bytes32[][] memory paths) = _oldest(count);
        vault.take(requests, paths, BOB);
    }
}
