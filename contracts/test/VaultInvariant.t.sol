// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IVault} from "../src/interfaces/IVault.sol";
import {Layout} from "../src/generated/Layout.sol";
import {RequestWord} from "../src/RequestWord.sol";
import {DecimalsToken} from "./fixture/Tokens.sol";
import {Vault} from "../src/Vault.sol";
import {Requests} from "./fixture/Requests.sol";
import {Test} from "./Test.sol";

/// @notice Every actor at once: three users, strangers who send tokens, and a settlement contract whose every
///         answer the vault would accept.
/// @dev The token has more decimals than a micro-USD.
contract VaultHandler is Requests {
    uint256 public constant UNIT = 100;

    DecimalsToken public immutable TOKEN;
    Vault public immutable VAULT;
    address[3] public users = [address(0xA11CE), address(0xB0B), address(0xCA201)];
    uint256 public deposited;
    uint256 public claimed;
    uint256 public feesPaid;

    constructor() {
        TOKEN = new DecimalsToken(8);
        VAULT = vault = new Vault(TOKEN, IVault.Minima(10, 5, 5), FEE_GAS, 9);
        VAULT.initialize(address(this));
        vm.fee(7);
        for (uint256 i; i < 3; ++i) {
            TOKEN.mint(users[i], 1 << 128);
            vm.deal(users[i], 1e24);
            vm.prank(users[i]);
            TOKEN.approve(address(VAULT), type(uint256).max);
        }
    }

    function open(uint256 user, uint256 amount) external {
        amount = bound(amount, 10, 1e12);
        _open(users[user % 3], amount);
        deposited += amount;
    }

    function deposit(uint256 user, uint256 index, uint256 amount) external {
        if (VAULT.accountCount() == 0) return;
        amount = bound(amount, 5, 1e12);
        index = bound(index, 1, VAULT.accountCount());
        _deposit(users[user % 3], index, amount);
        deposited += amount;
    }

    function houseDeposit(uint256 user, uint256 amount) external {
        amount = bound(amount, 5, 1e12);
        _houseDeposit(users[user % 3], amount);
        deposited += amount;
    }

    function withdraw(uint256 index, uint256 amount) external {
        if (VAULT.accountCount() == 0) return;
        index = bound(index, 1, VAULT.accountCount());
        if (!_isWithdrawing(index)) _withdraw(index, bound(amount, 1, 1e12));
    }

    function settle(uint256 count, uint256 payMask, uint256 server) external {
        (IVault.Request[] memory taken, bytes32[][] memory paths) =
            _oldest(bound(count, 0, VAULT.queueLength()));
        VAULT.take(taken, paths, users[server % 3]);
        for (uint256 i; i < taken.length; ++i) {
            uint256 word = taken[i].word;
            uint64 amount = RequestWord.amountOf(word);
            if (RequestWord.kindOf(word) != Layout.KIND_WITHDRAW || payMask >> (i % 256) & 1 == 0) continue;
            if (amount <= VAULT.committed()) VAULT.credit(RequestWord.accountOf(word), amount);
        }
    }

    function claimFees(uint256 user) external {
        address server = users[user % 3];
        if (VAULT.fees(server) == 0) return;
        vm.prank(server);
        feesPaid += VAULT.claimFees(server);
    }

    function queue() external view returns (IVault.Request[] memory) {
        return entries;
    }

    function credit(uint256 index, uint256 amount) external {
        if (VAULT.accountCount() == 0) return;
        VAULT.credit(
            uint24(bound(index, 1, VAULT.accountCount())), uint64(bound(amount, 0, VAULT.committed()))
        );
    }

    function claim(uint256 user) external {
        address owner = users[user % 3];
        if (VAULT.claims(owner) == 0) return;
        vm.prank(owner);
        claimed += VAULT.claim(owner);
    }

    function donate(uint256 amount) external {
        TOKEN.mint(address(VAULT), bound(amount, 1, 1e12));
    }
}

contract VaultInvariantTest is Test {
    VaultHandler handler;
    Vault vault;

    function setUp() public {
        handler = new VaultHandler();
        vault = handler.VAULT();
    }

    function targetContracts() public view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(handler);
    }

    function invariant_balanceCoversLiabilities() public view {
        assertTrue(handler.TOKEN().balanceOf(address(vault)) >= vault.liabilities() * handler.UNIT());
    }

    function invariant_liabilitiesAreWhatCameInLessWhatWentOut() public view {
        assertEq(vault.liabilities(), handler.deposited() - handler.claimed());
    }

    function invariant_claimsSumToTotal() public view {
        uint256 sum;
        for (uint256 i; i < 3; ++i) {
            sum += vault.claims(handler.users(i));
        }
        assertEq(sum, vault.totalClaims());
    }

    function invariant_queuedDepositsAreTheQueuesDeposits() public view {
        IVault.Request[] memory queue = handler.queue();
        uint256 sum;
        for (uint256 number = vault.queueStart(); number < vault.queueEnd(); ++number) {
            uint256 word = queue[number].word;
            if (RequestWord.kindOf(word) != Layout.KIND_WITHDRAW) sum += RequestWord.amountOf(word);
        }
        assertEq(sum, vault.queuedDeposits());
    }

    function invariant_oneWithdrawalOfAnAccountWaitsAtMost() public view {
        IVault.Request[] memory queue = handler.queue();
        uint64 first = vault.queueStart();
        uint256[] memory waiting = new uint256[](uint256(vault.accountCount()) + 1);
        for (uint256 number = first; number < queue.length; ++number) {
            uint256 word = queue[number].word;
            if (RequestWord.kindOf(word) != Layout.KIND_WITHDRAW) continue;
            uint256 account = RequestWord.accountOf(word);
            assertTrue(++waiting[account] == 1);
            assertEq(vault.lastWithdrawal(account), number);
        }
    }

    function invariant_etherIsTheFeesNotYetPaid() public view {
        IVault.Request[] memory queue = handler.queue();
        uint256 sum;
        for (uint256 number; number < queue.length; ++number) {
            sum += queue[number].fee;
        }
        assertEq(address(vault).balance, sum - handler.feesPaid());
    }
}
