// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {ISettlement} from "../src/interfaces/ISettlement.sol";
import {Settlement} from "../src/Settlement.sol";
import {Pipelined} from "./fixture/Pipelined.sol";

/// @notice Closing: which sets, when, and which requests come before their batches.
contract PipelineCloseTest is Pipelined {
    function setUp() public {
        _deploy(1, 2);
    }

    // --- what is closed ---

    function test_closeBatch_fixesSetGridAndBound() public {
        bytes32 id = keccak256(abi.encode(GENESIS, uint256(SET), uint256(START + 2), uint256(0)));
        vm.expectEmit(address(settlement));
        emit ISettlement.BatchClosed(1, id, SET, START + 2, 0);
        _close(SET);
        ISettlement.Set memory set = settlement.set(1);
        assertEq(set.root, SET);
        assertEq(set.grid, START + 2);
        assertEq(set.bound, 0);
        assertEq(set.closedAt, START);
        assertEq(uint256(settlement.lastId()), uint256(id));
        assertEq(settlement.batchesClosed(), 1);
        assertEq(settlement.batchesSettled(), 0);
        (uint64 time,) = settlement.price(1);
        assertEq(time, 0);
    }

    function test_closeBatch_revertsForOthers() public {
        ISettlement.Close memory close = _next(SET);
        expectError(ISettlement.OnlyOperator.selector, ALICE, OPERATOR);
        vm.prank(ALICE);
        settlement.closeBatch(close);
    }

    function test_closeBatch_revertsWhenRootIsZeroOrOutOfRange() public {
        uint256[2] memory bad = [0, R];
        for (uint256 i; i < 2; ++i) {
            ISettlement.Close memory close = _next(bad[i]);
            expectError(ISettlement.InvalidFieldElement.selector, bad[i]);
            vm.prank(OPERATOR);
            settlement.closeBatch(close);
        }
    }

    /// @dev What the operator signed for one state of the chain does nothing in another: neither a number nor a
    ///      parent nor a moment is taken as found.
    function test_closeBatch_revertsAfterAReorganisation() public {
        ISettlement.Close memory first = _next(SET);
        _close(SET + 1);
        vm.warp(START + 2);
        expectError(ISettlement.WrongNumber.selector, 1, 2);
        vm.prank(OPERATOR);
        settlement.closeBatch(first);

        ISettlement.Close memory second = _next(SET);
        second.parent = keccak256("another branch");
        vm.expectRevert(
            abi.encodeWithSelector(ISettlement.WrongParent.selector, second.parent, settlement.lastId())
        );
        vm.prank(OPERATOR);
        settlement.closeBatch(second);

        second = _next(SET);
        vm.warp(START + 3);
        expectError(ISettlement.TooLate.selector, START + 3, START + 2);
        vm.prank(OPERATOR);
        settlement.closeBatch(second);
    }

    function test_closeBatch_revertsWhenSevenSetsWait() public {
        for (uint256 i; i < 7; ++i) {
            vm.warp(START + 10 * i);
            _close(SET + i);
        }
        assertEq(settlement.batchesClosed(), 7);
        vm.warp(START + 70);
        ISettlement.Close memory close = _next(SET);
        expectError(ISettlement.RingFull.selector, 1);
        vm.prank(OPERATOR);
        settlement.closeBatch(close);
        _priceSet(1);
        _settleEmpty();
        _close(SET + 7);
    }

    // --- the grid point ---

    /// @dev The first multiple of the interval strictly after the block's time and what that may lag.
    function testFuzz_closeBatch_gridIsTheFirstPointAfterTheLag(uint256 time) public {
        time = bound(time, START, START + 1000);
        vm.warp(time);
        _close(SET);
        uint64 grid = settlement.set(1).grid;
        assertEq(grid % INTERVAL, 0);
        assertTrue(grid > time + LAG && grid <= time + LAG + INTERVAL);
    }

    function test_closeBatch_revertsWhenTheGridPointIsTaken() public {
        vm.warp(START + 1); // the lag reaches START + 2, which has START + 4 next
        _close(SET);
        vm.warp(START + 2);
        ISettlement.Close memory close = _next(SET);
        expectError(ISettlement.SameGrid.selector, START + 4);
        vm.prank(OPERATOR);
        settlement.closeBatch(close);
        vm.warp(START + 3);
        _close(SET);
        assertEq(settlement.set(2).grid, START + 6);
    }

    // --- the requests before the batch ---

    /// @dev Nobody names it: what was queued at the close before, CAP of it at most.
    function test_closeBatch_boundIsWhatWasQueuedAtTheCloseBefore() public {
        uint64[4] memory expected = [uint64(0), 3, 5, 21];
        uint256[4] memory more = [uint256(3), 2, 40, 0];
        for (uint256 i; i < 4; ++i) {
            for (uint256 j; j < more[i]; ++j) {
                _houseDeposit(BOB, MINIMUM);
            }
            vm.warp(START + 10 * i);
            _close(SET + i);
            assertEq(settlement.set(uint64(i + 1)).bound, expected[i]);
        }
    }

    /// @dev A backlog of any length is worked off in 64 batches.
    function test_closeBatch_capGrowsWithTheBacklog() public {
        _queueMany(64 * 20);
        _close(SET);
        vm.warp(START + 10);
        _close(SET + 1);
        assertEq(settlement.set(2).bound, 20);
    }

    /// @dev What is served stays served, though nothing was queued at the close before.
    function test_closeBatch_boundIsNotBelowWhatIsServed() public {
        _houseDeposit(BOB, MINIMUM);
        _serve(1);
        _close(SET);
        assertEq(settlement.set(1).bound, 1);
        _priceSet(1);
        _settleEmpty();
    }

    function test_servable_isTheOldestSetsBoundOrTheQueuesEnd() public {
        _houseDeposit(BOB, MINIMUM);
        assertEq(settlement.servable(), 1);
        _close(SET);
        assertEq(settlement.servable(), 0);
        vm.warp(START + 10);
        _close(SET + 1);
        assertEq(settlement.servable(), 0);
        _priceSet(1);
        _settleEmpty();
        assertEq(settlement.servable(), 1);
    }

    // --- construction ---

    function test_constructor_revertsForEachInvalidTime() public {
        for (uint256 i; i < 5; ++i) {
            ISettlement.Config memory config = _config(1, 2);
            if (i == 0) config.timing.interval = 0;
            if (i == 1) config.timing.gap = 0;
            if (i == 2) config.timing.window = 0;
            if (i == 3) config.timing.window = WINDOW + 1;
            if (i == 4) config.timing.lapseAfter = INTERVAL + LAG + GAP + WINDOW - 1;
            expectError(ISettlement.InvalidTiming.selector);
            new Settlement(config);
        }
        ISettlement.Config memory none = _config(1, 2);
        none.requestCap = 0;
        expectError(ISettlement.ZeroSize.selector);
        new Settlement(none);
    }

    /// @dev A local chain: every second is a grid point.
    function test_closeBatch_onALocalChain() public {
        ISettlement.Config memory config = _config(1, 2);
        config.timing = ISettlement.Timing(1, 0, 1, 60, 3600);
        settlement = new Settlement(config);
        _close(SET);
        assertEq(settlement.set(1).grid, START + 1);
    }
}
