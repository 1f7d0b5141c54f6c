// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IAggregatorAdapter} from "../src/interfaces/IAggregatorAdapter.sol";
import {AggregatorAdapter} from "../src/oracle/AggregatorAdapter.sol";
import {IAggregator} from "../src/interfaces/IAggregator.sol";
import {Test} from "./Test.sol";

/// @notice An aggregator that answers as told; rounds from 5 on.
contract ListedAggregator is IAggregator {
    uint80 public constant FIRST = 5;

    struct Round {
        int256 answer;
        uint256 updatedAt;
        uint80 answeredInRound;
    }

    uint8 public decimals = 8;
    Round[] private _rounds;

    function append(int256 answer, uint256 updatedAt) external {
        _rounds.push(Round(answer, updatedAt, FIRST + uint80(_rounds.length)));
    }

    function setDecimals(uint8 decimals_) external {
        decimals = decimals_;
    }

    function setAnsweredInRound(uint80 roundId, uint80 answeredInRound) external {
        _rounds[roundId - FIRST].answeredInRound = answeredInRound;
    }

    /// @dev A round that is not there is all zeros, as old aggregators answer.
    function getRoundData(uint80 id) public view returns (uint80, int256, uint256, uint256, uint80) {
        if (id < FIRST || id - FIRST >= _rounds.length) return (id, 0, 0, 0, 0);
        Round memory round = _rounds[id - FIRST];
        return (id, round.answer, round.updatedAt, round.updatedAt, round.answeredInRound);
    }

    function latestRoundData() external view returns (uint80, int256, uint256, uint256, uint80) {
        return getRoundData(FIRST + uint80(_rounds.length) - 1);
    }
}

