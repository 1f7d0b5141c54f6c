// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {Layout} from "./generated/Layout.sol";

/// @title  RequestWord
/// @notice A request in one word: kind | account | amount in micro-USD, low bits first. The request circuit reads
///         the same layout.
library RequestWord {
    function pack(uint256 kind, uint24 account, uint64 amount) internal pure returns (uint256) {
        return
            kind | uint256(account) << Layout.REQUEST_ACCOUNT_AT | uint256(amount) << Layout.REQUEST_AMOUNT_AT;
    }

    function kindOf(uint256 word) internal pure returns (uint256) {
        return word & Layout.REQUEST_KIND_MASK;
    }

    function accountOf(uint256 word) internal pure returns (uint24) {
        return uint24(word >> Layout.REQUEST_ACCOUNT_AT);
    }

    function amountOf(uint256 word) internal pure returns (uint64) {
        return uint64(word >> Layout.REQUEST_AMOUNT_AT);
    }
}
