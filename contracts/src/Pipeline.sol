// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {FIELD_ORDER} from "./generated/Layout.sol";
import {IPriceSource} from "./interfaces/IPriceSource.sol";
import {ISettlement} from "./interfaces/ISettlement.sol";
import {IVault} from "./interfaces/IVault.sol";
import {PriceWords} from "./oracle/PriceWords.sol";

/// @title  Pipeline
/// @notice Closed sets that wait for their price and their batch, in a ring of eight.
/// @dev    Nobody chooses among outcomes: the operator fixes a set before its grid point; the bound of requests
///         is computed from the close before; a set's price is of the one grid point that its moment may record.
///         The entry before the oldest pending one is read too, so seven sets wait at most.
///         tests/contracts/pipeline_model.py goes through every order of events under these rules.
abstract contract Pipeline is ISettlement {
    using PriceWords for uint256;

    /// @dev One slot: a word of marks leaves room for the time.
    struct Price {
        uint184 word;
        uint64 time;
        bool written; // the slot is never zero again, whatever is listed
    }

    uint64 internal constant RING = 8;
    /// @dev A backlog of requests is worked off in so many batches, however long it is.
    uint64 private constant BACKLOG_BATCHES = 64;

    IPriceSource public immutable PRICE_SOURCE;
    IVault public immutable VAULT;
    address public immutable OPERATOR;
    uint64 public immutable REQUEST_CAP;
    uint64 public immutable INTERVAL;
    uint64 public immutable LAG;
    uint64 public immutable GAP;
    uint64 public immutable WINDOW;
    uint64 public immutable LAPSE_AFTER;

    // Slot.
    /// @inheritdoc ISettlement
    bytes32 public lastId;
    // Slot: counters, and when the marks are of.
    /// @inheritdoc ISettlement
    uint64 public batchesClosed;
    /// @inheritdoc ISettlement
    uint64 public batchesSettled;
    /// @inheritdoc ISettlement
    uint64 public runsSettled;
    /// @inheritdoc ISettlement
    uint64 public marksTime;
    // Slot: changes seldom, and is written only then.
    /// @inheritdoc ISettlement
    uint64 public uncleanSince;
    /// @inheritdoc ISettlement
    uint64 public frozenAt;
    /// @dev The slot is never zero, so that no change of it costs what a fresh one does.
    bool private _written = true;
    // Slots: five for each place of the ring, by a set's number, written at construction and ever after over.
    Set[RING] private _sets;
    Price[RING] private _prices;

    constructor(Config memory config) {
        Timing memory timing = config.timing;
        uint256 shortest = uint256(timing.interval) + timing.lag + timing.gap + timing.window;
        if (
            timing.interval == 0 || timing.gap == 0 || timing.window == 0
                || timing.window % timing.interval != 0 || timing.lapseAfter < shortest
        ) revert InvalidTiming();
        if (config.requestCap == 0) revert ZeroSize();
        PRICE_SOURCE = config.priceSource;
        VAULT = config.vault;
        OPERATOR = config.operator;
        REQUEST_CAP = config.requestCap;
        INTERVAL = timing.interval;
        LAG = timing.lag;
        GAP = timing.gap;
        WINDOW = timing.window;
        LAPSE_AFTER = timing.lapseAfter;
        lastId = bytes32(config.genesisRoot);
        for (uint256 i; i < RING; ++i) {
            _sets[i] = Set(1, 0, 0, 0, uint64(block.timestamp));
            _prices[i] = Price(0, 0, true);
        }
    }

    /// @inheritdoc ISettlement
    function closeBatch(Close calldata close) external {
        _close(close);
    }

    /// @inheritdoc ISettlement
    function priceBatch(uint64 batch, bytes calldata evidence) external {
        // 1. Check: which grid point this block may record, if any.
        uint64 time = pricePoint(batch, block.timestamp);
        if (time > block.timestamp) revert GridNotReached(time, block.timestamp);
        uint256 over = uint256(_sets[batch % RING].closedAt) + LAPSE_AFTER;
        if (block.timestamp > over) revert PricingOver(batch, over);

        // 2. Verify: the evidence shows the prices.
        (uint64 previousTime, uint256 previous) = _price(batch - 1);
        uint256 word = PRICE_SOURCE.pricesAt(time, evidence, previousTime, previous);
        word.checkMarks();

        // 3. Commit. Cast: the check bounds the word.
        _prices[batch % RING] = Price(uint184(word), time, true);

        // 4. Emit.
        emit BatchPriced(batch, time, word);
    }

    /// @inheritdoc ISettlement
    function lapse() external {
        uint64 oldest = batchesSettled + 1;
        _checkPending(oldest);
        if (_isPriced(oldest)) revert AlreadyPriced(oldest, _prices[oldest % RING].time);
        uint256 due = uint256(_sets[oldest % RING].closedAt) + LAPSE_AFTER;
        if (block.timestamp <= due) revert LapseNotDue(oldest, due);

        // All of them: a later set was closed to follow the earlier ones. The last id stays, so no close that was
        // signed before can follow.
        uint64 last = batchesClosed;
        batchesClosed = oldest - 1;
        emit BatchesLapsed(oldest, last);
    }

    /// @inheritdoc ISettlement
    function set(uint64 batch) external view returns (Set memory) {
        if (batch != batchesSettled) _checkPending(batch);
        return _sets[batch % RING];
    }

    /// @inheritdoc ISettlement
    function price(uint64 batch) external view returns (uint64 time, uint256 word) {
        if (batch != batchesSettled) {
            _checkPending(batch);
            if (!_isPriced(batch)) return (time, word);
        }
        return _price(batch);
    }

    /// @inheritdoc ISettlement
    function pricePoint(uint64 batch, uint256 timestamp) public view returns (uint64 time) {
        _checkPending(batch);
        if (_isPriced(batch)) revert AlreadyPriced(batch, _prices[batch % RING].time);
        if (batch - 1 > batchesSettled && !_isPriced(batch - 1)) revert NotPriced(batch - 1);

        // The first candidate: time never runs backwards. A set at grid points apart has room for the gap.
        time = _prices[(batch - 1) % RING].time;
        if (time != 0) time = (time + GAP + INTERVAL - 1) / INTERVAL * INTERVAL;
        uint64 grid = _sets[batch % RING].grid;
        if (time < grid) time = grid;
        // One point at each moment: the first while its window lasts, then the one at the window's end, ...
        // Cast: a block's time.
        if (timestamp > time) time += (uint64(timestamp) - time) / WINDOW * WINDOW;
    }

    /// @inheritdoc ISettlement
    function servable() public view returns (uint64) {
        uint64 settled = batchesSettled;
        return settled == batchesClosed ? VAULT.queueEnd() : _sets[(settled + 1) % RING].bound;
    }

    function _close(Close calldata close) internal {
        // 1. Check: the operator means this close, now, after what it believes to be closed.
        if (frozenAt != 0) revert IsFrozen();
        if (msg.sender != OPERATOR) revert OnlyOperator(msg.sender, OPERATOR);
        uint64 number = batchesClosed + 1;
        if (close.number != number) revert WrongNumber(close.number, number);
        if (close.parent != lastId) revert WrongParent(close.parent, lastId);
        if (block.timestamp > close.notAfter) revert TooLate(block.timestamp, close.notAfter);
        uint64 oldest = batchesSettled + 1;
        if (number - oldest >= RING - 1) revert RingFull(oldest);
        _checkField(close.setRoot);
        Set memory previous = _sets[(number - 1) % RING];
        uint64 grid = (uint64(block.timestamp) + LAG) / INTERVAL * INTERVAL + INTERVAL;
        if (grid <= previous.grid) revert SameGrid(grid);

        // 2. Commit.
        uint64 bound = _bound(previous);
        bytes32 id = keccak256(abi.encode(lastId, close.setRoot, grid, bound));
        lastId = id;
        batchesClosed = number;
        _sets[number % RING] = Set(close.setRoot, grid, bound, VAULT.queueEnd(), uint64(block.timestamp));

        // 3. Emit.
        emit BatchClosed(number, id, close.setRoot, grid, bound);
    }

    /// @dev The oldest pending set, which must have its price and its requests served.
    function _ready() internal view returns (uint256 setRoot, uint64 time, uint256 word) {
        uint64 batch = batchesSettled + 1;
        _checkPending(batch);
        if (!_isPriced(batch)) revert NotPriced(batch);
        uint64 served = VAULT.queueStart();
        uint64 bound = _sets[batch % RING].bound;
        if (served != bound) revert RequestsFirst(served, bound);
        (time, word) = _price(batch);
        return (_sets[batch % RING].root, time, word);
    }

    /// @dev Pending sets are void, so none is priced or settled any more.
    function _voidPending() internal {
        (uint64 settled, uint64 closed) = (batchesSettled, batchesClosed);
        if (settled == closed) return;
        batchesClosed = settled;
        emit BatchesLapsed(settled + 1, closed);
    }

    /// @dev Of a void set as well: a lapse turns no clock back.
    function _lastClose() internal view returns (uint64 last) {
        for (uint256 i; i < RING; ++i) {
            uint64 closedAt = _sets[i].closedAt;
            if (closedAt > last) last = closedAt;
        }
    }

    /// @dev Of the oldest pending set; the largest number if it has none.
    function _oldestPrice() internal view returns (uint64) {
        uint64 oldest = batchesSettled + 1;
        return oldest <= batchesClosed && _isPriced(oldest) ? _prices[oldest % RING].time : type(uint64).max;
    }

    function _checkField(uint256 value) internal pure {
        if (value == 0 || value >= FIELD_ORDER) revert InvalidFieldElement(value);
    }

    /// @dev Whatever was queued at the close before, but only so much of it: each of these is older than the marks
    ///      that the batch before leaves, so it can be served, and nothing is passed over.
    function _bound(Set memory previous) private view returns (uint64) {
        uint64 served = VAULT.queueStart();
        uint64 low = served > previous.bound ? served : previous.bound;
        if (previous.queued <= low) return low;
        uint64 backlog = previous.queued - low;
        uint64 cap = backlog / BACKLOG_BATCHES;
        if (cap < REQUEST_CAP) cap = REQUEST_CAP;
        return low + (backlog < cap ? backlog : cap);
    }

    function _checkPending(uint64 batch) private view {
        if (batch <= batchesSettled || batch > batchesClosed) revert NotPending(batch);
    }

    /// @dev The place's last user was settled, at a price from before this set's close, or had none.
    function _isPriced(uint64 pending) private view returns (bool) {
        return _prices[pending % RING].time >= _sets[pending % RING].grid;
    }

    function _price(uint64 batch) private view returns (uint64 time, uint256 word) {
        Price storage kept = _prices[batch % RING];
        return (kept.time, kept.word);
    }
}
