// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IAggregator} from "./IAggregator.sol";
import {IPriceSource} from "./IPriceSource.sol";

/// @title  IAggregatorAdapter
/// @notice Rounds from Chainlink-style aggregators, one per listed instrument. Anybody records them.
interface IAggregatorAdapter is IPriceSource {
    /// @notice Where one instrument's price comes from.
    struct Feed {
        IAggregator aggregator; // USD per unit
        uint8 instrument;
        uint64 maxAge; // seconds
        uint128 lotSize; // units per lot, in 1e-12
    }

    /// @notice A feed is incomplete, or of an instrument that does not exist.
    error InvalidFeed(uint256 position);
    /// @notice Feeds go by rising instrument, which shows that each has one at most.
    error FeedsNotAscending(uint8 given, uint8 previous);
    /// @notice A price is positive.
    error AnswerNotPositive(uint8 instrument, int256 answer);
    /// @notice The answer is of an earlier round, or of none.
    error RoundIncomplete(uint8 instrument);
    /// @notice The answer is older than the feed's bound.
    error AnswerStale(uint8 instrument, uint256 updatedAt);
    /// @notice The answer is from after the block.
    error AnswerInFuture(uint8 instrument, uint256 updatedAt);
    /// @notice A lot's price is below one micro-USD, or not below the limit.
    error PriceOutOfRange(uint8 instrument, uint256 price);

    /// @notice Append a round from the feeds' present answers; refused unless some feed has moved on.
    function record() external returns (uint64 id);

    /// @notice Feeds, which is listed instruments.
    function feedCount() external view returns (uint256);

    /// @notice One feed.
    function feed(uint256 position) external view returns (Feed memory);
}
