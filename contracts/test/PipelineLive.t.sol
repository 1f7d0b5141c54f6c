// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {Pipelined} from "./fixture/Pipelined.sol";

/// @notice Whatever happened to a venue, it can go on: every set settles or lapses, every request is served.
contract PipelineLiveTest is Pipelined {
    function setUp() public {
        _deploy(1, 2);
        _open(ALICE, MINIMUM);
        _serve(1);
    }

    /// forge-config: default.fuzz.runs = 64
    function testFuzz_pipeline_isNeverStuck(uint256 seed) public {
        for (uint256 i; i < 40; ++i) {
            seed = uint256(keccak256(abi.encode(seed)));
            if (seed % 4 == 0) vm.warp(block.timestamp + (seed >> 16) % (seed % 32 == 0 ? 1500 : 12));
            _act((seed >> 64) % 7);
        }
        _drain();
    }

    /// @dev One event, if it is possible now.
    function _act(uint256 which) private {
        uint64 closed = settlement.batchesClosed();
        uint64 settled = settlement.batchesSettled();
        if (which == 0) _deposit(BOB, 1, MINIMUM);
        if (which == 1 && !_isWithdrawing(1)) _withdraw(1, MINIMUM);
        if (which == 2 && closed - settled < 7 && _hasGrid(closed)) _close(SET + closed);
        if (which == 3 && closed > settled) _priceFirst(settled + 1, closed);
        if (which == 4) _serveOne();
        if (which == 5 && _isReady(settled + 1, closed)) _settleEmpty();
        if (which == 6 && closed > settled) _lapse();
    }

    /// @dev What an honest operator does, and nothing else: until nothing waits.
    function _drain() private {
        for (uint256 turn; turn < 400; ++turn) {
            uint64 closed = settlement.batchesClosed();
            uint64 settled = settlement.batchesSettled();
            if (closed == settled && vault.queueLength() == 0) return;
            vm.warp(block.timestamp + WINDOW);
            while (_serveOne()) {}
            if (closed == settled) _close(SET);
            else if (_isReady(settled + 1, closed)) _settleEmpty();
            else if (!_lapse()) _priceFirst(settled + 1, closed);
        }
        assertTrue(false);
    }

    function _serveOne() private returns (bool done) {
        uint64 first = vault.queueStart();
        if (first >= settlement.servable()) return false;
        bool isWithdrawal = entries[first].word & 7 == 3;
        if (isWithdrawal && entries[first].time >= settlement.marksTime()) {
            // Below a pending set's bound the marks are always later than the request.
            assertEq(settlement.batchesClosed(), settlement.batchesSettled());
            return false;
        }
        _serve(1);
        return true;
    }

    function _priceFirst(uint64 from, uint64 to) private {
        for (uint64 batch = from; batch <= to; ++batch) {
            (uint64 time,) = settlement.price(batch);
            if (time != 0) continue;
            if (settlement.pricePoint(batch, block.timestamp) > block.timestamp) return;
            if (block.timestamp > settlement.set(batch).closedAt + LAPSE_AFTER) return;
            _priceSet(batch);
            return;
        }
    }

    function _lapse() private returns (bool done) {
        (done,) = address(settlement).call(abi.encodeCall(settlement.lapse, ()));
    }

    function _hasGrid(uint64 closed) private view returns (bool) {
        uint64 grid = (uint64(block.timestamp) + LAG) / INTERVAL * INTERVAL + INTERVAL;
        return grid > settlement.set(closed).grid;
    }

    function _isReady(uint64 batch, uint64 closed) private view returns (bool) {
        if (batch > closed) return false;
        (uint64 time,) = settlement.price(batch);
        return time != 0 && vault.queueStart() == settlement.set(batch).bound;
    }
}
