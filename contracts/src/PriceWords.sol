// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

/// @title  PriceWords
/// @notice Sixteen prices of 36 bits in three words: price i at word i/7, bit 36*(i%7).
library PriceWords {
    /// @notice A bit is set that belongs to no price.
    error UnusedBits(uint256 index, uint256 word);

    uint256 internal constant INSTRUMENTS = 16;
    uint256 internal constant PRICE_LIMIT = 1 << 36;
    uint256 private constant BITS = 36;
    uint256 private constant PER_WORD = 7;

    function get(uint256[3] memory words, uint256 i) internal pure returns (uint256) {
        return (words[i / PER_WORD] >> BITS * (i % PER_WORD)) & (PRICE_LIMIT - 1);
    }

    /// @dev `price` must be below PRICE_LIMIT, and the place still empty.
    function put(uint256[3] memory words, uint256 i, uint256 price) internal pure {
        words[i / PER_WORD] |= price << BITS * (i % PER_WORD);
    }

    function check(uint256[3] memory words) internal pure {
        if (words[0] >> BITS * PER_WORD != 0) revert UnusedBits(0, words[0]);
        if (words[1] >> BITS * PER_WORD != 0) revert UnusedBits(1, words[1]);
        if (words[2] >> BITS * (INSTRUMENTS - 2 * PER_WORD) != 0) revert UnusedBits(2, words[2]);
    }
}
