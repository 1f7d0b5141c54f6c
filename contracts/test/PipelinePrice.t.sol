// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {ISettlement} from "../src/interfaces/ISettlement.sol";
import {PriceWords} from "../src/oracle/PriceWords.sol";
import {Pipelined} from "./fixture/Pipelined.sol";

/// @notice Prices of pending sets, the batches that wait for them, and what lapses without.
contract PipelinePriceTest is Pipelined {
    /// @dev Grid point of a set that is closed at START.
    uint64 constant GRID = START + 2;

    function setUp() public {
        _deploy(1, 2);
        _close(SET);
    }

    // --- the point ---

    function test_priceBatch_recordsTheGridPoint() public {
        vm.warp(GRID);
        vm.expectEmit(address(settlement));
        emit ISettlement.BatchPriced(1, GRID, _prices(GRID));
        vm.prank(BOB);
        settlement.priceBatch(1, abi.encode(_prices(GRID)));
        (uint64 time, uint256 word) = settlement.price(1);
        assertEq(time, GRID);
        assertEq(word, _prices(GRID));
    }

    /// @dev S4. One point at each moment, whoever brings it: the grid point for a window, then the one at the
    ///      window's end, and so on.
    function testFuzz_priceBatch_recordsTheOnePointOfItsMoment(uint256 moment) public {
        moment = bound(moment, GRID, START + LAPSE_AFTER);
        vm.warp(moment);
        uint64 time = _priceSet(1);
        assertTrue(time <= moment && moment < time + WINDOW);
        assertEq((time - GRID) % WINDOW, 0);
        assertEq(settlement.pricePoint(_second(moment), moment + 1000) % INTERVAL, 0);
    }

    function test_priceBatch_revertsBeforeTheGridPoint() public {
        assertEq(settlement.pricePoint(1, START), GRID);
        vm.warp(GRID - 1);
        expectError(ISettlement.GridNotReached.selector, GRID, GRID - 1);
        settlement.priceBatch(1, "");
    }

    function test_priceBatch_revertsTheSecondTime() public {
        _priceSet(1);
        vm.warp(GRID + WINDOW);
        expectError(ISettlement.AlreadyPriced.selector, 1, GRID);
        settlement.priceBatch(1, abi.encode(_prices(GRID + WINDOW)));
    }

    function test_priceBatch_revertsOutOfOrder() public {
        vm.warp(START + 20);
        _close(SET + 1);
        vm.warp(START + 30);
        expectError(ISettlement.NotPriced.selector, 1);
        settlement.priceBatch(2, "");
        _priceSet(1);
        _priceSet(2);
    }

    function test_priceBatch_revertsWhenNoSuchSetWaits() public {
        uint64[2] memory bad = [uint64(0), 2];
        for (uint256 i; i < 2; ++i) {
            expectError(ISettlement.NotPending.selector, bad[i]);
            settlement.priceBatch(bad[i], "");
        }
        _priceSet(1);
        _settleEmpty();
        expectError(ISettlement.NotPending.selector, 1);
        settlement.priceBatch(1, "");
    }

    function test_priceBatch_revertsWhenTheSourceHasNone() public {
        vm.warp(GRID);
        vm.expectRevert(bytes(""));
        settlement.priceBatch(1, hex"00");
        vm.expectRevert(abi.encodeWithSelector(PriceWords.UnusedBits.selector, 1 << 255));
        settlement.priceBatch(1, abi.encode(uint256(1) << 255));
    }

    function test_priceBatch_keepsWhoIsHalted() public {
        vm.warp(GRID);
        uint256 most = (1 << 54) - 1;
        vm.expectRevert(abi.encodeWithSelector(PriceWords.UnusedBits.selector, 1 << 54));
        settlement.priceBatch(1, abi.encode(uint256(1) << 54));
        settlement.priceBatch(1, abi.encode(most));
        (, uint256 word) = settlement.price(1);
        assertEq(word, most);
    }

    /// @dev Time never runs backwards, though the set before got its price late: its first candidate is moved.
    function test_priceBatch_ofTheNextSetIsLater() public {
        vm.warp(START + 10);
        _close(SET + 1);
        assertEq(settlement.set(2).grid, START + 12);
        vm.warp(START + 35); // the first set's point is GRID + 30
        assertEq(_priceSet(1), GRID + 30);
        // GRID + 30 and the gap of 3 is no grid point; the next one is.
        expectError(ISettlement.GridNotReached.selector, GRID + 34, START + 35);
        settlement.priceBatch(2, "");
        vm.warp(START + 36);
        assertEq(_priceSet(2), GRID + 34);
    }

    /// @dev Whenever sets are closed and priced: each one's time is later, and within its window.
    /// forge-config: default.fuzz.runs = 48
    function testFuzz_priceBatch_timesRise(uint256 seed) public {
        uint64 last;
        uint64 priced;
        for (uint256 i; i < 30; ++i) {
            seed = uint256(keccak256(abi.encode(seed)));
            vm.warp(block.timestamp + seed % 9);
            uint64 closed = settlement.batchesClosed();
            bool isFree = closed - settlement.batchesSettled() < 7;
            if ((seed >> 64) % 3 == 0 && isFree && settlement.set(closed).grid < block.timestamp) {
                _close(SET);
            }
            if ((seed >> 64) % 3 == 1 && priced < settlement.batchesClosed()) {
                uint64 time = _priceSet(++priced);
                assertTrue(time >= last + GAP && block.timestamp < time + WINDOW);
                last = time;
            }
            if ((seed >> 64) % 3 == 2 && settlement.batchesSettled() < priced) {
                uint64 settled = _settleEmpty();
                assertEq(settlement.marksTime(), settled);
            }
        }
    }

    // --- the batch ---

    function test_settleBatch_revertsWithoutAPrice() public {
        vm.warp(GRID);
        expectError(ISettlement.NotPriced.selector, 1);
        settlement.settleBatch(1, "", C, [uint256(0), 0, 0, 0, 0, 0, 0, 0], _none());
    }

    function test_settleBatch_revertsUntilExactlyItsRequestsAreServed() public {
        _houseDeposit(BOB, MINIMUM);
        vm.warp(START + 10);
        _close(SET + 1); // queued at the close of this one: the bound of the third
        _houseDeposit(BOB, MINIMUM);
        vm.warp(START + 20);
        _close(SET + 2);
        for (uint64 i = 1; i <= 3; ++i) {
            _priceSet(i);
        }
        _settleEmpty();
        _settleEmpty();
        expectError(ISettlement.RequestsFirst.selector, 0, 1);
        settlement.settleBatch(1, "", C, [uint256(0), 0, 0, 0, 0, 0, 0, 0], _none());
        _serve(1);
        _settleEmpty();
    }

    // --- lapse ---

    function test_lapse_voidsAllPendingSets() public {
        vm.warp(START + 10);
        bytes32 id = settlement.lastId();
        _close(SET + 1);
        assertFalse(id == settlement.lastId());
        id = settlement.lastId();
        vm.warp(START + LAPSE_AFTER + 1);
        vm.expectEmit(address(settlement));
        emit ISettlement.BatchesLapsed(1, 2);
        vm.prank(BOB);
        settlement.lapse();
        assertEq(settlement.batchesClosed(), 0);
        assertEq(settlement.stateRoot(), GENESIS);
        assertEq(uint256(settlement.lastId()), uint256(id));
        expectError(ISettlement.NotPending.selector, 1);
        settlement.priceBatch(1, "");

        // The numbers are used again, and what had been signed for them is not.
        ISettlement.Close memory replayed = _next(SET);
        replayed.parent = bytes32(GENESIS);
        vm.expectRevert(
            abi.encodeWithSelector(ISettlement.WrongParent.selector, bytes32(GENESIS), settlement.lastId())
        );
        vm.prank(OPERATOR);
        settlement.closeBatch(replayed);
        _close(SET + 2);
        assertEq(settlement.set(1).root, SET + 2);
        _priceSet(1);
        _settleEmpty();
        assertEq(settlement.batchesSettled(), 1);
    }

    /// @dev To the second, a set can be priced or lapse, never both: nobody chooses.
    function test_lapse_andPriceExcludeEachOther() public {
        uint64 due = START + LAPSE_AFTER;
        vm.warp(due);
        expectError(ISettlement.LapseNotDue.selector, 1, due);
        settlement.lapse();
        vm.warp(due + 1);
        expectError(ISettlement.PricingOver.selector, 1, due);
        settlement.priceBatch(1, abi.encode(_prices(GRID)));
        settlement.lapse();
        assertEq(settlement.batchesClosed(), 0);
    }

    /// @dev Whoever delays a proof has no way to undo a set whose price is known.
    function test_lapse_revertsOnceThePriceIsRecorded() public {
        _priceSet(1);
        vm.warp(START + 100 * LAPSE_AFTER);
        expectError(ISettlement.AlreadyPriced.selector, 1, GRID);
        settlement.lapse();
        _settleEmpty();
    }

    function test_lapse_revertsWhenNothingWaits() public {
        _priceSet(1);
        _settleEmpty();
        vm.warp(START + 100 * LAPSE_AFTER);
        expectError(ISettlement.NotPending.selector, 2);
        settlement.lapse();
    }

    /// @dev After a lapse the bound is from the last settled set's close: a withdrawal from after it waits for
    ///      marks that are later.
    function test_lapse_takesNoRequestThatTheMarksAreTooOldFor() public {
        _priceSet(1);
        _settleEmpty();
        vm.warp(START + 10);
        _open(ALICE, MINIMUM);
        _withdraw(1, MINIMUM);
        _close(SET + 1);
        vm.warp(START + 20);
        _close(SET + 2);
        vm.warp(START + 2 * LAPSE_AFTER);
        settlement.lapse();
        _close(SET + 3);
        assertEq(settlement.set(2).bound, 0);
        _priceSet(2);
        _settleEmpty();
        _serve(2);
    }

    // --- storage ---

    /// @dev Ten rounds of the ring, a lapse among them: every word that was written is still written.
    function test_pipeline_leavesNoSlotEmpty() public {
        vm.record();
        for (uint64 i; i < 80; ++i) {
            vm.warp(block.timestamp + 20);
            if (i % 9 == 5) {
                vm.warp(block.timestamp + 2 * LAPSE_AFTER);
                settlement.lapse();
            } else {
                _priceSet(settlement.batchesSettled() + 1);
                _settleEmpty();
            }
            _close(SET);
        }
        uint256 count = countWritten(address(settlement));
        assertEq(count, 8 * 3 + 3);
    }

    function _second(uint256 moment) private returns (uint64) {
        vm.warp(moment + 20);
        _close(SET + 1);
        return 2;
    }
}
