// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {ISettlement} from "./interfaces/ISettlement.sol";
import {IVault} from "./interfaces/IVault.sol";
import {Pipeline} from "./Pipeline.sol";

/// @title  Freeze
/// @notice When the venue stands still for good, so that everybody leaves by the last root.
/// @dev    Anybody freezes once a clock has run out. Whoever can stop the batches chooses between the last marks and
///         the world after a clock, so those of the batches are short; a request's is apart, and longer. No lapse
///         turns a clock back, an honest operator keeps all of them, and what is frozen acts no more.
abstract contract Freeze is Pipeline {
    uint64 private constant LEAST_BATCH = 12 hours;
    uint64 private constant LEAST = 1 days;
    uint64 private constant MOST = 7 days;

    uint64 public immutable BATCH_CLOCK;
    uint64 public immutable OUTER_CLOCK;
    uint64 public immutable REQUEST_CLOCK;
    uint64 public immutable UNCLEAN_CLOCK;
    uint64 public immutable DEPLOYED_AT;

    // Slot: what every settlement moves.
    /// @inheritdoc ISettlement
    uint256 public stateRoot;

    constructor(Clocks memory clocks) {
        _checkClock(clocks.batch, LEAST_BATCH);
        _checkClock(clocks.outer, LEAST);
        _checkClock(clocks.request, LEAST);
        _checkClock(clocks.unclean, LEAST);
        // While the prices' source is silent sets lapse, and the operator closes others.
        if (clocks.batch <= LAPSE_AFTER) revert InvalidClock(clocks.batch);
        BATCH_CLOCK = clocks.batch;
        OUTER_CLOCK = clocks.outer;
        REQUEST_CLOCK = clocks.request;
        UNCLEAN_CLOCK = clocks.unclean;
        DEPLOYED_AT = uint64(block.timestamp);
    }

    /// @inheritdoc ISettlement
    function freeze() external {
        _freezeAfter(freezeDue());
    }

    /// @inheritdoc ISettlement
    function freezeByRequest(IVault.Request calldata oldest, bytes32[] calldata path) external {
        VAULT.checkOldest(oldest, path);
        _freezeAfter(uint256(oldest.time) + REQUEST_CLOCK);
    }

    /// @inheritdoc ISettlement
    function freezeDue() public view returns (uint256 due) {
        // (a) No later marks for long, whatever the reason; none closed; or a price that waits for its batch.
        uint256 marks = marksTime > DEPLOYED_AT ? marksTime : DEPLOYED_AT;
        due = marks + OUTER_CLOCK;
        due = _earlier(due, uint256(_lastClose()) + BATCH_CLOCK);
        due = _earlier(due, uint256(_oldestPrice()) + BATCH_CLOCK);
        // (b) is the oldest request's, see `freezeByRequest`.
        // (c) Nobody has shown for long that all is clean.
        if (uncleanSince != 0) due = _earlier(due, uint256(uncleanSince) + UNCLEAN_CLOCK);
    }

    function _freezeAfter(uint256 due) private {
        // 1. Check: a clock has run out.
        if (frozenAt != 0) revert IsFrozen();
        if (block.timestamp <= due) revert FreezeNotDue(due);

        // 2. Commit: the vault takes no request and serves none, and no set is closed, priced or settled.
        bool covered = uncleanSince == 0;
        frozenAt = uint64(block.timestamp);
        _voidPending();
        VAULT.freeze(covered);

        // 3. Emit.
        emit VenueFrozen(stateRoot, covered);
    }

    function _checkClock(uint64 given, uint64 least) private pure {
        if (given < least || given > MOST) revert InvalidClock(given);
    }

    function _earlier(uint256 a, uint256 b) private pure returns (uint256) {
        return a < b ? a : b;
    }
}
