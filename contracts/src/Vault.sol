// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

import {BabyJubJub} from "./BabyJubJub.sol";
import {Layout} from "./generated/Layout.sol";
import {IVault} from "./interfaces/IVault.sol";
import {Queue} from "./Queue.sol";
import {RequestWord} from "./RequestWord.sol";

/// @title  Vault
/// @notice Holds the collateral and the queue of requests to the proven state.
/// @dev    Every micro-USD is in exactly one place: committed (inside the proven state), queued (deposits not yet
///         served) or claims (withdrawals paid out of the state). Their sum is what the vault owes and is never
///         more than its balance. Settlement moves money between the three; only `claim` lets it out.
///         One whole token stands for one USD: one micro-USD is `UNIT` of the token's smallest units.
contract Vault is Queue, ReentrancyGuardTransient {
    using SafeERC20 for IERC20Metadata;

    /// @dev Amounts and the state's total are 63 bits, so that every sum of them stays a signed 64-bit number.
    uint256 private constant LIMIT = 1 << 63;
    uint8 private constant LEAST_DECIMALS = 6;
    /// @dev 63 bits of micro-USD stay far from 2^256.
    uint8 private constant MOST_DECIMALS = 36;

    /// @dev One slot, which a withdrawal reads and writes.
    struct Account {
        address owner;
        uint64 lastWithdrawal; // 0: none, for an opening comes first
    }

    IERC20Metadata public immutable TOKEN;
    /// @notice The token's smallest units to one micro-USD.
    uint256 public immutable UNIT;
    address public immutable DEPLOYER;
    uint64 public immutable MINIMUM_OPENING;
    uint64 public immutable MINIMUM_DEPOSIT;
    uint64 public immutable MINIMUM_WITHDRAWAL;

    // Slot: what every request reads.
    /// @inheritdoc IVault
    address public settlement;
    /// @inheritdoc IVault
    uint24 public accountCount;
    // Slot: the balance sheet. Queued deposits may be none again, and what is committed too: the flag stays.
    /// @inheritdoc IVault
    uint64 public committed;
    /// @inheritdoc IVault
    uint64 public queuedDeposits;
    bool private _used = true;
    // Slot of its own, with the sentinel: unlike the state's total, unclaimed claims have no bound.
    uint256 private _totalClaims = SENTINEL;

    // Slots: one for each address that was ever paid, with the sentinel, and one for each account.
    mapping(address owner => uint256 amount) private _claims;
    mapping(uint256 account => Account) private _accounts;

    modifier onlySettlement() {
        if (msg.sender != settlement) revert OnlySettlement(msg.sender, settlement);
        _;
    }

    constructor(IERC20Metadata token, Minima memory minima, uint64 requestFeeGas, uint64 requestFeeWei)
        Queue(requestFeeGas, requestFeeWei)
    {
        if (address(token) == address(0)) revert ZeroAddress();
        _checkAmount(minima.opening);
        _checkAmount(minima.deposit);
        _checkAmount(minima.withdrawal);
        uint8 decimals = token.decimals();
        if (decimals < LEAST_DECIMALS || decimals > MOST_DECIMALS) revert UnsupportedDecimals(decimals);
        TOKEN = token;
        UNIT = 10 ** (decimals - LEAST_DECIMALS);
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
        _checkInitialized();
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
    function claim() external nonReentrant returns (uint256 amount) {
        amount = claims(msg.sender);
        if (amount == 0) revert NothingToClaim(msg.sender);
        _claims[msg.sender] = SENTINEL;
        _totalClaims -= amount;
        emit Claimed(msg.sender, amount);
        TOKEN.safeTransfer(msg.sender, amount * UNIT);
    }

    /// @inheritdoc IVault
    function claimFees(address to) external nonReentrant returns (uint256 amount) {
        return _payFees(to);
    }

    /// @inheritdoc IVault
    function take(Request[] calldata requests, bytes32[][] calldata paths, address server)
        external
        onlySettlement
        nonReentrant
    {
        // Cast: what leaves the queue is part of its deposits.
        uint64 deposits = uint64(_pop(requests, paths, server));
        queuedDeposits -= deposits;
        committed += deposits;
    }

    /// @inheritdoc IVault
    function credit(uint24 account, uint64 amount) external onlySettlement nonReentrant {
        _checkAccount(account);
        if (amount > committed) revert ExceedsCommitted(amount, committed);
        address owner = _accounts[account].owner;
        committed -= amount;
        _totalClaims += amount;
        _claims[owner] = SENTINEL + claims(owner) + amount;
        emit Credited(account, owner, amount);
    }

    /// @inheritdoc IVault
    function accountAddress(uint256 account) external view returns (address owner) {
        return _accounts[account].owner;
    }

    /// @inheritdoc IVault
    function lastWithdrawal(uint256 account) external view returns (uint64 number) {
        return _accounts[account].lastWithdrawal;
    }

    /// @inheritdoc IVault
    function claims(address owner) public view returns (uint256) {
        uint256 kept = _claims[owner];
        return kept == 0 ? 0 : kept - SENTINEL;
    }

    /// @inheritdoc IVault
    function totalClaims() public view returns (uint256) {
        return _totalClaims - SENTINEL;
    }

    /// @inheritdoc IVault
    function liabilities() external view returns (uint256) {
        return uint256(committed) + queuedDeposits + totalClaims();
    }

    /// @dev Tokens first, books after: owed <= held also holds while the token has control.
    function _pull(uint256 amount, uint256 minimum) private {
        _checkInitialized();
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

    function _checkInitialized() private view {
        if (settlement == address(0)) revert NotInitialized();
    }

    function _checkAccount(uint256 account) private view {
        if (account == 0 || account > accountCount) revert UnknownAccount(account, accountCount);
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
