// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {FIELD_ORDER} from "./generated/Layout.sol";

/// @title  PublicWords
/// @notice Public words to the signals z and y that bind a proof to them; see undertow/protocol/words.py.
/// @dev    The circuit evaluates its own copy of the words at the same z and commits to it in c. z depends on
///         both copies, so two different copies agree on y with probability length / r only.
library PublicWords {
    /// @notice The word at `index` is not below the field's order; index = number of words stands for c.
    error WordOutOfRange(uint256 index, uint256 word);

    uint256 internal constant R = FIELD_ORDER;

    /// @param  words the contract's copy of the words; the memory behind them is written to
    /// @param  c     the circuit's commitment to its copy
    /// @return z     keccak256(words, c) mod r
    /// @return y     sum of words[i] * z^i mod r
    function evaluate(uint256[] memory words, uint256 c) internal pure returns (uint256 z, uint256 y) {
        bool canonical;
        assembly ("memory-safe") {
            // 1. The point: the words and c, in the place behind them that their maker left.
            let start := add(words, 0x20)
            let at := add(start, mul(mload(words), 0x20))
            mstore(at, c)
            z := mod(keccak256(start, sub(add(at, 0x20), start)), R)

            // 2. The polynomial, from its highest coefficient down; four words a turn, for a turn costs as much as
            //    half a word. Canonical: a word and the same word plus r are one number to the circuit, two to a
            //    reader.
            canonical := lt(c, R)
            for { let odd := sub(at, mul(and(mload(words), 3), 0x20)) } gt(at, odd) {} {
                at := sub(at, 0x20)
                let word := mload(at)
                canonical := and(canonical, lt(word, R))
                y := addmod(mulmod(y, z, R), word, R)
            }
            for {} gt(at, start) {} {
                at := sub(at, 0x80)
                let word := mload(add(at, 0x60))
                canonical := and(canonical, lt(word, R))
                y := addmod(mulmod(y, z, R), word, R)
                word := mload(add(at, 0x40))
                canonical := and(canonical, lt(word, R))
                y := addmod(mulmod(y, z, R), word, R)
                word := mload(add(at, 0x20))
                canonical := and(canonical, lt(word, R))
                y := addmod(mulmod(y, z, R), word, R)
                word := mload(at)
                canonical := and(canonical, lt(word, R))
                y := addmod(mulmod(y, z, R), word, R)
            }
        }
        if (!canonical) _revert(words, c);
    }

    function _revert(uint256[] memory words, uint256 c) private pure {
        uint256 length = words.length;
        for (uint256 i; i < length; ++i) {
            if (words[i] >= R) revert WordOutOfRange(i, words[i]);
        }
        revert WordOutOfRange(length, c);
    }
}
