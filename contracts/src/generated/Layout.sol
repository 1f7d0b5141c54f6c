// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

// Outside the library: array lengths and assembly take no library's constant.

/// @dev Of the scalar field of BN254, in which every word is.
uint256 constant FIELD_ORDER = 21888242871839275222246405745257275088548364400416034343698204186575808495617;

/// @title  Layout
/// @notice Layouts that the contracts share with the circuits and with Python.
/// @dev    Written by scripts/write_layouts.py from undertow/protocol/layout.py.
library Layout {
    uint256 internal constant CURVE_A = 168700;
    uint256 internal constant CURVE_D = 168696;

    // Public words: what they speak of.
    uint256 internal constant STATEMENT_BATCH = 1;
    uint256 internal constant STATEMENT_REQUESTS = 2;

    // Words that every statement begins with.
    uint256 internal constant HEADER_WORDS = 6;
    uint256 internal constant HEADER_CHAIN_ID = 0;
    uint256 internal constant HEADER_CONTRACT = 1;
    uint256 internal constant HEADER_NUMBER = 2;
    uint256 internal constant HEADER_KIND = 3;
    uint256 internal constant HEADER_PREV_STATE_ROOT = 4;
    uint256 internal constant HEADER_NEW_STATE_ROOT = 5;

    // Words. What a batch publishes first; the contract knows it.
    uint256 internal constant BATCH_HEADER_WORDS = 10;
    uint256 internal constant BATCH_HEADER_SET_ROOT = 6;
    uint256 internal constant BATCH_HEADER_PRICES = 7;
    uint256 internal constant BATCH_HEADER_TIME = 8;
    uint256 internal constant BATCH_HEADER_MARKET_PARAMS_HASH = 9;

    // Words. What a batch publishes of the house's half of the new state; its marks are the prices.
    uint256 internal constant BATCH_HOUSE_WORDS = 3;
    uint256 internal constant BATCH_HOUSE_SEALED = 0;
    uint256 internal constant BATCH_HOUSE_ACCRUALS = 1;
    uint256 internal constant BATCH_HOUSE_CLEAN = 2;

    // Words. What a batch publishes of each slot's account.
    uint256 internal constant TOUCH_WORDS = 4;
    uint256 internal constant TOUCH_ACCOUNT = 0;
    uint256 internal constant TOUCH_LEAF = 1;
    uint256 internal constant TOUCH_CIPHERTEXT = 2;
    uint256 internal constant TOUCH_CONFIRMATION = 3;

    // Words. What a run of requests publishes first; the contract knows it.
    uint256 internal constant REQUESTS_HEADER_WORDS = 9;
    uint256 internal constant REQUESTS_HEADER_OPERATOR_KEY_X = 6;
    uint256 internal constant REQUESTS_HEADER_OPERATOR_KEY_Y = 7;
    uint256 internal constant REQUESTS_HEADER_MARKET_PARAMS_HASH = 8;

    // Words. What a run publishes of the house's half of the new state; the exit sheet stays.
    uint256 internal constant REQUESTS_HOUSE_WORDS = 1;
    uint256 internal constant REQUESTS_HOUSE_SEALED = 0;

    // Words. What a run publishes of each request.
    uint256 internal constant SERVED_WORDS = 6;
    uint256 internal constant SERVED_WORD = 0;
    uint256 internal constant SERVED_KEY_X = 1;
    uint256 internal constant SERVED_KEY_Y = 2;
    uint256 internal constant SERVED_PAID = 3;
    uint256 internal constant SERVED_LEAF = 4;
    uint256 internal constant SERVED_CIPHERTEXT = 5;

    // Bytes of the call. What a batch publishes of each slot's account.
    uint256 internal constant TOUCH_BYTES = 99;
    uint256 internal constant TOUCH_ACCOUNT_BYTE = 0;
    uint256 internal constant TOUCH_LEAF_BYTE = 3;
    uint256 internal constant TOUCH_CIPHERTEXT_BYTE = 35;
    uint256 internal constant TOUCH_CONFIRMATION_BYTE = 67;

    // Bytes of the call. What the caller gives of a request; the contract has the request itself.
    uint256 internal constant ANSWERED_BYTES = 72;
    uint256 internal constant ANSWERED_PAID_BYTE = 0;
    uint256 internal constant ANSWERED_LEAF_BYTE = 8;
    uint256 internal constant ANSWERED_CIPHERTEXT_BYTE = 40;

    // Bits of the word. One entry of the vault's queue; the contract has checked it.
    uint256 internal constant REQUEST_KIND_AT = 0;
    uint256 internal constant REQUEST_KIND_MASK = 7;
    uint256 internal constant REQUEST_ACCOUNT_AT = 3;
    uint256 internal constant REQUEST_ACCOUNT_MASK = 16777215;
    uint256 internal constant REQUEST_AMOUNT_AT = 27;
    uint256 internal constant REQUEST_AMOUNT_MASK = 18446744073709551615;

    // Bits of the word. What an account may take out of a frozen venue; the exit circuit proves it.
    uint256 internal constant OWED_ACCOUNT_AT = 0;
    uint256 internal constant OWED_ACCOUNT_MASK = 16777215;
    uint256 internal constant OWED_AMOUNT_AT = 24;
    uint256 internal constant OWED_AMOUNT_MASK = 340282366920938463463374607431768211455;

    // Types of a request.
    uint256 internal constant KIND_NONE = 0;
    uint256 internal constant KIND_OPEN = 1;
    uint256 internal constant KIND_DEPOSIT = 2;
    uint256 internal constant KIND_WITHDRAW = 3;
    uint256 internal constant KIND_HOUSE_DEPOSIT = 4;

    // Prices of a round, in one word.
    uint256 internal constant UNDERLYINGS = 2;
    uint256 internal constant PRICE_WIDTH = 26;
    uint256 internal constant PRICE_MASK = 67108863;
    uint256 internal constant HALTED_AT = 52;
}
