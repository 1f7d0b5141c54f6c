// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IAggregator} from "./IAggregator.sol";
import {IPriceSource} from "./IPriceSource.sol";

/// @title  IAggregatorAdapter
/// @notice Prices of Chainlink-style aggregators, one per listed underlying, as they stood at a moment.
/// @dev    Evidence is `abi.encode(uint80[] roundIds)`: of each feed the last round that is not after the moment,
///         of which there is one only.
interface IAggregatorAdapter is IPriceSource {
    /// @notice Where one underlying's price comes from.
    struct Feed {
        IAggregator aggregator; // USD per whole one
        uint8 underlying;
        uint64 maxAge; // seconds
        uint128 unitSize; // of a whole one, in 1e-12
    }

    /// @notice A feed is incomplete, or of an underlying that does not exist.
    error InvalidFeed(uint256 position);
    /// @notice Feeds go by rising underlying, which shows that each has one at most.
    error FeedsNotAscending(uint8 given, uint8 previous);
    /// @notice A push feed always deviates: zero, or the whole price.
    error InvalidDeviation(uint256 given);
    /// @notice The moment is not before the block: feeds may still answer in it.
    error TimeNotPast(uint64 time, uint256 blockTime);
    /// @notice A round id for each feed.
    error WrongRounds(uint256 given, uint256 expected);
    /// @notice The round is not the last one at the moment.
    error RoundNotLast(uint8 underlying, uint80 roundId);
    /// @notice A price is positive.
    error AnswerNotPositive(uint8 underlying, int256 answer);
    /// @notice The answer is of an earlier round, or of none.
    error RoundIncomplete(uint8 underlying);
    /// @notice The answer is older, at the moment, than the feed's bound.
    error AnswerStale(uint8 underlying, uint256 updatedAt);
    /// @notice The answer is from after the moment.
    error AnswerTooNew(uint8 underlying, uint256 updatedAt);
    /// @notice A unit's price is below one micro-USD, or not below the limit.
    error PriceOutOfRange(uint8 underlying, uint256 price);

    /// @notice Feeds, which is listed underlyings.
    function feedCount() external view returns (uint256);

    /// @notice One feed.
    function feed(uint256 position) external view returns (Feed memory);
}