contract AggregatorAdapterTest is Test {
    uint64 constant START = 1_000_000;
    uint256 constant DEVIATION = 25;

    ListedAggregator btc;
    ListedAggregator eth;
    AggregatorAdapter adapter;

    function setUp() public {
        vm.warp(START);
        btc = new ListedAggregator();
        eth = new ListedAggregator();
        btc.append(60_000e8, START - 10);
        eth.append(3_000e8, START - 20);
        adapter = new AggregatorAdapter(_feeds(), DEVIATION);
        vm.warp(START + 1);
    }

    function test_pricesAt_scalesToMicroUsdPerUnit() public view {
        // 0.001 BTC at 60000 USD, and 0.01 ETH at 3000.
        assertEq(_read(START, 5, 5), 60e6 | 30e6 << 26);
    }

    function testFuzz_pricesAt_followsDecimals(uint8 decimals) public {
        decimals = uint8(bound(decimals, 0, 24));
        btc.setDecimals(decimals);
        btc.append(int256(60_000 * 10 ** uint256(decimals)), START);
        assertEq(_first(START, 6, 5), 60e6);
    }

    /// @dev Whatever was answered when, and whenever it is asked for: one round counts, the last one by then.
    function testFuzz_pricesAt_onlyOneRoundCounts(uint256 seed, uint256 moment) public {
        uint256 time = START - 10;
        uint256[9] memory times;
        times[0] = time;
        for (uint256 i = 1; i < 9; ++i) {
            time += 1 + uint256(keccak256(abi.encode(seed, i))) % 7;
            times[i] = time;
            btc.append(int256(60_000e8 + i * 1e8), time);
        }
        vm.warp(START + 60);
        moment = bound(moment, START, START + 59);
        uint256 accepted;
        for (uint80 i; i < 9; ++i) {
            try this.read(uint64(moment), 5 + i, 5) returns (uint256 word) {
                ++accepted;
                assertEq(word & 2 ** 26 - 1, 60e6 + i * 1e3);
                assertTrue(times[i] <= moment && (i == 8 || times[i + 1] > moment));
            } catch {}
        }
        assertEq(accepted, 1);
    }

    function test_pricesAt_revertsWhenALaterRoundIsThereByThen() public {
        btc.append(61_000e8, START - 5);
        expectError(IAggregatorAdapter.RoundNotLast.selector, 0, 5);
        this.read(START, 5, 5);
        assertEq(_first(START, 6, 5), 61e6);
    }

    function test_pricesAt_revertsWhenARoundIsMissing() public {
        expectError(IAggregatorAdapter.WrongRounds.selector, 1, 2);
        adapter.pricesAt(START, abi.encode(new uint80[](1)), 0, 0);
    }

    /// @dev A feed may answer in the same block, after the price of that second was recorded.
    function test_pricesAt_revertsForTheBlocksOwnSecond() public {
        for (uint64 time = START + 1; time < START + 3; ++time) {
            expectError(IAggregatorAdapter.TimeNotPast.selector, time, START + 1);
            this.read(time, 5, 5);
        }
        btc.append(61_000e8, START + 1);
        expectError(IAggregatorAdapter.TimeNotPast.selector, START + 1, START + 1);
        this.read(START + 1, 6, 5);
        vm.warp(START + 2);
        expectError(IAggregatorAdapter.RoundNotLast.selector, 0, 5);
        this.read(START + 1, 5, 5);
        assertEq(_first(START + 1, 6, 5), 61e6);
    }

    function test_pricesAt_revertsWhenAnyFeedIsStale() public {
        eth.append(3_000e8, START);
        vm.warp(START + 121);
        btc.append(60_000e8, START + 100);
        _read(START + 120, 6, 6);
        vm.warp(START + 122);
        expectError(IAggregatorAdapter.AnswerStale.selector, 1, START);
        this.read(START + 121, 6, 6);
    }

    function test_pricesAt_revertsWhenTheAnswerIsTooNew() public {
        btc.append(60_000e8, START + 1);
        expectError(IAggregatorAdapter.AnswerTooNew.selector, 0, START + 1);
        this.read(START, 6, 5);
    }

    function test_pricesAt_revertsWhenRoundIsIncomplete() public {
        expectError(IAggregatorAdapter.RoundIncomplete.selector, 0);
        this.read(START, 6, 5);
        btc.append(60_000e8, START);
        btc.setAnsweredInRound(6, 5);
        expectError(IAggregatorAdapter.RoundIncomplete.selector, 0);
        this.read(START, 6, 5);
    }

    function testFuzz_pricesAt_revertsWhenAnswerIsNotPositive(int256 answer) public {
        if (answer > 0) answer = -answer;
        btc.append(answer, START);
        vm.expectRevert(
            abi.encodeWithSelector(IAggregatorAdapter.AnswerNotPositive.selector, uint8(0), answer)
        );
        this.read(START, 6, 5);
    }

    function test_pricesAt_revertsWhenPriceIsOutOfRange() public {
        btc.append(99, START); // below one micro-USD per unit
        expectError(IAggregatorAdapter.PriceOutOfRange.selector, 0, 0);
        this.read(START, 6, 5);
        btc.append(int256(2 ** 26) * 1e5, START);
        expectError(IAggregatorAdapter.PriceOutOfRange.selector, 0, 2 ** 26);
        this.read(START, 7, 5);
        btc.append(int256(2 ** 26) * 1e5 - 1, START);
        _read(START, 8, 5);
    }

    /// @dev What a deployment compares with its markets; a round decides, so there is nothing to wait for.
    function test_listed_isWhatHasAFeed() public view {
        uint256 underlyings;
        for (uint256 i; i < adapter.feedCount(); ++i) {
            underlyings |= 1 << adapter.feed(i).underlying;
        }
        assertEq(adapter.listed(), underlyings);
        assertEq(adapter.patience(), 0);
    }

    /// @dev What a deployment compares with its spread.
    function test_deviation_isTheFeeds() public {
        assertEq(adapter.deviation(), DEVIATION);
        uint256[2] memory bad = [uint256(0), 10_000];
        for (uint256 i; i < 2; ++i) {
            expectError(IAggregatorAdapter.InvalidDeviation.selector, bad[i]);
            new AggregatorAdapter(_feeds(), bad[i]);
        }
    }

    function test_constructor_keepsItsFeeds() public view {
        assertEq(adapter.feedCount(), 2);
        IAggregatorAdapter.Feed memory feed = adapter.feed(1);
        assertEq(address(feed.aggregator), address(eth));
        assertEq(feed.underlying, 1);
        assertEq(feed.maxAge, 120);
        assertEq(feed.unitSize, 1e10);
    }

    function test_constructor_revertsWithoutFeeds() public {
        expectError(IAggregatorAdapter.InvalidFeed.selector, 0);
        new AggregatorAdapter(new IAggregatorAdapter.Feed[](0), DEVIATION);
    }

    function test_constructor_revertsForEachInvalidField() public {
        for (uint256 i; i < 4; ++i) {
            IAggregatorAdapter.Feed[] memory feeds = _feeds();
            if (i == 0) feeds[1].aggregator = IAggregator(address(0));
            if (i == 1) feeds[1].underlying = 2;
            if (i == 2) feeds[1].maxAge = 0;
            if (i == 3) feeds[1].unitSize = 0;
            expectError(IAggregatorAdapter.InvalidFeed.selector, 1);
            new AggregatorAdapter(feeds, DEVIATION);
        }
    }

    function test_constructor_revertsWhenUnderlyingsRepeat() public {
        IAggregatorAdapter.Feed[] memory feeds = _feeds();
        feeds[1].underlying = 0;
        expectError(IAggregatorAdapter.FeedsNotAscending.selector, 0, 0);
        new AggregatorAdapter(feeds, DEVIATION);
    }

    function _first(uint64 time, uint80 btcRound, uint80 ethRound) private view returns (uint256) {
        return _read(time, btcRound, ethRound) & 2 ** 26 - 1;
    }

    function read(uint64 time, uint80 btcRound, uint80 ethRound) external view returns (uint256) {
        return _read(time, btcRound, ethRound);
    }

    function _read(uint64 time, uint80 btcRound, uint80 ethRound) private view returns (uint256) {
        uint80[] memory roundIds = new uint80[](2);
        (roundIds[0], roundIds[1]) = (btcRound, ethRound);
        return adapter.pricesAt(time, abi.encode(roundIds), 0, 0);
    }

    function _feeds() private view returns (IAggregatorAdapter.Feed[] memory feeds) {
        feeds = new IAggregatorAdapter.Feed[](2);
        feeds[0] = IAggregatorAdapter.Feed({aggregator: btc, underlying: 0, maxAge: 60, unitSize: 1e9});
        feeds[1] = IAggregatorAdapter.Feed({aggregator: eth, underlying: 1, maxAge: 120, unitSize: 1e10});
    }
}
