// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {Layout} from "../generated/Layout.sol";
import {IAggregatorAdapter} from "../interfaces/IAggregatorAdapter.sol";
import {IPriceSource} from "../interfaces/IPriceSource.sol";
import {PriceWords} from "./PriceWords.sol";

/// @title  AggregatorAdapter
/// @notice Prices of Chainlink-style aggregators, one per listed underlying, as they stood at a moment.
/// @dev    The answer at a moment is the last one up to it, so there is nothing to choose: the evidence only says
///         where it stands. A block's own second is no such moment, for a feed may still answer in it; so the
///         settlement's window has to be longer than a block. But a push feed moves when the market has moved by
///         its deviation, or at its heartbeat: until then everybody knows better than the feed, and a spread below
///         the deviation is lost to them. A deployment compares `deviation` with its spread. `Oracle` has no such
///         weakness.
///         Where a feed changes its aggregator, the moment between the two has no answer: the next grid point has.
contract AggregatorAdapter is IAggregatorAdapter {
    using PriceWords for uint256;

    uint256 private constant BASIS_POINTS = 10_000;
    /// @dev An answer in 10^-decimals USD times a unit in 10^-12 of what it prices is 10^(decimals + 12) per USD;
    ///      prices are 10^6 per USD.
    uint256 private constant UNIT_DECIMALS = 12 - 6;

    /// @inheritdoc IPriceSource
    uint256 public immutable deviation;
    /// @inheritdoc IPriceSource
    uint256 public immutable listed;
    // Slots: two for each feed, written at construction.
    Feed[] private _feeds;

    /// @param feeds      by rising underlying
    /// @param deviation_ of the feeds' triggers the largest, in basis points
    constructor(Feed[] memory feeds, uint256 deviation_) {
        if (feeds.length == 0) revert InvalidFeed(0);
        if (deviation_ == 0 || deviation_ >= BASIS_POINTS) revert InvalidDeviation(deviation_);
        deviation = deviation_;
        uint256 underlyings;
        for (uint256 i; i < feeds.length; ++i) {
            Feed memory given = feeds[i];
            if (
                address(given.aggregator) == address(0) || given.underlying >= Layout.UNDERLYINGS
                    || given.maxAge == 0 || given.unitSize == 0
            ) revert InvalidFeed(i);
            if (i > 0 && given.underlying <= feeds[i - 1].underlying) {
                revert FeedsNotAscending(given.underlying, feeds[i - 1].underlying);
            }
            underlyings |= 1 << given.underlying;
            _feeds.push(given);
        }
        listed = underlyings;
    }

    /// @inheritdoc IPriceSource
    /// @dev The prices before do not matter: a feed has its own bounds.
    function pricesAt(uint64 time, bytes calldata evidence, uint64, uint256)
        external
        view
        returns (uint256 word)
    {
        if (time >= block.timestamp) revert TimeNotPast(time, block.timestamp);
        uint80[] memory roundIds = abi.decode(evidence, (uint80[]));
        if (roundIds.length != _feeds.length) revert WrongRounds(roundIds.length, _feeds.length);
        for (uint256 i; i < roundIds.length; ++i) {
            Feed memory source = _feeds[i];
            word = word.put(source.underlying, _priceAt(time, source, roundIds[i]));
        }
    }

    /// @inheritdoc IPriceSource
    /// @dev A round is the last one at the moment, or it is not.
    function patience() external pure returns (uint256) {
        return 0;
    }

    /// @inheritdoc IAggregatorAdapter
    function feedCount() external view returns (uint256) {
        return _feeds.length;
    }

    /// @inheritdoc IAggregatorAdapter
    function feed(uint256 position) external view returns (Feed memory) {
        return _feeds[position];
    }

    /// @dev Decimals are read each time: a proxy may move to an aggregator with others.
    function _priceAt(uint64 time, Feed memory source, uint80 roundId) private view returns (uint256 price) {
        uint8 underlying = source.underlying;
        (, int256 answer,, uint256 updatedAt, uint80 answeredInRound) =
            source.aggregator.getRoundData(roundId);

        if (updatedAt == 0 || answeredInRound < roundId) revert RoundIncomplete(underlying);
        if (updatedAt > time) revert AnswerTooNew(underlying, updatedAt);
        if (time - updatedAt > source.maxAge) revert AnswerStale(underlying, updatedAt);
        if (!_isLast(time, source, roundId)) revert RoundNotLast(underlying, roundId);
        if (answer <= 0) revert AnswerNotPositive(underlying, answer);

        uint256 scale = 10 ** (source.aggregator.decimals() + UNIT_DECIMALS);
        price = uint256(answer) * source.unitSize / scale;
        if (price == 0 || price > Layout.PRICE_MASK) revert PriceOutOfRange(underlying, price);
    }

    /// @dev Whether the round after this one is from after the moment, or has not come.
    function _isLast(uint64 time, Feed memory source, uint80 roundId) private view returns (bool) {
        (uint80 latest,,,,) = source.aggregator.latestRoundData();
        if (latest == roundId) return true;
        (,,, uint256 updatedAt,) = source.aggregator.getRoundData(roundId + 1);
        return updatedAt > time;
    }
}
