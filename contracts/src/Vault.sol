// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

import {BabyJubJub} from "./BabyJubJub.sol";
import {RequestWord} from "./RequestWord.sol";

/// @title  Vault
/// @notice Holds the collateral and the queue of requests to the proven state.
/// @dev    Every token unit is in exactly one place: committed (inside the proven state), queued (deposits not
///         yet served) or claims (withdrawals paid out of the state). Their sum is what the vault owes and is
///         never more than its balance. Settlement moves units between the three; only `claim` lets them out.
///         One token unit is one micro-USD.
contract Vault is ReentrancyGuardTransient {
    using SafeERC20 for IERC20;

    /// @notice A queued request; the keys are 0 but for opens.
    struct Request {
        uint256 word;
        uint256 keyX;
        uint256 keyY;
    }

    /// @notice Everything that a client needs to follow the queue.
    event RequestQueued(
        uint64 indexed number, uint256 word, uint256 keyX, uint256 keyY, address indexed sender
    );
    /// @notice Requests `first` to `first + count - 1` left the queue for the proven state.
    event RequestsTaken(uint64 first, uint64 count);
    event Credited(uint24 indexed index, address indexed to, uint64 amount);
    event Claimed(address indexed to, uint256 amount);
    event SettlementSet(address settlement);

    error ZeroAddress();
    error OnlyDeployer(address sender);
    error OnlySettlement(address sender);
    error AlreadyInitialized(address settlement);
    error NotInitialized();
    error AmountOutOfRange(uint256 amount);
    error BelowMinimum(uint256 amount, uint256 minimum);
    /// @notice The state's total would leave the range that its circuits prove.
    error VaultFull(uint256 total);
    error InvalidKey(uint256 keyX, uint256 keyY);
    error UnknownAccount(uint256 index);
    error AccountsExhausted();
    error NotAccountAddress(address sender, address expected);
    /// @notice The token moved another amount than it was told to.
    error UnexpectedTransfer(uint256 received, uint256 amount);
    error QueueTooShort(uint256 count, uint256 length);
    /// @notice More would be paid than the proven state can hold.
    error ExceedsCommitted(uint256 amount, uint256 committed);
    error NothingToClaim(address sender);

    /// @dev Amounts and the state's total are 63 bits, so that every sum of them stays a signed 64-bit number.
    uint256 private constant LIMIT = 1 << 63;

    IERC20 public immutable TOKEN;
    address public immutable DEPLOYER;
    /// @notice Least first deposit: what it costs to take one of the 2^24 - 1 accounts.
    uint64 public immutable MINIMUM_OPENING;

    // Slot: what every queued request reads.
    /// @notice The one contract that may serve requests; set once.
    address public settlement;
    /// @notice Accounts opened so far, which is also the newest account's index.
    uint24 public accountCount;
    /// @notice Number that the next request gets.
    uint64 public queueEnd;
    // Slot: the balance sheet.
    /// @notice Number of the oldest request not yet taken.
    uint64 public queueStart;
    /// @notice Units inside the proven state.
    uint64 public committed;
    /// @notice Units of deposits in the queue.
    uint64 public queuedDeposits;
    // Slot of its own: unlike the state's total, unclaimed claims have no bound.
    /// @notice Units that withdrawals credited and nobody has claimed.
    uint256 public totalClaims;

    /// @notice What an address may claim.
    mapping(address owner => uint256 amount) public claims;
    /// @notice Who opened an account: the only one to withdraw from it, and the one who is paid.
    mapping(uint256 index => address owner) public accountAddress;
    mapping(uint256 number => uint256 word) private _words;
    mapping(uint256 number => uint256[2] key) private _keys;

    modifier onlySettlement() {
        if (msg.sender != settlement) revert OnlySettlement(msg.sender);
        _;
    }

    constructor(IERC20 token, uint64 minimumOpening) {
        if (address(token) == address(0)) revert ZeroAddress();
        if (minimumOpening == 0 || minimumOpening >= LIMIT) revert AmountOutOfRange(minimumOpening);
        TOKEN = token;
        DEPLOYER = msg.sender;
        MINIMUM_OPENING = minimumOpening;
    }

    /// @notice Name the settlement contract, once; the two need each other's address.
    function initialize(address settlement_) external {
        if (msg.sender != DEPLOYER) revert OnlyDeployer(msg.sender);
        if (settlement != address(0)) revert AlreadyInitialized(settlement);
        if (settlement_ == address(0)) revert ZeroAddress();
        settlement = settlement_;
        emit SettlementSet(settlement_);
    }

    /// @notice Open an account for the key 8 * (keyX, keyY) with a first deposit.
    /// @return index the account's index
    function open(uint256 keyX, uint256 keyY, uint256 amount) external nonReentrant returns (uint24 index) {
        if (amount < MINIMUM_OPENING) revert BelowMinimum(amount, MINIMUM_OPENING);
        if (!BabyJubJub.isKey(keyX, keyY)) revert InvalidKey(keyX, keyY);
        if (accountCount == type(uint24).max) revert AccountsExhausted();
        _pull(amount);
        index = ++accountCount;
        accountAddress[index] = msg.sender;
        _queue(RequestWord.OPEN, index, amount, keyX, keyY);
    }

    /// @notice Add to an account; anyone may, for any account.
    function deposit(uint256 index, uint256 amount) external nonReentrant {
        _checkAccount(index);
        _pull(amount);
        _queue(RequestWord.DEPOSIT, index, amount, 0, 0);
    }

    /// @notice Ask for `amount` from an account, all of it or nothing; paid to its address as a claim.
    function withdraw(uint256 index, uint256 amount) external nonReentrant {
        _checkInitialized();
        _checkAccount(index);
        address owner = accountAddress[index];
        if (msg.sender != owner) revert NotAccountAddress(msg.sender, owner);
        _checkAmount(amount);
        _queue(RequestWord.WITHDRAW, index, amount, 0, 0);
    }

    /// @notice Add to the house's own collateral. A gift: it gives its sender no share.
    function houseDeposit(uint256 amount) external nonReentrant {
        _pull(amount);
        _queue(RequestWord.HOUSE_DEPOSIT, 0, amount, 0, 0);
    }

    /// @notice Pay the sender everything that withdrawals credited.
    function claim() external nonReentrant returns (uint256 amount) {
        amount = claims[msg.sender];
        if (amount == 0) revert NothingToClaim(msg.sender);
        delete claims[msg.sender];
        totalClaims -= amount;
        emit Claimed(msg.sender, amount);
        TOKEN.safeTransfer(msg.sender, amount);
    }

    /// @notice Take the oldest `count` requests for the proven state; their deposits become committed.
    function take(uint256 count) external onlySettlement nonReentrant returns (Request[] memory taken) {
        if (count > queueLength()) revert QueueTooShort(count, queueLength());
        uint64 first = queueStart;
        uint256 deposits;
        taken = new Request[](count);
        for (uint256 i; i < count; ++i) {
            uint256 number = first + i;
            taken[i] = request(number);
            uint256 kind = RequestWord.kindOf(taken[i].word);
            if (kind != RequestWord.WITHDRAW) deposits += RequestWord.amountOf(taken[i].word);
            delete _words[number];
            if (kind == RequestWord.OPEN) delete _keys[number];
        }
        // Casts: count fits as the queue's ends do; deposits is part of queuedDeposits.
        queueStart = first + uint64(count);
        queuedDeposits -= uint64(deposits);
        committed += uint64(deposits);
        emit RequestsTaken(first, uint64(count));
    }

    /// @notice Move a paid withdrawal out of the proven state, to its account's address.
    /// @dev    Even if a forged proof got this far, it could not reach queued deposits or others' claims.
    function credit(uint24 index, uint64 amount) external onlySettlement nonReentrant {
        _checkAccount(index);
        if (amount > committed) revert ExceedsCommitted(amount, committed);
        address owner = accountAddress[index];
        committed -= amount;
        totalClaims += amount;
        claims[owner] += amount;
        emit Credited(index, owner, amount);
    }

    /// @notice Requests that wait.
    function queueLength() public view returns (uint256) {
        return queueEnd - queueStart;
    }

    /// @notice A waiting request by number; all zeros for one that was taken or never made.
    function request(uint256 number) public view returns (Request memory) {
        uint256 word = _words[number];
        if (RequestWord.kindOf(word) != RequestWord.OPEN) return Request(word, 0, 0);
        return Request(word, _keys[number][0], _keys[number][1]);
    }

    /// @notice What the vault owes; its token balance is never less.
    function liabilities() external view returns (uint256) {
        return uint256(committed) + queuedDeposits + totalClaims;
    }

    /// @dev Tokens first, books after: owed <= held also holds while the token has control.
    function _pull(uint256 amount) private {
        _checkInitialized();
        _checkAmount(amount);
        uint256 total = uint256(committed) + queuedDeposits + amount;
        if (total >= LIMIT) revert VaultFull(total);

        uint256 before = TOKEN.balanceOf(address(this));
        TOKEN.safeTransferFrom(msg.sender, address(this), amount);
        uint256 received = TOKEN.balanceOf(address(this)) - before;
        if (received != amount) revert UnexpectedTransfer(received, amount);
        queuedDeposits += uint64(amount);
    }

    function _queue(uint256 kind, uint256 index, uint256 amount, uint256 keyX, uint256 keyY) private {
        // Casts: _checkAccount and _checkAmount ranged both.
        uint256 word = RequestWord.pack(kind, uint24(index), uint64(amount));
        uint64 number = queueEnd++;
        _words[number] = word;
        if (kind == RequestWord.OPEN) _keys[number] = [keyX, keyY];
        emit RequestQueued(number, word, keyX, keyY, msg.sender);
    }

    function _checkInitialized() private view {
        if (settlement == address(0)) revert NotInitialized();
    }

    function _checkAccount(uint256 index) private view {
        if (index == 0 || index > accountCount) revert UnknownAccount(index);
    }

    function _checkAmount(uint256 amount) private pure {
        if (amount == 0 || amount >= LIMIT) revert AmountOutOfRange(amount);
    }
}
