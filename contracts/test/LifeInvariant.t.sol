// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IVault} from "../src/interfaces/IVault.sol";
import {Layout} from "../src/generated/Layout.sol";
import {RequestWord} from "../src/RequestWord.sol";
import {Frozen} from "./fixture/Frozen.sol";
import {Tree} from "./fixture/Tree.sol";
import {Test} from "./Test.sol";

/// @notice A venue from its first deposit to its last payment: any order of what anybody may do.
/// @dev    Proofs are the test's, so what accounts are owed is any division of what is committed; where the last batch
///         claimed nothing it may be more than there is.
contract LifeHandler is Frozen {
    uint256 public deposited;
    uint256 public claimed;
    uint256 public handedBack;
    /// @dev What the last root owes each account.
    mapping(uint256 account => uint256) public owed;
    mapping(uint256 account => uint256) public paid;

    constructor() {
        _setUpTwo();
        deposited = ALICES + BOBS + HOUSES;
    }

    function balance() external view returns (uint256) {
        return token.balanceOf(address(vault));
    }

    function liabilities() external view returns (uint256) {
        return vault.liabilities();
    }

    function isFrozen() external view returns (bool) {
        return vault.isFrozen();
    }

    function isCovered() external view returns (bool) {
        return vault.isCovered();
    }

    function count() external view returns (uint256) {
        return vault.accountCount();
    }

    function claimsOf(address owner) external view returns (uint256) {
        return vault.claims(owner);
    }

    // --- while it runs ---

    function deposit(uint256 kind, uint256 amount) external {
        if (vault.isFrozen()) return;
        amount = bound(amount, MINIMUM, 1e12);
        if (kind % 3 == 0) _open(BOB, amount);
        if (kind % 3 == 1) _deposit(BOB, 1 + kind % vault.accountCount(), amount);
        if (kind % 3 == 2) _houseDeposit(ALICE, amount);
        deposited += amount;
    }

    function force(uint256 account, uint256 amount) external {
        if (vault.isFrozen()) return;
        account = 1 + account % vault.accountCount();
        if (!_isWithdrawing(account)) _withdraw(account, bound(amount, 1, MINIMUM));
    }

    function trade(bool claims) external {
        if (vault.isFrozen()) return;
        vm.warp(block.timestamp + 20);
        while (_serveNext()) {}
        if (settlement.batchesClosed() != settlement.batchesSettled()) return;
        clean = claims ? 1 : 0;
        _close(SET);
        _priceSet(settlement.batchesSettled() + 1);
        while (_serveNext()) {}
        if (vault.queueStart() == settlement.servable()) _settleEmpty();
        while (_serveNext()) {}
    }

    function _serveNext() private returns (bool) {
        uint64 first = vault.queueStart();
        if (first >= settlement.servable()) return false;
        IVault.Request memory entry = entries[first];
        bool withdraws = RequestWord.kindOf(entry.word) == Layout.KIND_WITHDRAW;
        if (withdraws && entry.time >= settlement.marksTime()) return false;
        _serve(1, withdraws && RequestWord.amountOf(entry.word) <= vault.committed());
        return true;
    }

    // --- when it does not ---

    function freeze(uint256 wait) external {
        if (vault.isFrozen() || wait % 4 != 0) return;
        vm.warp(settlement.freezeDue() + 1);
        settlement.freeze();
        uint256 left = vault.committed();
        for (uint256 i = 1; i <= vault.accountCount(); ++i) {
            uint256 part = uint256(keccak256(abi.encode(wait, i))) % (left + 1);
            owed[i] = part;
            if (vault.isCovered()) left -= part;
        }
    }

    function pass(uint256 time) external {
        if (vault.isFrozen()) vm.warp(block.timestamp + time % 40 days);
    }

    function exit(uint256 account) external {
        account = 1 + account % vault.accountCount();
        if (!vault.isFrozen() || vault.stage(account) != IVault.Stage.INSIDE) return;
        bool late = block.timestamp > vault.frozenAt() + vault.CLAIM_WINDOW();
        if (!vault.isCovered() && late && vault.unfiled() == 0) return;
        if (vault.isCovered() && owed[account] > vault.committed()) return; // the house took it
        uint256 before = vault.committed();
        _exit(uint24(account), uint128(owed[account]));
        paid[account] += before - vault.committed();
    }

    function payOut(uint256 account) external {
        account = 1 + account % vault.accountCount();
        if (!vault.isFrozen() || vault.stage(account) != IVault.Stage.FILED) return;
        if (block.timestamp <= vault.frozenAt() + vault.CLAIM_WINDOW()) return;
        uint256 before = vault.committed();
        vault.payOut(uint24(account));
        paid[account] += before - vault.committed();
    }

    function handBack(uint256 number) external {
        uint256 waiting = vault.queueEnd() - vault.queueStart();
        if (!vault.isFrozen() || waiting == 0) return;
        number = vault.queueStart() + number % waiting;
        bytes32[] memory path = Tree.path(leaves, number);
        uint256 before = vault.queuedDeposits();
        try vault.handBack(uint64(number), entries[number], path) {
            handedBack += before - vault.queuedDeposits();
        } catch (bytes memory why) {
            assertTrue(bytes4(why) == IVault.AlreadyHandedBack.selector);
        }
    }

    function claim(uint256 who) external {
        address owner = [ALICE, BOB, OPERATOR][who % 3];
        if (vault.claims(owner) == 0) return;
        claimed += vault.claimFor(owner);
    }

    function payHouse() external {
        if (!vault.isFrozen() || block.timestamp <= vault.frozenAt() + vault.HOUSE_WINDOW()) return;
        if ((vault.isCovered() ? vault.committed() : vault.unfiled()) != 0) settlement.payHouse();
    }
}

contract LifeInvariantTest is Test {
    LifeHandler handler;

    function setUp() public {
        handler = new LifeHandler();
    }

    function targetContracts() public view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(handler);
    }

    /// @dev Whatever happened, the vault holds exactly what it owes, and what it owes is what came in less what it paid.
    function invariant_theVaultPaysExactlyWhatItOwes() public view {
        assertEq(handler.balance(), handler.liabilities());
        assertEq(handler.liabilities(), handler.deposited() - handler.claimed());
    }

    /// @dev Where all is covered an account that left has the whole, and nobody ever more than it is owed.
    function invariant_nobodyIsPaidMoreThanItIsOwed() public view {
        for (uint256 i = 1; i <= handler.count(); ++i) {
            assertTrue(handler.paid(i) <= handler.owed(i));
            if (handler.isCovered()) assertTrue(handler.paid(i) == 0 || handler.paid(i) == handler.owed(i));
        }
    }
}
