// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {Books} from "./Books.sol";
import {Layout} from "./generated/Layout.sol";
import {IVault} from "./interfaces/IVault.sol";
import {RequestWord} from "./RequestWord.sol";

/// @title  Leaving
/// @notice How the money leaves a frozen vault: each account once, what waited in the queue back to who paid it, the
///         house last.
/// @dev    If the last batch claimed that all is clean, what every account is owed is covered, so it is credited at
///         once. If not, nobody gains by being first: what is owed is filed for a while, and then all of it shares
///         what there is. Nothing here goes through accounts or entries one by one.
abstract contract Leaving is Books {
    /// @notice Seconds from a freeze in which claims are filed where it is not known that all are covered.
    uint64 public constant CLAIM_WINDOW = 30 days;
    /// @notice Seconds from a freeze after which what nobody was owed is the house's.
    uint64 public constant HOUSE_WINDOW = 730 days;

    // Slot: what a freeze fixes.
    /// @inheritdoc IVault
    uint64 public frozenAt;
    /// @inheritdoc IVault
    bool public isCovered;
    /// @inheritdoc IVault
    uint64 public pot;
    // Slot.
    /// @inheritdoc IVault
    uint256 public totalFiled;
    // Slots: one for each account that files, and a bit for each entry that was handed back.
    mapping(uint256 account => uint256 amount) private _filed;
    mapping(uint256 index => uint256 bits) private _handedBack;

    modifier whenFrozen() {
        if (!isFrozen) revert NotFrozen();
        _;
    }

    /// @inheritdoc IVault
    function freeze(bool covered) external onlySettlement {
        if (isFrozen) revert IsFrozen();
        isFrozen = true;
        (frozenAt, isCovered, pot) = (uint64(block.timestamp), covered, committed);
        emit Froze(covered, committed);
    }

    /// @inheritdoc IVault
    function exit(uint24 account, uint128 amount) external onlySettlement whenFrozen nonReentrant {
        _checkAccount(account);
        Account storage kept = _accounts[account];
        if (kept.stage != Stage.INSIDE) revert AlreadyLeft(account);
        if (isCovered) {
            _payOut(account, kept, amount);
        } else if (block.timestamp <= frozenAt + CLAIM_WINDOW) {
            kept.stage = Stage.FILED;
            _filed[account] = amount;
            totalFiled += amount;
            emit Filed(account, kept.owner, amount);
        } else {
            // Late ones share what nobody filed for, in the order in which they come.
            uint64 left = unfiled();
            if (left == 0) revert NothingLeft();
            // Cast: at most what is left.
            uint64 paid = amount < left ? uint64(amount) : left;
            pot -= paid;
            _payOut(account, kept, paid);
        }
    }

    /// @inheritdoc IVault
    function payOut(uint24 account) external whenFrozen nonReentrant {
        uint256 until = uint256(frozenAt) + CLAIM_WINDOW;
        if (block.timestamp <= until) revert TooEarly(until);
        Account storage kept = _accounts[account];
        if (kept.stage != Stage.FILED) revert NothingFiled(account);
        // No product reaches 2^256: 128 bits times 63.
        uint256 amount = _filed[account];
        if (totalFiled > pot) amount = amount * pot / totalFiled;
        _payOut(account, kept, amount);
    }

    /// @inheritdoc IVault
    function handBack(uint64 number, Request calldata request, bytes32[] calldata path)
        external
        whenFrozen
        nonReentrant
    {
        // 1. Check: it waited, as it was queued, and is handed back once.
        if (number < queueStart) revert NotInQueue(number);
        _checkEntry(queueEnd, number, request, path);
        uint256 bits = _handedBack[number / 256];
        uint256 bit = 1 << (number % 256);
        if (bits & bit != 0) revert AlreadyHandedBack(number);

        // 2. Commit: whatever came with it is its payer's again. A withdrawal lapses: its account leaves.
        _handedBack[number / 256] = bits | bit;
        bool withdraws = RequestWord.kindOf(request.word) == Layout.KIND_WITHDRAW;
        uint64 amount = withdraws ? 0 : RequestWord.amountOf(request.word);
        if (amount != 0) {
            queuedDeposits -= amount;
            _owe(request.payer, amount);
        }
        if (request.fee != 0) _addFees(request.payer, request.fee);

        // 3. Emit.
        emit HandedBack(number, request.payer, amount, request.fee);
    }

    /// @inheritdoc IVault
    function payHouse(address to) external onlySettlement whenFrozen nonReentrant {
        uint256 until = uint256(frozenAt) + HOUSE_WINDOW;
        if (block.timestamp <= until) revert TooEarly(until);
        uint64 amount = isCovered ? committed : unfiled();
        if (amount == 0) revert NothingLeft();
        if (!isCovered) pot -= amount;
        _release(to, amount);
        emit HousePaid(to, amount);
    }

    /// @inheritdoc IVault
    function filed(uint256 account) external view returns (uint256 amount) {
        return _filed[account];
    }

    /// @inheritdoc IVault
    function unfiled() public view returns (uint64) {
        // Cast: below the pot.
        return totalFiled < pot ? pot - uint64(totalFiled) : 0;
    }

    function _payOut(uint24 account, Account storage kept, uint256 amount) private {
        kept.stage = Stage.PAID;
        _release(kept.owner, amount);
        // Cast: it was committed.
        emit Left(account, kept.owner, uint64(amount));
    }
}
