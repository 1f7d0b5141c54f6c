// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

/// @title  IVault
/// @notice The collateral, and the queue of requests to the proven state.
interface IVault {
    /// @notice Least amounts, in micro-USD.
    struct Minima {
        uint64 opening; // what it costs to take one of the accounts
        uint64 deposit;
        uint64 withdrawal; // a smaller one pays `SMALL_FACTOR` times the fee
    }

    /// @notice An entry of the queue, which the contract keeps as a hash; the keys are 0 but for openings.
    struct Request {
        uint256 word; // see `RequestWord`
        uint256 keyX;
        uint256 keyY;
        uint64 time; // seconds, of the block that queued it
        uint96 fee; // wei, for serving it
        address payer;
    }

    /// @notice Where an account of a frozen vault stands.
    enum Stage {
        INSIDE,
        FILED, // what it is owed is filed, and not paid yet
        PAID
    }

    /// @notice Everything that is needed to follow the queue, and to serve from it.
    event RequestQueued(
        uint64 indexed number,
        uint256 word,
        uint256 keyX,
        uint256 keyY,
        uint64 time,
        uint96 fee,
        address indexed payer
    );
    /// @notice Requests `first` to `first + count - 1` left the queue for the proven state.
    event RequestsTaken(uint64 first, uint64 count);
    /// @notice A paid withdrawal left the proven state and may be claimed.
    event Credited(uint24 indexed account, address indexed to, uint64 amount);
    /// @notice Everything that was due to `owner` left the vault.
    event Claimed(address indexed owner, address indexed to, uint256 amount);
    /// @notice Everything that was due to an address for serving left the vault, in wei.
    event FeesClaimed(address indexed server, address indexed to, uint256 amount);
    /// @notice The settlement contract was named, for good.
    event SettlementSet(address settlement);
    /// @notice Nothing comes in any more and nothing is served; `covered`: what is owed of `pot` is credited at once.
    event Froze(bool covered, uint64 pot);
    /// @notice What an account is owed was filed, to be paid once it is known what all are owed.
    event Filed(uint24 indexed account, address indexed owner, uint128 amount);
    /// @notice An account left: its owner may claim this.
    event Left(uint24 indexed account, address indexed owner, uint64 amount);
    /// @notice What came with an entry that was not served is its payer's again.
    event HandedBack(uint64 indexed number, address indexed payer, uint64 amount, uint96 fee);
    /// @notice What no account was owed in time is the house's.
    event HousePaid(address indexed to, uint64 amount);

    /// @notice Frozen, for good: no request comes in or is served.
    error IsFrozen();
    /// @notice Not frozen: money leaves by withdrawals.
    error NotFrozen();
    /// @notice The account has left, or filed.
    error AlreadyLeft(uint24 account);
    /// @notice Nothing of the account waits to be paid.
    error NothingFiled(uint24 account);
    /// @notice Not before this moment has passed.
    error TooEarly(uint256 until);
    /// @notice All that there was is owed to those who filed in time.
    error NothingLeft();
    /// @notice The entry was handed back before.
    error AlreadyHandedBack(uint64 number);
    /// @notice An address is zero.
    error ZeroAddress();
    /// @notice The token has fewer decimals than a micro-USD, or more than its amounts can have.
    error UnsupportedDecimals(uint8 given);
    /// @notice Only the deployer names the settlement contract.
    error OnlyDeployer(address given, address expected);
    /// @notice Only the settlement contract takes and credits.
    error OnlySettlement(address given, address expected);
    /// @notice The settlement contract was named before.
    error AlreadyInitialized(address settlement);
    /// @notice The settlement contract was not named yet.
    error NotInitialized();
    /// @notice An amount is 0, or not below the limit.
    error AmountOutOfRange(uint256 given, uint256 limit);
    /// @notice A deposit is too small.
    error BelowMinimum(uint256 given, uint256 minimum);
    /// @notice The request's fee, in wei, is too small, or too large to be one.
    error WrongFee(uint256 given, uint256 least);
    /// @notice The state's total would leave the range that its circuits prove.
    error VaultFull(uint256 total, uint256 limit);
    /// @notice The key is not on the curve, or of small order.
    error InvalidKey(uint256 keyX, uint256 keyY);
    /// @notice Accounts are numbered from 1 to the newest.
    error UnknownAccount(uint256 given, uint256 newest);
    /// @notice Every account is taken.
    error AccountsExhausted();
    /// @notice Another address opened the account: only that one withdraws from it, and a deposit names it.
    error NotAccountAddress(address given, address expected);
    /// @notice The account's withdrawal of this number waits: one at a time.
    error WithdrawalPending(uint64 number);
    /// @notice The token moved another amount than it was told to.
    error UnexpectedTransfer(uint256 given, uint256 expected);
    /// @notice More requests are to leave the queue than wait.
    error QueueTooShort(uint256 given, uint256 length);
    /// @notice A path for each request.
    error WrongPaths(uint256 given, uint256 expected);
    /// @notice The queue has another request at this number, or the path leads to no peak that is kept.
    error NotInQueue(uint64 number);
    /// @notice More would be paid than the proven state can hold.
    error ExceedsCommitted(uint256 given, uint256 committed);
    /// @notice Nothing is due to the sender.
    error NothingToClaim(address sender);
    /// @notice The receiver of fees refused them.
    error FeesRefused(address to);

