// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

import {BabyJubJub} from "./BabyJubJub.sol";
import {Layout} from "./generated/Layout.sol";
import {IVault} from "./interfaces/IVault.sol";
import {RequestWord} from "./RequestWord.sol";

/// @title  Vault
/// @notice Holds the collateral and the queue of requests to the proven state.
/// @dev    Every token unit is in exactly one place: committed (inside the proven state), queued (deposits not
///         yet served) or claims (withdrawals paid out of the state). Their sum is what the vault owes and is
///         never more than its balance. Settlement moves units between the three; only `claim` lets them out.
///         One token unit is one micro-USD.
contract Vault is IVault, ReentrancyGuardTransient {
    using SafeERC20 for IERC20;

    /// @dev Amounts and the state's total are 63 bits, so that every sum of them stays a signed 64-bit number.
    uint256 private constant LIMIT = 1 << 63;

    IERC20 public immutable TOKEN;
    address public immutable DEPLOYER;
    /// @notice Least first deposit: what it costs to take one of the 2^24 - 1 accounts.
    uint64 public immutable MINIMUM_OPENING;

    // Slot: what every queued request reads.
    /// @inheritdoc IVault
    address public settlement;
    /// @inheritdoc IVault
    uint24 public accountCount;
    /// @inheritdoc IVault
    uint64 public queueEnd;
    // Slot: the balance sheet.
    /// @inheritdoc IVault
    uint64 public queueStart;
    /// @inheritdoc IVault
    uint64 public committed;
    /// @inheritdoc IVault
    uint64 public queuedDeposits;
    // Slot of its own: unlike the state's total, unclaimed claims have no bound.
    /// @inheritdoc IVault
    uint256 public totalClaims;

    // Slots: one for each address that was ever paid, and one for each account.
    /// @inheritdoc IVault
    mapping(address owner => uint256 amount) public claims;
    /// @inheritdoc IVault
    mapping(uint256 account => address owner) public accountAddress;
    // Slots: the queue, one word for each request and two more for an opening's key; freed when taken.
    mapping(uint256 number => uint256 word) private _words;
    mapping(uint256 number => uint256[2] key) private _keys;

    modifier onlySettlement() {
        if (msg.sender != settlement) revert OnlySettlement(msg.sender, settlement);
        _;
    }

    constructor(IERC20 token, uint64 minimumOpening) {
        if (address(token) == address(0)) revert ZeroAddress();
        if (minimumOpening == 0 || minimumOpening >= LIMIT) revert AmountOutOfRange(minimumOpening, LIMIT);
        TOKEN = token;
        DEPLOYER = msg.sender;
        MINIMUM_OPENING = minimumOpening;
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
    function open(uint256 keyX, uint256 keyY, uint256 amount) external nonReentrant returns (uint24 account) {
        if (amount < MINIMUM_OPENING) revert BelowMinimum(amount, MINIMUM_OPENING);
        if (!BabyJubJub.isKey(keyX, keyY)) revert InvalidKey(keyX, keyY);
        if (accountCount == type(uint24).max) revert AccountsExhausted();
        _pull(amount);
        account = ++accountCount;
        accountAddress[account] = msg.sender;
        _queue(Layout.KIND_OPEN, account, amount, keyX, keyY);
    }

    /// @inheritdoc IVault
    function deposit(uint256 account, uint256 amount) external nonReentrant {
        _checkAccount(account);
        _pull(amount);
        _queue(Layout.KIND_DEPOSIT, account, amount, 0, 0);
    }

    /// @inheritdoc IVault
    function withdraw(uint256 account, uint256 amount) external nonReentrant {
        _checkInitialized();
        _checkAccount(account);
        address owner = accountAddress[account];
        if (msg.sender != owner) revert NotAccountAddress(msg.sender, owner);
        _checkAmount(amount);
        _queue(Layout.KIND_WITHDRAW, account, amount, 0, 0);
    }

    /// @inheritdoc IVault
    function houseDeposit(uint256 amount) external nonReentrant {
        _pull(amount);
        _queue(Layout.KIND_HOUSE_DEPOSIT, 0, amount, 0, 0);
    }

    /// @inheritdoc IVault
    function claim() external nonReentrant returns (uint256 amount) {
        amount = claims[msg.sender];
        if (amount == 0) revert NothingToClaim(msg.sender);
        delete claims[msg.sender];
        totalClaims -= amount;
        emit Claimed(msg.sender, amount);
        TOKEN.safeTransfer(msg.sender, amount);
    }

    /// @inheritdoc IVault
    function take(uint256 count) external onlySettlement nonReentrant returns (Request[] memory taken) {
        if (count > queueLength()) revert QueueTooShort(count, queueLength());
        uint64 first = queueStart;
        uint256 deposits;
        taken = new Request[](count);
        for (uint256 i; i < count; ++i) {
            uint256 number = first + i;
            taken[i] = request(number);
            uint256 kind = RequestWord.kindOf(taken[i].word);
            if (kind != Layout.KIND_WITHDRAW) deposits += RequestWord.amountOf(taken[i].word);
            delete _words[number];
            if (kind == Layout.KIND_OPEN) delete _keys[number];
        }
        // Casts: count fits as the queue's ends do; deposits is part of queuedDeposits.
        queueStart = first + uint64(count);
        queuedDeposits -= uint64(deposits);
        committed += uint64(deposits);
        emit RequestsTaken(first, uint64(count));
    }

    /// @inheritdoc IVault
    function credit(uint24 account, uint64 amount) external onlySettlement nonReentrant {
        _checkAccount(account);
        if (amount > committed) revert ExceedsCommitted(amount, committed);
        address owner = accountAddress[account];
        committed -= amount;
        totalClaims += amount;
        claims[owner] += amount;
        emit Credited(account, owner, amount);
    }

    /// @inheritdoc IVault
    function queueLength() public view returns (uint256) {
        return queueEnd - queueStart;
    }

    /// @inheritdoc IVault
    function request(uint256 number) public view returns (Request memory) {
        uint256 word = _words[number];
        if (RequestWord.kindOf(word) != Layout.KIND_OPEN) return Request(word, 0, 0);
        return Request(word, _keys[number][0], _keys[number][1]);
    }

    /// @inheritdoc IVault
    function liabilities() external view returns (uint256) {
        return uint256(committed) + queuedDeposits + totalClaims;
    }

    /// @dev Tokens first, books after: owed <= held also holds while the token has control.
    function _pull(uint256 amount) private {
        _checkInitialized();
        _checkAmount(amount);
        uint256 total = uint256(committed) + queuedDeposits + amount;
        if (total >= LIMIT) revert VaultFull(total, LIMIT);

        uint256 before = TOKEN.balanceOf(address(this));
        TOKEN.safeTransferFrom(msg.sender, address(this), amount);
        uint256 received = TOKEN.balanceOf(address(this)) - before;
        if (received != amount) revert UnexpectedTransfer(received, amount);
        queuedDeposits += uint64(amount);
    }

    function _queue(uint256 kind, uint256 account, uint256 amount, uint256 keyX, uint256 keyY) private {
        // Casts: _checkAccount and _checkAmount ranged both.
        uint256 word = RequestWord.pack(kind, uint24(account), uint64(amount));
        uint64 number = queueEnd++;
        _words[number] = word;
        if (kind == Layout.KIND_OPEN) _keys[number] = [keyX, keyY];
        emit RequestQueued(number, word, keyX, keyY, msg.sender);
    }

    function _checkInitialized() private view {
        if (settlement == address(0)) revert NotInitialized();
    }

    function _checkAccount(uint256 account) private view {
        if (account == 0 || account > accountCount) revert UnknownAccount(account, accountCount);
    }

    function _checkAmount(uint256 amount) private pure {
        if (amount == 0 || amount >= LIMIT) revert AmountOutOfRange(amount, LIMIT);
    }
}
