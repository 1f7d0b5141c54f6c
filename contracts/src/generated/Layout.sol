// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

/// @title  Layout
/// @notice Layouts that the contracts share with the circuits and with Python.
/// @dev    Written by scripts/write_layouts.py from undertow/protocol/layout.py.
library Layout {
    uint256 internal constant STATEMENT_BATCH = 1;
    uint256 internal constant STATEMENT_REQUESTS = 2;

    // What a batch publishes before its touches. In words.
    uint256 internal constant BATCH_HEADER_WORDS = 12;
    uint256 internal constant BATCH_HEADER_CHAIN_ID = 0;
    uint256 internal constant BATCH_HEADER_CONTRACT = 1;
    uint256 internal constant BATCH_HEADER_NUMBER = 2;
    uint256 internal constant BATCH_HEADER_KIND = 3;
    uint256 internal constant BATCH_HEADER_PREV_STATE_ROOT = 4;
    uint256 internal constant BATCH_HEADER_NEW_STATE_ROOT = 5;
    uint256 internal constant BATCH_HEADER_SET_ROOT = 6;
    uint256 internal constant BATCH_HEADER_PRICES = 7;
    uint256 internal constant BATCH_HEADER_TIME = 10;
    uint256 internal constant BATCH_HEADER_MARKET_PARAMS_HASH = 11;

    // What a batch publishes of each slot's account. In words.
    uint256 internal constant TOUCH_WORDS = 3;
    uint256 internal constant TOUCH_ACCOUNT = 0;
    uint256 internal constant TOUCH_LEAF = 1;
    uint256 internal constant TOUCH_CIPHERTEXT = 2;

    // What a run of requests publishes before its answers. In words.
    uint256 internal constant REQUESTS_HEADER_WORDS = 9;
    uint256 internal constant REQUESTS_HEADER_CHAIN_ID = 0;
    uint256 internal constant REQUESTS_HEADER_CONTRACT = 1;
    uint256 internal constant REQUESTS_HEADER_NUMBER = 2;
    uint256 internal constant REQUESTS_HEADER_KIND = 3;
    uint256 internal constant REQUESTS_HEADER_PREV_STATE_ROOT = 4;
    uint256 internal constant REQUESTS_HEADER_NEW_STATE_ROOT = 5;
    uint256 internal constant REQUESTS_HEADER_OPERATOR_KEY = 6;
    uint256 internal constant REQUESTS_HEADER_MARKET_PARAMS_HASH = 8;

    // What a run publishes of each request. In words.
    uint256 internal constant SERVED_WORDS = 6;
    uint256 internal constant SERVED_WORD = 0;
    uint256 internal constant SERVED_KEY = 1;
    uint256 internal constant SERVED_PAID = 3;
    uint256 internal constant SERVED_LEAF = 4;
    uint256 internal constant SERVED_CIPHERTEXT = 5;

    // What a batch publishes of each slot's account. In bytes of the call.
    uint256 internal constant TOUCH_BYTES = 67;
    uint256 internal constant TOUCH_ACCOUNT_BYTE = 0;
    uint256 internal constant TOUCH_LEAF_BYTE = 3;
    uint256 internal constant TOUCH_CIPHERTEXT_BYTE = 35;

    // What the caller gives of a request; the contract has the request itself. In bytes of the call.
    uint256 internal constant ANSWERED_BYTES = 72;
    uint256 internal constant ANSWERED_PAID_BYTE = 0;
    uint256 internal constant ANSWERED_LEAF_BYTE = 8;
    uint256 internal constant ANSWERED_CIPHERTEXT_BYTE = 40;

    // One entry of the vault's queue; the contract has checked it. In bits of its word.
    uint256 internal constant REQUEST_KIND_AT = 0;
    uint256 internal constant REQUEST_KIND_WIDTH = 3;
    uint256 internal constant REQUEST_ACCOUNT_AT = 3;
    uint256 internal constant REQUEST_ACCOUNT_WIDTH = 24;
    uint256 internal constant REQUEST_AMOUNT_AT = 27;
    uint256 internal constant REQUEST_AMOUNT_WIDTH = 64;

    uint256 internal constant KIND_NONE = 0;
    uint256 internal constant KIND_OPEN = 1;
    uint256 internal constant KIND_DEPOSIT = 2;
    uint256 internal constant KIND_WITHDRAW = 3;
    uint256 internal constant KIND_HOUSE_DEPOSIT = 4;

    // Prices of a round: one of each instrument, several to a word.
    uint256 internal constant INSTRUMENTS = 16;
    uint256 internal constant PRICE_WIDTH = 36;
    uint256 internal constant PRICES_PER_WORD = 7;
    uint256 internal constant PRICE_WORDS = 3;
}