    /// @notice Name the settlement contract, once; the two need each other's address.
    function initialize(address settlement) external;

    /// @notice Open an account for the key 8 * (keyX, keyY) with a first deposit, in micro-USD.
    /// @return account the account's index
    function open(uint256 keyX, uint256 keyY, uint256 amount) external payable returns (uint24 account);

    /// @notice Add to an account, in micro-USD; anyone may, for any account.
    /// @param  owner whom the sender believes to have opened the account: a reorganisation may have given its
    ///         number to somebody else
    function deposit(uint256 account, address owner, uint256 amount) external payable;

    /// @notice Ask for `amount` micro-USD from an account, all of it or nothing; paid to its address as a claim.
    /// @dev    While one of the account's waits there is no other, so a flood of them takes as many accounts.
    function withdraw(uint256 account, uint256 amount) external payable;

    /// @notice Add to the house's own collateral. A gift: it gives its sender no share.
    function houseDeposit(uint256 amount) external payable;

    /// @notice Pay everything that was credited to the sender, in micro-USD, to an address of its choice.
    function claim(address to) external returns (uint256 amount);

    /// @notice Pay an owner everything that was credited to it; anybody may send this.
    function claimFor(address owner) external returns (uint256 amount);

    /// @notice Pay everything that is due to the sender for serving, in wei.
    function claimFees(address to) external returns (uint256 amount);

    /// @notice Take the oldest requests for the proven state; their deposits become committed, their fees
    ///         `server`'s.
    function take(Request[] calldata requests, bytes32[][] calldata paths, address server) external;

    /// @notice Move a paid withdrawal out of the proven state, to its account's address.
    /// @dev    Even if a forged proof got this far, it could not reach queued deposits or others' claims.
    function credit(uint24 account, uint64 amount) external;

    /// @notice End the vault's life: no request comes in or is served any more.
    /// @param  covered whether it is known that what all accounts are owed is covered by what is committed
    function freeze(bool covered) external;

    /// @notice Let an account of a frozen vault have what it was shown to be owed, once, for its address alone.
    /// @dev    Even if a forged proof got this far, it could not reach queued deposits or others' claims.
    function exit(uint24 account, uint128 amount) external;

    /// @notice Pay what an account filed: all of it, or its part of the pot where the pot is less than what is filed.
    function payOut(uint24 account) external;

    /// @notice Hand back what came with an entry that was not served, in any order, to who paid it.
    function handBack(uint64 number, Request calldata request, bytes32[] calldata path) external;

    /// @notice Give the house what is left, long after the freeze: what no account was owed, or none claimed.
    function payHouse(address to) external;

    /// @notice Refuse any entry but the oldest that waits; its time is how long the queue has stood.
    function checkOldest(Request calldata request, bytes32[] calldata path) external view;

    /// @notice The least fee of a request at this block's base fee, in wei: for gas, and for data besides.
    function requestFee() external view returns (uint256);

    /// @notice The one contract that may serve requests; set once.
    function settlement() external view returns (address);

    /// @notice Accounts opened so far, which is also the newest account's index.
    function accountCount() external view returns (uint24);

    /// @notice Number that the next request gets.
    function queueEnd() external view returns (uint64);

    /// @notice Number of the oldest request not yet taken.
    function queueStart() external view returns (uint64);

    /// @notice Requests that wait.
    function queueLength() external view returns (uint256);

    /// @notice The node of the queue's tree that is kept of a level: its last one with an even index.
    function peak(uint256 level) external view returns (bytes32);

    /// @notice Micro-USD inside the proven state.
    function committed() external view returns (uint64);

    /// @notice Micro-USD of deposits in the queue.
    function queuedDeposits() external view returns (uint64);

    /// @notice Micro-USD that withdrawals credited and nobody has claimed.
    function totalClaims() external view returns (uint256);

    /// @notice What the vault owes, in micro-USD; its token balance is never less.
    function liabilities() external view returns (uint256);

    /// @notice What an address may claim, in micro-USD.
    function claims(address owner) external view returns (uint256 amount);

    /// @notice What an address may claim for serving, in wei.
    function fees(address server) external view returns (uint256 amount);

    /// @notice Who opened an account: the only one to withdraw from it, and the one who is paid.
    function accountAddress(uint256 account) external view returns (address owner);

    /// @notice Number of an account's newest withdrawal, 0 for none; it waits unless below `queueStart()`.
    function lastWithdrawal(uint256 account) external view returns (uint64 number);

    /// @notice Whether the vault was frozen, for good.
    function isFrozen() external view returns (bool);

    /// @notice When it was, in seconds; 0 if it was not.
    function frozenAt() external view returns (uint64);

    /// @notice Whether accounts are paid at once; said at the freeze.
    function isCovered() external view returns (bool);

    /// @notice Micro-USD that were committed at the freeze, less what late ones and the house took of it.
    function pot() external view returns (uint64);

    /// @notice Micro-USD filed by all accounts.
    function totalFiled() external view returns (uint256);

    /// @notice Micro-USD of the pot that nobody filed for.
    function unfiled() external view returns (uint64);

    /// @notice Micro-USD that an account filed.
    function filed(uint256 account) external view returns (uint256 amount);

    /// @notice Where an account of a frozen vault stands.
    function stage(uint256 account) external view returns (Stage);
}
