// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {Layout, PRICE_WORDS} from "../generated/Layout.sol";

/// @title  PriceWords
/// @notice A price for each instrument, several to a word, the first one lowest.
library PriceWords {
    /// @notice A bit is set that belongs to no price.
    error UnusedBits(uint256 index, uint256 word);

    function get(uint256[PRICE_WORDS] memory words, uint256 instrument) internal pure returns (uint256) {
        return (words[instrument / Layout.PRICES_PER_WORD] >> _at(instrument)) & Layout.PRICE_MASK;
    }

    /// @dev `price` must be at most `Layout.PRICE_MASK`, and the place still empty.
    function put(uint256[PRICE_WORDS] memory words, uint256 instrument, uint256 price) internal pure {
        words[instrument / Layout.PRICES_PER_WORD] |= price << _at(instrument);
    }

    /// @dev Marks the instrument as halted; the bits stand behind the last price.
    function halt(uint256[PRICE_WORDS] memory words, uint256 instrument) internal pure {
        words[PRICE_WORDS - 1] |= 1 << (Layout.HALTED_AT + instrument);
    }

    /// @dev Of marks: prices, and which instruments are halted.
    function checkMarks(uint256[PRICE_WORDS] memory words) internal pure {
        uint256 last = words[PRICE_WORDS - 1];
        uint256 halted = ((1 << Layout.INSTRUMENTS) - 1) << Layout.HALTED_AT;
        words[PRICE_WORDS - 1] = last & ~halted;
        check(words);
        words[PRICE_WORDS - 1] = last;
    }

    /// @dev Of prices alone.
    function check(uint256[PRICE_WORDS] memory words) internal pure {
        uint256 left = Layout.INSTRUMENTS;
        for (uint256 i; i < PRICE_WORDS; ++i) {
            uint256 held = left < Layout.PRICES_PER_WORD ? left : Layout.PRICES_PER_WORD;
            if (words[i] >> Layout.PRICE_WIDTH * held != 0) revert UnusedBits(i, words[i]);
            left -= held;
        }
    }

    /// @dev The lowest bit of a price in its word. Unchecked: at most a word's width.
    function _at(uint256 instrument) private pure returns (uint256) {
        unchecked {
            return Layout.PRICE_WIDTH * (instrument % Layout.PRICES_PER_WORD);
        }
    }
}
