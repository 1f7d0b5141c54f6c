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

    /// @param  words the contract's copy of the words
    /// @param  c     the circuit's commitment to its copy
    /// @return z     keccak256(words, c) mod r
    /// @return y     sum of words[i] * z^i mod r
    function evaluate(uint256[] memory words, uint256 c) internal pure returns (uint256 z, uint256 y) {
        // 1. Canonical: a word and the same word plus r are one number to the circuit, two to a reader.
        uint256 length = words.length;
        for (uint256 i; i < length; ++i) {
            if (words[i] >= R) revert WordOutOfRange(i, words[i]);
        }
        if (c >= R) revert WordOutOfRange(length, c);

        // 2. The point: the words and c, hashed in scratch memory beyond the free pointer.
        assembly ("memory-safe") {
            let scratch := mload(0x40)
            let size := mul(length, 0x20)
            mcopy(scratch, add(words, 0x20), size)
            mstore(add(scratch, size), c)
            z := mod(keccak256(scratch, add(size, 0x20)), R)
        }

        // 3. The polynomial, from its highest coefficient down.
        assembly ("memory-safe") {
            for { let word := add(words, mul(length, 0x20)) } gt(word, words) { word := sub(word, 0x20) } {
                y := addmod(mulmod(y, z, R), mload(word), R)
            }
        }
    }
}
