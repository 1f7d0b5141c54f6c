// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {PRICE_WORDS} from "../generated/Layout.sol";

/// @title  IPriceSource
/// @notice A list of price rounds that only grows.
/// @dev    Settlement relies on all of: ids count up from 1 without gaps, times rise strictly, a stored
///         round never changes, and an id that is not stored reverts. "The first price after the close" has
///         a single meaning only because of these.
interface IPriceSource {
    /// @notice A round joined the list.
    event RoundRecorded(uint64 indexed id, uint64 time, uint256[PRICE_WORDS] words);

    /// @notice Rounds are numbered from 1 to the newest.
    error UnknownRound(uint64 given, uint64 newest);
    /// @notice Times rise strictly.
    error TimeNotAfterPrevious(uint64 given, uint64 previous);

    /// @notice Id of the newest round; 0 while there is none.
    function latestRound() external view returns (uint64);

    /// @notice One round.
    /// @return time  seconds, the moment the prices speak of
    /// @return words a price for each instrument, micro-USD per lot, as `PriceWords` packs them
    function round(uint64 id) external view returns (uint64 time, uint256[PRICE_WORDS] memory words);
}
