// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

/// @title  IPriceSource
/// @notice A list of price rounds that only grows.
/// @dev    Settlement relies on all of: ids count up from 1 without gaps, times rise strictly, a stored
///         round never changes, and an id that is not stored reverts. "The first price after the close" has
///         a single meaning only because of these.
interface IPriceSource {
    /// @notice Id of the newest round; 0 while there is none.
    function latestRound() external view returns (uint64);

    /// @notice One round.
    /// @return time  seconds, the moment the prices speak of
    /// @return words 16 prices of 36 bits, micro-USD per lot; price i at word i/7, bit 36*(i%7)
    function round(uint64 id) external view returns (uint64 time, uint256[3] memory words);
}
