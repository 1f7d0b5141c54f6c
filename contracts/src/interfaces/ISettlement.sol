// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IPriceSource} from "./IPriceSource.sol";
import {IVault} from "./IVault.sol";
import {IVerifier} from "./IVerifier.sol";

/// @title  ISettlement
/// @notice The root of the committed state, which moves by proofs alone: batches of orders, and runs of requests
///         from the vault's queue.
/// @dev    A set is closed, priced, and settled by its batch, each in order; up to seven wait at once. Grid point,
///         bound of requests and price time follow from rules, so nobody chooses among outcomes.
interface ISettlement {
    /// @notice Times of the pipeline, in seconds.
    struct Timing {
        uint64 interval; // I: grid points are its multiples
        uint64 lag; // LAG: what a block's timestamp may be behind the clock
        uint64 gap; // g: least distance of two sets' price times
        uint64 window; // D: how long a grid point may be recorded; a multiple of the interval
        uint64 lapseAfter; // L: an unpriced set of this age is void
    }

    /// @notice How long the venue may stand before anybody may freeze it, in seconds; see `freezeDue`.
    struct Clocks {
        uint64 batch; // without a close, or from a price to its batch
        uint64 outer; // from the marks' time, whatever the prices' source does
        uint64 request; // of the oldest request
        uint64 unclean; // since a batch claimed that all is clean
    }

    /// @notice What stays the same for this contract's whole life.
    struct Config {
        IPriceSource priceSource;
        IVerifier batchVerifier;
        IVerifier requestVerifier;
        IVerifier exitVerifier;
        IVault vault;
        address operator;
        uint256 operatorKeyX;
        uint256 operatorKeyY;
        uint256 marketParamsHash;
        uint256 slots; // of a batch
        uint256 requests; // most in a run
        uint256 genesisRoot;
        uint64 requestCap; // CAP: requests between two batches, at most, unless the backlog is long
        Timing timing;
        Clocks clocks;
    }

    /// @notice A set to be closed, and what the operator believes to be so.
    struct Close {
        uint256 setRoot; // 0: none
        uint64 number; // of its batch
        bytes32 parent; // id of the set closed before
        uint64 notAfter; // seconds; a block from later refuses it
    }

    /// @notice A closed set. Once written, no word of it is zero again.
    struct Set {
        uint256 root;
        uint64 grid; // first grid point that may give its price
        uint64 bound; // requests served when its batch runs: exactly these
        uint64 queued; // requests queued at the close
        uint64 closedAt;
    }

    /// @notice The set of batch `batch` is fixed; `id` is the parent of the next.
    event BatchClosed(uint64 indexed batch, bytes32 id, uint256 setRoot, uint64 grid, uint64 bound);
    /// @notice The set of batch `batch` has its price, for good.
    event BatchPriced(uint64 indexed batch, uint64 time, uint256 word);
    /// @notice A batch moved the state; `data` is what was published.
    event BatchSettled(uint64 indexed batch, uint256 newStateRoot, uint64 priceTime, bytes data);
    /// @notice A run moved the state; `data` is what was published, the requests are in the vault's events.
    event RequestsSettled(
        uint64 indexed run, uint256 newStateRoot, uint64 firstRequest, uint64 count, bytes data
    );
    /// @notice All pending sets, `first` to `last`, are void; `first` is the next number to be closed.
    event BatchesLapsed(uint64 first, uint64 last);

    /// @notice The venue stands still, for good; `covered`: the last batch claimed that all is clean.
    event VenueFrozen(uint256 stateRoot, bool covered);

    /// @notice A clock of the configuration is out of its bounds, or no longer than an unpriced set may wait.
    error InvalidClock(uint64 given);
    /// @notice Frozen, for good.
    error IsFrozen();
    /// @notice Not frozen: accounts leave by withdrawals.
    error NotFrozen();
    /// @notice Nobody may freeze before this moment has passed.
    error FreezeNotDue(uint256 due);
    /// @notice An address of the configuration is zero.
    error ZeroAddress();
    /// @notice A size of the configuration is zero.
    error ZeroSize();
    /// @notice A time is zero that must not be, or the window is no multiple of the interval.
    error InvalidTiming();
    /// @notice The operator's key is not on the curve, or of small order.
    error InvalidOperatorKey(uint256 keyX, uint256 keyY);
    /// @notice Zero, or not below the field's order.
    error InvalidFieldElement(uint256 given);
    /// @notice Only the operator closes a set.
    error OnlyOperator(address given, address expected);
    /// @notice The close is of another number than the next.
    error WrongNumber(uint64 given, uint64 expected);
    /// @notice The close follows another set than the last one closed.
    error WrongParent(bytes32 given, bytes32 expected);
    /// @notice The block is after the close's last moment.
    error TooLate(uint256 blockTime, uint64 notAfter);
    /// @notice Seven sets wait.
    error RingFull(uint64 oldest);
    /// @notice The next grid point is the previous set's.
    error SameGrid(uint64 grid);
    /// @notice No closed set has this number and waits.
    error NotPending(uint64 batch);
    /// @notice The set has its price.
    error AlreadyPriced(uint64 batch, uint64 time);
    /// @notice The set has no price yet.
    error NotPriced(uint64 batch);
    /// @notice The first grid point is not reached.
    error GridNotReached(uint64 grid, uint256 blockTime);
    /// @notice The set has waited for a price too long: it only lapses.
    error PricingOver(uint64 batch, uint256 since);
    /// @notice The oldest pending set may still be priced.
    error LapseNotDue(uint64 batch, uint256 due);
    /// @notice A batch runs when exactly the requests up to its bound are served.
    error RequestsFirst(uint64 served, uint64 bound);
    /// @notice A run serves requests up to the next batch's bound, or the queue's end while no set waits.
    error BeyondBound(uint64 end, uint64 bound);
    /// @notice The withdrawal is not older than the marks that it would be judged at.
    error WithdrawalTooYoung(uint64 number, uint64 queuedAt, uint64 marksTime);
    /// @notice The bytes are not the words that the batch or run publishes.
    error WrongLength(uint256 given, uint256 expected);
    /// @notice No request is given, or more than a run takes.
    error WrongCount(uint256 given, uint256 most);
    /// @notice A withdrawal is paid whole or not at all; nothing else is paid.
    error InvalidPaid(uint256 request, uint256 given, uint256 expected);
    /// @notice The proof does not show what the words say.
    error InvalidProof();

