// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

/// @title  RequestWord
/// @notice A request in one word: kind (3 bits) | account index (24 bits) | amount in micro-USD (64 bits), low
///         bits first. The request circuit reads the same layout.
library RequestWord {
    uint256 internal constant OPEN = 1;
    uint256 internal constant DEPOSIT = 2;
    uint256 internal constant WITHDRAW = 3;
    uint256 internal constant HOUSE_DEPOSIT = 4;

    function pack(uint256 kind, uint24 index, uint64 amount) internal pure returns (uint256) {
        return kind | uint256(index) << 3 | uint256(amount) << 27;
    }

    function kindOf(uint256 word) internal pure returns (uint256) {
        return word & 7;
    }

    function indexOf(uint256 word) internal pure returns (uint24) {
        return uint24(word >> 3);
    }

    function amountOf(uint256 word) internal pure returns (uint64) {
        return uint64(word >> 27);
    }
}
