// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IPriceSource} from "../src/interfaces/IPriceSource.sol";
import {IAggregatorAdapter} from "../src/interfaces/IAggregatorAdapter.sol";
import {AggregatorAdapter} from "../src/oracle/AggregatorAdapter.sol";
import {IAggregator} from "../src/interfaces/IAggregator.sol";
import {Test} from "./Test.sol";

/// @notice An aggregator that answers as told.
contract ListedAggregator is IAggregator {
    uint8 public decimals = 8;
    uint80 public roundId = 5;
    uint80 public answeredInRound = 5;
    int256 public answer;
    uint256 public updatedAt;

    function set(int256 answer_, uint256 updatedAt_) external {
        (answer, updatedAt) = (answer_, updatedAt_);
    }

    function setDecimals(uint8 decimals_) external {
        decimals = decimals_;
    }

    function setAnsweredInRound(uint80 answeredInRound_) external {
        answeredInRound = answeredInRound_;
    }

    function latestRoundData() external view returns (uint80, int256, uint256, uint256, uint80) {
        return (roundId, answer, updatedAt, updatedAt, answeredInRound);
    }
}

contract AggregatorAdapterTest is Test {
    uint64 constant START = 1_000_000;

    ListedAggregator btc;
    ListedAggregator eth;
    AggregatorAdapter adapter;

    function setUp() public {
        vm.warp(START);
        btc = new ListedAggregator();
        eth = new ListedAggregator();
        btc.set(60_000e8, START - 10);
        eth.set(3_000e8, START - 20);
        adapter = new AggregatorAdapter(_feeds());
    }

    function test_record_scalesToMicroUsdPerLot() public {
        vm.expectEmit(address(adapter));
        emit IPriceSource.RoundRecorded(1, START - 10, [uint256(60e6), 30e6 << 36, 0]);
        assertEq(adapter.record(), 1);
        (uint64 time, uint256[3] memory words) = adapter.round(1);
        assertEq(time, START - 10);
        assertEq(words[0], 60e6); // 0.001 BTC at 60000 USD
        assertEq(words[1], 30e6 << 36); // 0.01 ETH at 3000 USD, instrument 8
        assertEq(words[2], 0);
    }

    function testFuzz_record_followsDecimals(uint8 decimals) public {
        decimals = uint8(bound(decimals, 0, 24));
        btc.setDecimals(decimals);
        btc.set(int256(60_000 * 10 ** uint256(decimals)), START);
        adapter.record();
        (, uint256[3] memory words) = adapter.round(1);
        assertEq(words[0], 60e6);
    }

    function test_record_appendsWhenOneFeedMovesOn() public {
        adapter.record();
        vm.warp(START + 5);
        eth.set(3_100e8, START + 5);
        assertEq(adapter.record(), 2);
        (uint64 time, uint256[3] memory words) = adapter.round(2);
        assertEq(time, START + 5);
        assertEq(words[1], 31e6 << 36);
    }

    function test_record_revertsWhenNoFeedMovedOn() public {
        adapter.record();
        expectError(IPriceSource.TimeNotAfterPrevious.selector, START - 10, START - 10);
        adapter.record();
    }

    function test_record_revertsWhenAnyFeedIsStale() public {
        eth.set(3_000e8, START - 120);
        adapter.record();
        vm.warp(START + 1);
        btc.set(60_000e8, START + 1);
        expectError(IAggregatorAdapter.AnswerStale.selector, 8, START - 120);
        adapter.record();
    }

    function test_record_revertsWhenFeedIsFromTheFuture() public {
        btc.set(60_000e8, START + 1);
        expectError(IAggregatorAdapter.AnswerInFuture.selector, 0, START + 1);
        adapter.record();
    }

    function test_record_revertsWhenRoundIsIncomplete() public {
        btc.set(60_000e8, 0);
        expectError(IAggregatorAdapter.RoundIncomplete.selector, 0);
        adapter.record();
        btc.set(60_000e8, START);
        btc.setAnsweredInRound(4);
        expectError(IAggregatorAdapter.RoundIncomplete.selector, 0);
        adapter.record();
    }

    function testFuzz_record_revertsWhenAnswerIsNotPositive(int256 answer) public {
        if (answer > 0) answer = -answer;
        btc.set(answer, START);
        vm.expectRevert(
            abi.encodeWithSelector(IAggregatorAdapter.AnswerNotPositive.selector, uint8(0), answer)
        );
        adapter.record();
    }

    function test_record_revertsWhenPriceIsOutOfRange() public {
        btc.set(99, START); // below one micro-USD per lot
        expectError(IAggregatorAdapter.PriceOutOfRange.selector, 0, 0);
        adapter.record();
        btc.set(int256(2 ** 36) * 1e5, START);
        expectError(IAggregatorAdapter.PriceOutOfRange.selector, 0, 2 ** 36);
        adapter.record();
        btc.set(int256(2 ** 36) * 1e5 - 1, START);
        adapter.record();
    }

    function test_constructor_keepsItsFeeds() public view {
        assertEq(adapter.feedCount(), 2);
        IAggregatorAdapter.Feed memory feed = adapter.feed(1);
        assertEq(address(feed.aggregator), address(eth));
        assertEq(feed.instrument, 8);
        assertEq(feed.maxAge, 120);
        assertEq(feed.lotSize, 1e10);
    }

    function test_constructor_revertsWithoutFeeds() public {
        expectError(IAggregatorAdapter.InvalidFeed.selector, 0);
        new AggregatorAdapter(new IAggregatorAdapter.Feed[](0));
    }

    function test_constructor_revertsForEachInvalidField() public {
        for (uint256 i; i < 4; ++i) {
            IAggregatorAdapter.Feed[] memory feeds = _feeds();
            if (i == 0) feeds[1].aggregator = IAggregator(address(0));
            if (i == 1) feeds[1].instrument = 16;
            if (i == 2) feeds[1].maxAge = 0;
            if (i == 3) feeds[1].lotSize = 0;
            expectError(IAggregatorAdapter.InvalidFeed.selector, 1);
            new AggregatorAdapter(feeds);
        }
    }

    function test_constructor_revertsWhenInstrumentsRepeat() public {
        IAggregatorAdapter.Feed[] memory feeds = _feeds();
        feeds[1].instrument = 0;
        expectError(IAggregatorAdapter.FeedsNotAscending.selector, 0, 0);
        new AggregatorAdapter(feeds);
    }

    function _feeds() private view returns (IAggregatorAdapter.Feed[] memory feeds) {
        feeds = new IAggregatorAdapter.Feed[](2);
        feeds[0] = IAggregatorAdapter.Feed({aggregator: btc, instrument: 0, maxAge: 60, lotSize: 1e9});
        feeds[1] = IAggregatorAdapter.Feed({aggregator: eth, instrument: 8, maxAge: 120, lotSize: 1e10});
    }
}
