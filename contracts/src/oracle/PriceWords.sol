// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {Layout} from "../generated/Layout.sol";

/// @title  PriceWords
/// @notice A word with a price for each underlying, the first one lowest.
library PriceWords {
    /// @notice A bit is set that belongs to no price.
    error UnusedBits(uint256 word);

    function get(uint256 word, uint256 underlying) internal pure returns (uint256) {
        return (word >> _at(underlying)) & Layout.PRICE_MASK;
    }

    /// @dev `price` must be at most `Layout.PRICE_MASK`, and the place still empty.
    function put(uint256 word, uint256 underlying, uint256 price) internal pure returns (uint256) {
        return word | price << _at(underlying);
    }

    /// @dev The word with the underlying marked as halted; the bits stand behind the last price.
    function halt(uint256 word, uint256 underlying) internal pure returns (uint256) {
        return word | 1 << (Layout.HALTED_AT + underlying);
    }

    /// @dev Of marks: prices, and which underlyings are halted.
    function checkMarks(uint256 word) internal pure {
        if (word >> (Layout.HALTED_AT + Layout.UNDERLYINGS) != 0) revert UnusedBits(word);
    }

    /// @dev Of prices alone.
    function check(uint256 word) internal pure {
        if (word >> Layout.HALTED_AT != 0) revert UnusedBits(word);
    }

    /// @dev The lowest bit of a price. Unchecked: at most a word's width.
    function _at(uint256 underlying) private pure returns (uint256) {
        unchecked {
            return Layout.PRICE_WIDTH * underlying;
        }
    }
}
