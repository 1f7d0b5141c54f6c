// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {PRICE_WORDS} from "../generated/Layout.sol";
import {IPriceSource} from "../interfaces/IPriceSource.sol";

/// @title  PriceRounds
/// @notice The list of rounds that every price source keeps, with the promises of `IPriceSource`.
abstract contract PriceRounds is IPriceSource {
    /// @dev The third word has two prices, 72 bits, which leaves room for the time: three slots, not four.
    struct Round {
        uint256 word0;
        uint256 word1;
        uint128 word2;
        uint64 time;
    }

    // Slot: the length of the list, which every new round moves.
    /// @inheritdoc IPriceSource
    uint64 public latestRound;
    // Slots: three for each round, written once.
    mapping(uint64 id => Round round) private _rounds;

    /// @inheritdoc IPriceSource
    function round(uint64 id) public view returns (uint64 time, uint256[PRICE_WORDS] memory words) {
        if (id == 0 || id > latestRound) revert UnknownRound(id, latestRound);
        Round storage stored = _rounds[id];
        return (stored.time, [stored.word0, stored.word1, uint256(stored.word2)]);
    }

    /// @dev `words` must have passed `PriceWords.check`, which bounds the third.
    function _append(uint64 time, uint256[PRICE_WORDS] memory words) internal returns (uint64 id) {
        uint64 previous = _rounds[latestRound].time; // 0 while there is none
        if (time <= previous) revert TimeNotAfterPrevious(time, previous);
        id = ++latestRound;
        _rounds[id] = Round(words[0], words[1], uint128(words[2]), time);
        emit RoundRecorded(id, time, words);
    }
}
