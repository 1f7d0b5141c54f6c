// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

/// @title  IAggregator
/// @notice The part of Chainlink's AggregatorV3Interface that `AggregatorAdapter` reads.
interface IAggregator {
    function decimals() external view returns (uint8);

    function getRoundData(uint80 roundId)
        external
        view
        returns (uint80 id, int256 answer, uint256 startedAt, uint256 updatedAt, uint80 answeredInRound);

    function latestRoundData()
        external
        view
        returns (uint80 roundId, int256 answer, uint256 startedAt, uint256 updatedAt, uint80 answeredInRound);
}
