// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

/// @title  IVault
/// @notice The collateral, and the queue of requests to the proven state.
interface IVault {
    /// @notice A queued request; the keys are 0 but for openings.
    struct Request {
        uint256 word; // see `RequestWord`
        uint256 keyX;
        uint256 keyY;
    }

    /// @notice Everything that a client needs to follow the queue.
    event RequestQueued(
        uint64 indexed number, uint256 word, uint256 keyX, uint256 keyY, address indexed sender
    );
    /// @notice Requests `first` to `first + count - 1` left the queue for the proven state.
    event RequestsTaken(uint64 first, uint64 count);
    /// @notice A paid withdrawal left the proven state and may be claimed.
    event Credited(uint24 indexed account, address indexed to, uint64 amount);
    /// @notice Everything that was due to an address left the vault.
    event Claimed(address indexed to, uint256 amount);
    /// @notice The settlement contract was named, for good.
    event SettlementSet(address settlement);

    /// @notice An address is zero.
    error ZeroAddress();
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
    /// @notice A first deposit is too small.
    error BelowMinimum(uint256 given, uint256 minimum);
    /// @notice The state's total would leave the range that its circuits prove.
    error VaultFull(uint256 total, uint256 limit);
    /// @notice The key is not on the curve, or of small order.
    error InvalidKey(uint256 keyX, uint256 keyY);
    /// @notice Accounts are numbered from 1 to the newest.
    error UnknownAccount(uint256 given, uint256 newest);
    /// @notice Every account is taken.
    error AccountsExhausted();
    /// @notice Only the address that opened an account withdraws from it.
    error NotAccountAddress(address given, address expected);
    /// @notice The token moved another amount than it was told to.
    error UnexpectedTransfer(uint256 given, uint256 expected);
    /// @notice More requests are to leave the queue than wait.
    error QueueTooShort(uint256 given, uint256 length);
    /// @notice More would be paid than the proven state can hold.
    error ExceedsCommitted(uint256 given, uint256 committed);
    /// @notice No withdrawal was credited to the sender.
    error NothingToClaim(address sender);

    /// @notice Name the settlement contract, once; the two need each other's address.
    function initialize(address settlement) external;

    /// @notice Open an account for the key 8 * (keyX, keyY) with a first deposit.
    /// @return account the account's index
    function open(uint256 keyX, uint256 keyY, uint256 amount) external returns (uint24 account);

    /// @notice Add to an account; anyone may, for any account.
    function deposit(uint256 account, uint256 amount) external;

    /// @notice Ask for `amount` from an account, all of it or nothing; paid to its address as a claim.
    function withdraw(uint256 account, uint256 amount) external;

    /// @notice Add to the house's own collateral. A gift: it gives its sender no share.
    function houseDeposit(uint256 amount) external;

    /// @notice Pay the sender everything that withdrawals credited.
    function claim() external returns (uint256 amount);

    /// @notice Take the oldest `count` requests for the proven state; their deposits become committed.
    function take(uint256 count) external returns (Request[] memory taken);

    /// @notice Move a paid withdrawal out of the proven state, to its account's address.
    /// @dev    Even if a forged proof got this far, it could not reach queued deposits or others' claims.
    function credit(uint24 account, uint64 amount) external;

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

    /// @notice A waiting request by number; all zeros for one that was taken or never made.
    function request(uint256 number) external view returns (Request memory);

    /// @notice Units inside the proven state.
    function committed() external view returns (uint64);

    /// @notice Units of deposits in the queue.
    function queuedDeposits() external view returns (uint64);

    /// @notice Units that withdrawals credited and nobody has claimed.
    function totalClaims() external view returns (uint256);

    /// @notice What the vault owes; its token balance is never less.
    function liabilities() external view returns (uint256);

    /// @notice What an address may claim.
    function claims(address owner) external view returns (uint256 amount);

    /// @notice Who opened an account: the only one to withdraw from it, and the one who is paid.
    function accountAddress(uint256 account) external view returns (address owner);
}
