// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

import {BabyJubJub} from "./BabyJubJub.sol";
import {Books} from "./Books.sol";
import {Layout} from "./generated/Layout.sol";
import {IVault} from "./interfaces/IVault.sol";
import {Leaving} from "./Leaving.sol";
import {Queue} from "./Queue.sol";
import {RequestWord} from "./RequestWord.sol";

/// @title  Vault
/// @notice Holds the collateral and the queue of requests to the proven state.
/// @dev    Settlement moves money between the places that `Books` has, and the queue is the way in. Once frozen it
///         takes no request and serves none: what is inside leaves as `Leaving` says.
///         One whole token stands for one USD: one micro-USD is `UNIT` of the token's smallest units.
contract Vault is Leaving {
    using SafeERC20 for IERC20Metadata;

    /// @dev Amounts and the state's total are 63 bits, so that every sum of them stays a signed 64-bit number.
    uint256 private constant LIMIT = 1 << 63;

    address public immutable DEPLOYER;
    uint64 public immutable MINIMUM_OPENING;
    uint64 public immutable MINIMUM_DEPOSIT;
    uint64 public immutable MINIMUM_WITHDRAWAL;

    constructor(IERC20Metadata token, Minima memory minima, uint64 requestFeeGas, uint64 requestFeeWei)
        Queue(requestFeeGas, requestFeeWei)
        Books(token)
    {
        _checkAmount(minima.opening);
        _checkAmount(minima.deposit);
        _checkAmount(minima.withdrawal);
        DEPLOYER = msg.sender;
        MINIMUM_OPENING = minima.opening;
        MINIMUM_DEPOSIT = minima.deposit;
        MINIMUM_WITHDRAWAL = minima.withdrawal;
    }

    /// @inheritdoc IVault
    function initialize(address settlement_) external {
        if (msg.sender != DEPLOYER) revert OnlyDeployer(msg.sender, DEPLOYER);
        if (settlement != address(0)) revert AlreadyInitialized(settlement);
        if (settlement_ == address(0)) revert ZeroAddress();
        settlement = settlement_;
        emit SettlementSet(settlement_);
    }

    /// @inheritdoc IVault
    function open(uint256 keyX, uint256 keyY, uint256 amount)
        external
        payable
        nonReentrant
        returns (uint24 account)
    {
        if (!BabyJubJub.isKey(keyX, keyY)) revert InvalidKey(keyX, keyY);
        if (accountCount == type(uint24).max) revert AccountsExhausted();
        _pull(amount, MINIMUM_OPENING);
        account = ++accountCount;
        _accounts[account].owner = msg.sender;
        _push(_word(Layout.KIND_OPEN, account, amount), keyX, keyY, 1);
    }

    /// @inheritdoc IVault
    function deposit(uint256 account, address owner, uint256 amount) external payable nonReentrant {
        _checkAccount(account);
        _checkOwner(owner, _accounts[account].owner);
        _pull(amount, MINIMUM_DEPOSIT);
        _push(_word(Layout.KIND_DEPOSIT, account, amount), 0, 0, 1);
    }

    /// @inheritdoc IVault
    function withdraw(uint256 account, uint256 amount) external payable nonReentrant {
        _checkRunning();
        _checkAccount(account);
        Account storage kept = _accounts[account];
        _checkOwner(msg.sender, kept.owner);
        uint64 last = kept.lastWithdrawal;
        if (last != 0 && last >= queueStart) revert WithdrawalPending(last);
        _checkAmount(amount);
        kept.lastWithdrawal = queueEnd;
        uint256 factor = amount < MINIMUM_WITHDRAWAL ? SMALL_FACTOR : 1;
        _push(_word(Layout.KIND_WITHDRAW, account, amount), 0, 0, factor);
    }

    /// @inheritdoc IVault
    function houseDeposit(uint256 amount) external payable nonReentrant {
        _pull(amount, MINIMUM_DEPOSIT);
        _push(_word(Layout.KIND_HOUSE_DEPOSIT, 0, amount), 0, 0, 1);
    }

    /// @inheritdoc IVault
    function take(Request[] calldata requests, bytes32[][] calldata paths, address server)
        external
        onlySettlement
        nonReentrant
    {
        _checkRunning();
        // Cast: what leaves the queue is part of its deposits.
        uint64 deposits = uint64(_pop(requests, paths, server));
        queuedDeposits -= deposits;
        committed += deposits;
    }

    /// @inheritdoc IVault
    function credit(uint24 account, uint64 amount) external onlySettlement nonReentrant {
        _checkRunning();
        _checkAccount(account);
        address owner = _accounts[account].owner;
        _release(owner, amount);
        emit Credited(account, owner, amount);
    }

    /// @dev Tokens first, books after: owed <= held also holds while the token has control.
    function _pull(uint256 amount, uint256 minimum) private {
        _checkRunning();
        _checkAmount(amount);
        if (amount < minimum) revert BelowMinimum(amount, minimum);
        uint256 total = uint256(committed) + queuedDeposits + amount;
        if (total >= LIMIT) revert VaultFull(total, LIMIT);

        uint256 before = TOKEN.balanceOf(address(this));
        TOKEN.safeTransferFrom(msg.sender, address(this), amount * UNIT);
        uint256 received = TOKEN.balanceOf(address(this)) - before;
        if (received != amount * UNIT) revert UnexpectedTransfer(received, amount * UNIT);
        queuedDeposits += uint64(amount);
    }

    function _checkRunning() private view {
        if (settlement == address(0)) revert NotInitialized();
        if (isFrozen) revert IsFrozen();
    }

    function _checkOwner(address given, address owner) private pure {
        if (given != owner) revert NotAccountAddress(given, owner);
    }

    function _checkAmount(uint256 amount) private pure {
        if (amount == 0 || amount >= LIMIT) revert AmountOutOfRange(amount, LIMIT);
    }

    /// @dev Casts: account and amount were ranged before.
    function _word(uint256 kind, uint256 account, uint256 amount) private pure returns (uint256) {
        return RequestWord.pack(kind, uint24(account), uint64(amount));
    }
}