    /// @notice Fix the set of the next batch, before its price exists.
    function closeBatch(Close calldata close) external;

    /// @notice Record the price of a pending set: the one before it must be priced or settled.
    /// @param  batch    the set's number
    /// @param  evidence what the price source takes for proof of the prices at `pricePoint(batch, block.timestamp)`
    function priceBatch(uint64 batch, bytes calldata evidence) external;

    /// @notice Settle the oldest pending set and, if `next.setRoot` is not 0, close the next in the same
    ///         transaction.
    /// @param  newStateRoot the root after the batch
    /// @param  data         of the house: what is sealed, the exit sheet's funding, whether all is clean (32 bytes a
    ///                      word); then of each slot: account (3 bytes), new leaf (32), ciphertext (32)
    /// @param  c            the circuit's commitment to the words
    /// @param  proof        see `IVerifier`
    /// @param  next         the next set, operator only
    function settleBatch(
        uint256 newStateRoot,
        bytes calldata data,
        uint256 c,
        uint256[8] calldata proof,
        Close calldata next
    ) external;

    /// @notice Settle the oldest requests: `REQUESTS` at most, and none beyond `servable()`.
    /// @dev    Fewer than wait is allowed, so a request that joins the queue does not void a proof.
    /// @param  newStateRoot the root after the requests
    /// @param  data         of the house: what is sealed (32 bytes); then of each request: paid (8 bytes), new leaf
    ///                      (32), ciphertext (32)
    /// @param  c            the circuit's commitment to the words
    /// @param  proof        see `IVerifier`
    /// @param  requests     the oldest requests, as the vault's events had them
    /// @param  paths        the path of each to a peak of the queue, see `Peaks`
    function settleRequests(
        uint256 newStateRoot,
        bytes calldata data,
        uint256 c,
        uint256[8] calldata proof,
        IVault.Request[] calldata requests,
        bytes32[][] calldata paths
    ) external;

    /// @notice Freeze the venue for good, once `freezeDue()` has passed. Pending sets are void.
    function freeze() external;

    /// @notice Freeze it since the oldest request has waited too long.
    /// @param  oldest the oldest request, as the vault's event had it
    /// @param  path   its path to a node of the queue that is kept, see `Peaks`
    function freezeByRequest(IVault.Request calldata oldest, bytes32[] calldata path) external;

    /// @notice Let an account leave a frozen venue with what the last root says that it is owed: to its address,
    ///         whoever sends, once.
    /// @param  account its index
    /// @param  amount  micro-USD
    /// @param  proof   of the exit circuit, see `IVerifier`
    function exit(uint24 account, uint128 amount, uint256[8] calldata proof) external;

    /// @notice Give the operator, as the house's owner, what is left long after a freeze.
    function payHouse() external;

    /// @notice Void all pending sets, since the oldest has waited for a price too long.
    function lapse() external;

    /// @notice Root of the committed state.
    function stateRoot() external view returns (uint256);

    /// @notice Id of the set closed last, lapsed or not; the genesis root before the first.
    function lastId() external view returns (bytes32);

    /// @notice Number of the set closed last; sets from `batchesSettled() + 1` up to it are pending.
    function batchesClosed() external view returns (uint64);

    /// @notice Batches settled so far.
    function batchesSettled() external view returns (uint64);

    /// @notice Runs of requests settled so far; a counter of its own, so neither proof waits for the other's.
    function runsSettled() external view returns (uint64);

    /// @notice Time of the marks, which is the price time of the last settled batch; 0 before the first.
    function marksTime() external view returns (uint64);
    /// @notice Since the prices of which time no batch has shown that every account is above maintenance and the
    ///         house sound; 0 where the last one has, and before the first.
    function uncleanSince() external view returns (uint64);

    /// @notice A pending set, or the last settled one.
    function set(uint64 batch) external view returns (Set memory);

    /// @notice Time and prices of a pending set, or of the last settled one; the time is 0 while it has none.
    function price(uint64 batch) external view returns (uint64 time, uint256 word);

    /// @notice The grid point that a block of time `timestamp` may record for a pending set without a price.
    function pricePoint(uint64 batch, uint256 timestamp) external view returns (uint64 time);

    /// @notice Requests may be served up to this number, not included.
    function servable() external view returns (uint64);

    /// @notice The moment after which anybody may freeze, as things stand, in seconds. The oldest request's clock is
    ///         apart: its time is shown by a path.
    function freezeDue() external view returns (uint256 due);

    /// @notice When the venue was frozen, in seconds; 0 if it was not.
    function frozenAt() external view returns (uint64);
}
