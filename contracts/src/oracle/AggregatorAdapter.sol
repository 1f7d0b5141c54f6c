// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {Layout, PRICE_WORDS} from "../generated/Layout.sol";
import {IAggregatorAdapter} from "../interfaces/IAggregatorAdapter.sol";
import {PriceRounds} from "./PriceRounds.sol";
import {PriceWords} from "./PriceWords.sol";

/// @title  AggregatorAdapter
/// @notice Rounds from Chainlink-style aggregators, one per listed instrument. Anybody records them.
/// @dev    A round's time is that of its newest feed: others in it may be as old as their own `maxAge`, so keep
///         that near the feed's heartbeat. Feeds move one by one, and who records first after a close picks the
///         moment; `Oracle` has neither weakness.
contract AggregatorAdapter is IAggregatorAdapter, PriceRounds {
    using PriceWords for uint256[PRICE_WORDS];

    /// @dev An answer in 10^-decimals USD times a lot in 10^-12 units is 10^(decimals + 12) per USD; prices are
    ///      10^6 per USD.
    uint256 private constant LOT_DECIMALS = 12 - 6;

    // Slots: two for each feed, written at construction.
    Feed[] private _feeds;

    /// @param feeds by rising instrument
    constructor(Feed[] memory feeds) {
        if (feeds.length == 0) revert InvalidFeed(0);
        for (uint256 i; i < feeds.length; ++i) {
            Feed memory given = feeds[i];
            if (
                address(given.aggregator) == address(0) || given.instrument >= Layout.INSTRUMENTS
                    || given.maxAge == 0 || given.lotSize == 0
            ) revert InvalidFeed(i);
            if (i > 0 && given.instrument <= feeds[i - 1].instrument) {
                revert FeedsNotAscending(given.instrument, feeds[i - 1].instrument);
            }
            _feeds.push(given);
        }
    }

    /// @inheritdoc IAggregatorAdapter
    function record() external returns (uint64 id) {
        uint256[PRICE_WORDS] memory words;
        uint256 newest;
        for (uint256 i; i < _feeds.length; ++i) {
            Feed memory source = _feeds[i];
            (uint256 price, uint256 updatedAt) = _read(source);
            words.put(source.instrument, price);
            if (updatedAt > newest) newest = updatedAt;
        }
        // Cast: no answer is from the future.
        return _append(uint64(newest), words);
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
    function _read(Feed memory source) private view returns (uint256 price, uint256 updatedAt) {
        uint8 instrument = source.instrument;
        uint80 roundId;
        uint80 answeredInRound;
        int256 answer;
        (roundId, answer,, updatedAt, answeredInRound) = source.aggregator.latestRoundData();

        if (updatedAt == 0 || answeredInRound < roundId) revert RoundIncomplete(instrument);
        if (updatedAt > block.timestamp) revert AnswerInFuture(instrument, updatedAt);
        if (block.timestamp - updatedAt > source.maxAge) revert AnswerStale(instrument, updatedAt);
        if (answer <= 0) revert AnswerNotPositive(instrument, answer);

        uint256 scale = 10 ** (source.aggregator.decimals() + LOT_DECIMALS);
        price = uint256(answer) * source.lotSize / scale;
        if (price == 0 || price > Layout.PRICE_MASK) revert PriceOutOfRange(instrument, price);
    }
}
