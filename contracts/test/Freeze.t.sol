// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {ISettlement} from "../src/interfaces/ISettlement.sol";
import {IVault} from "../src/interfaces/IVault.sol";
import {Settlement} from "../src/Settlement.sol";
import {Keys} from "./fixture/Keys.sol";
import {Frozen} from "./fixture/Frozen.sol";

/// @notice Each clock one second before and after, and what a frozen venue refuses.
contract FreezeTest is Frozen {
    function setUp() public {
        _setUpTwo();
    }

    /// @dev At the moment itself nobody may, a second later anybody.
    function _assertDue(uint256 due) private {
        assertEq(settlement.freezeDue(), due);
        vm.warp(due);
        expectError(ISettlement.FreezeNotDue.selector, due);
        settlement.freeze();
        vm.warp(due + 1);
        vm.prank(BOB);
        settlement.freeze();
        assertEq(settlement.frozenAt(), due + 1);
        assertTrue(vault.isFrozen());
    }

    // --- the clocks ---

    function test_constructor_revertsWhenAClockIsOutOfBounds() public {
        uint64[2][4] memory bad = [
            [uint64(12 hours - 1), 7 days + 1],
            [uint64(1 days - 1), 7 days + 1],
            [uint64(1 days - 1), 7 days + 1],
            [uint64(1 days - 1), 7 days + 1]
        ];
        for (uint256 i; i < 8; ++i) {
            ISettlement.Config memory config = _config(1, 2);
            uint64 given = bad[i / 2][i % 2];
            if (i / 2 == 0) config.clocks.batch = given;
            if (i / 2 == 1) config.clocks.outer = given;
            if (i / 2 == 2) config.clocks.request = given;
            if (i / 2 == 3) config.clocks.unclean = given;
            expectError(ISettlement.InvalidClock.selector, given);
            new Settlement(config);
        }
    }

    /// @dev Else a silent source of prices alone could keep the operator from closing in time.
    function test_constructor_revertsWhenSetsLapseTooLate() public {
        ISettlement.Config memory config = _config(1, 2);
        config.timing.lapseAfter = BATCH_CLOCK;
        expectError(ISettlement.InvalidClock.selector, BATCH_CLOCK);
        new Settlement(config);
    }

    function test_freeze_whenNothingWasEverClosed() public {
        _assertDue(START + BATCH_CLOCK);
    }

    function test_freeze_whenNoneIsClosed() public {
        _batch(1);
        vm.warp(START + 5000);
        _close(SET);
        _priceSet(2);
        _settleEmpty();
        _assertDue(START + 5000 + BATCH_CLOCK);
    }

    /// @dev A void set was closed all the same, and what made it void is no close.
    function test_freeze_noLapseTurnsTheClockEitherWay() public {
        _batch(1);
        vm.warp(START + 5000);
        _close(SET);
        vm.warp(START + 5000 + LAPSE_AFTER + 1);
        settlement.lapse();
        assertEq(settlement.freezeDue(), START + 5000 + BATCH_CLOCK);
        vm.warp(START + 9000);
        _close(SET);
        _assertDue(START + 9000 + BATCH_CLOCK);
    }

    /// @dev Others are closed meanwhile; the oldest set's price alone counts.
    function test_freeze_whenAPriceWaitsForItsBatch() public {
        _close(SET);
        uint64 time = _priceSet(1);
        vm.warp(time + 6 hours);
        _close(SET + 1);
        _priceSet(2);
        _assertDue(time + BATCH_CLOCK);
    }

    function test_freeze_aSettledBatchLeavesTheNextPriceItsTime() public {
        _close(SET);
        _priceSet(1);
        vm.warp(START + 6 hours);
        _close(SET + 1);
        uint64 time = _priceSet(2);
        _settleEmpty();
        vm.warp(START + 7 hours);
        _close(SET + 2);
        _assertDue(time + BATCH_CLOCK);
    }

    /// @dev Whoever closes and lapses for ever, and whoever has no prices for so long.
    function test_freeze_whenThereAreNoLaterMarks() public {
        _batch(1);
        uint256 marks = settlement.marksTime();
        while (block.timestamp + 10 hours < marks + OUTER_CLOCK) {
            vm.warp(block.timestamp + 10 hours - LAPSE_AFTER);
            _close(SET);
            vm.warp(block.timestamp + LAPSE_AFTER + 1);
            settlement.lapse();
        }
        _close(SET);
        _assertDue(marks + OUTER_CLOCK);
    }

    function test_freeze_whenNothingIsCleanForLong() public {
        _batch(1);
        vm.warp(START + 5000);
        _batch(0);
        uint256 since = settlement.marksTime();
        for (uint256 i; i < 2; ++i) {
            vm.warp(block.timestamp + 10 hours);
            _batch(0);
        }
        assertEq(settlement.uncleanSince(), since);
        _assertDue(since + UNCLEAN_CLOCK);
        assertFalse(vault.isCovered());
    }

    function test_freeze_aCleanBatchEndsTheUncleanClock() public {
        _batch(0);
        vm.warp(START + 10 hours);
        _batch(1);
        vm.warp(START + 20 hours);
        _batch(1);
        assertEq(settlement.uncleanSince(), 0);
        assertEq(settlement.freezeDue(), START + 20 hours + BATCH_CLOCK);
    }

    // --- requests ---

    function test_freezeByRequest_whenTheOldestWaits() public {
        _deposit(BOB, 1, MINIMUM);
        _deposit(BOB, 1, MINIMUM + 1);
        (IVault.Request[] memory oldest, bytes32[][] memory paths) = _oldest(2);
        uint256 due = START + REQUEST_CLOCK;
        vm.warp(due);
        expectError(ISettlement.FreezeNotDue.selector, due);
        settlement.freezeByRequest(oldest[0], paths[0]);
        vm.warp(due + 1);
        // Another entry than the oldest, an older time, and a path of another.
        expectError(IVault.NotInQueue.selector, 3);
        settlement.freezeByRequest(oldest[1], paths[1]);
        IVault.Request memory older = oldest[0];
        older.time -= 1;
        expectError(IVault.NotInQueue.selector, 3);
        settlement.freezeByRequest(older, paths[0]);
        older.time += 1;
        expectError(IVault.NotInQueue.selector, 3);
        settlement.freezeByRequest(older, paths[1]);
        settlement.freezeByRequest(older, paths[0]);
        assertEq(settlement.frozenAt(), due + 1);
    }

    function test_freezeByRequest_revertsWhenItWasServed() public {
        _deposit(BOB, 1, MINIMUM);
        (IVault.Request[] memory oldest, bytes32[][] memory paths) = _oldest(1);
        _serve(1);
        vm.warp(START + REQUEST_CLOCK + 1);
        expectError(IVault.QueueTooShort.selector, 1, 0);
        settlement.freezeByRequest(oldest[0], paths[0]);
        _deposit(BOB, 1, MINIMUM);
        expectError(IVault.NotInQueue.selector, 4);
        settlement.freezeByRequest(oldest[0], paths[0]);
    }

    // --- for good ---

    /// @dev A late batch is good until somebody freezes, and none is afterwards: its proof was in flight.
    function test_freeze_whileABatchIsInFlight() public {
        _close(SET);
        uint64 time = _priceSet(1);
        uint256 root = settlement.stateRoot();
        uint256[] memory words = _batchWords(1, 1, root, root + 1, SET);
        _putPrices(words, time);
        uint256[8] memory proof = _prove(BATCH_TAG, words);
        vm.warp(settlement.freezeDue() + 1);
        bytes memory data = _slots(1);
        settlement.freeze();
        expectError(ISettlement.NotPending.selector, 1);
        settlement.settleBatch(root + 1, data, C, proof, _none());
        assertEq(settlement.stateRoot(), root);
    }

    function test_freeze_aLateBatchIsGoodBeforeIt() public {
        _close(SET);
        _priceSet(1);
        vm.warp(settlement.freezeDue() + 1);
        _settleEmpty();
        assertEq(settlement.batchesSettled(), 1);
        _close(SET);
        expectError(ISettlement.FreezeNotDue.selector, settlement.freezeDue());
        settlement.freeze();
    }

    function test_frozen_refusesWhateverMovesTheVenue() public {
        _deposit(BOB, 1, MINIMUM);
        (IVault.Request[] memory oldest, bytes32[][] memory paths) = _oldest(1);
        _close(SET);
        _close2();
        vm.warp(settlement.freezeDue() + 1);
        ISettlement.Close memory next = _next(SET);
        settlement.freeze();
        assertEq(settlement.batchesClosed(), settlement.batchesSettled());
        next.notAfter = type(uint64).max;
        (next.number, next.parent) = (1, settlement.lastId());
        expectError(ISettlement.IsFrozen.selector);
        vm.prank(OPERATOR);
        settlement.closeBatch(next);
        expectError(ISettlement.NotPending.selector, 1);
        settlement.priceBatch(1, abi.encode(uint256(1)));
        expectError(ISettlement.NotPending.selector, 1);
        settlement.lapse();
        uint256[8] memory any;
        expectError(IVault.IsFrozen.selector);
        settlement.settleRequests(77, new bytes(32 + 72), C, any, oldest, paths);
        expectError(ISettlement.IsFrozen.selector);
        settlement.freeze();
        expectError(ISettlement.IsFrozen.selector);
        settlement.freezeByRequest(oldest[0], paths[0]);
    }

    function _close2() private {
        vm.warp(block.timestamp + INTERVAL);
        _close(SET + 1);
    }

    function test_frozen_takesNoRequest() public {
        _freeze();
        vm.startPrank(ALICE);
        expectError(IVault.IsFrozen.selector);
        vault.open(Keys.BASE8_X, Keys.BASE8_Y, MINIMUM);
        expectError(IVault.IsFrozen.selector);
        vault.deposit(1, ALICE, MINIMUM);
        expectError(IVault.IsFrozen.selector);
        vault.withdraw(1, MINIMUM);
        expectError(IVault.IsFrozen.selector);
        vault.houseDeposit(MINIMUM);
        vm.stopPrank();
    }

    function test_freeze_andItsLikeAreTheSettlementsAlone() public {
        expectError(IVault.OnlySettlement.selector, address(this), address(settlement));
        vault.freeze(true);
        _freeze();
        expectError(IVault.OnlySettlement.selector, address(this), address(settlement));
        vault.exit(1, 1);
        expectError(IVault.OnlySettlement.selector, address(this), address(settlement));
        vault.payHouse(ALICE);
    }
}
