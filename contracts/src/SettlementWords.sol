// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {Layout} from "./generated/Layout.sol";
import {ISettlement} from "./interfaces/ISettlement.sol";
import {IVault} from "./interfaces/IVault.sol";
import {RequestWord} from "./RequestWord.sol";

/// @title  SettlementWords
/// @notice The contract's copy of the public words, in the order of circuits/STATEMENT.md.
/// @dev    Every place is a name of `Layout`, which the circuits read too. What the contract knows comes first,
///         then what the caller publishes, in the order of its bytes: what it says of the house's half of the
///         new state, and the words of each slot or request.
library SettlementWords {
    /// @dev Zeros to begin with, which is what padding is; behind them a place that `PublicWords` writes c to.
    function make(uint256 length) internal pure returns (uint256[] memory words) {
        words = new uint256[](length + 1);
        assembly ("memory-safe") {
            mstore(words, length)
        }
    }

    /// @dev The words that both kinds begin with.
    function putHeader(
        uint256[] memory words,
        uint256 kind,
        uint64 number,
        uint256 prevStateRoot,
        uint256 newStateRoot
    ) internal view {
        words[Layout.HEADER_CHAIN_ID] = block.chainid;
        words[Layout.HEADER_CONTRACT] = uint160(address(this));
        words[Layout.HEADER_NUMBER] = number;
        words[Layout.HEADER_KIND] = kind;
        words[Layout.HEADER_PREV_STATE_ROOT] = prevStateRoot;
        words[Layout.HEADER_NEW_STATE_ROOT] = newStateRoot;
    }

    function putBatch(
        uint256[] memory words,
        uint256 setRoot,
        uint256 prices,
        uint64 time,
        uint256 marketParamsHash
    ) internal pure {
        words[Layout.BATCH_HEADER_SET_ROOT] = setRoot;
        words[Layout.BATCH_HEADER_PRICES] = prices;
        words[Layout.BATCH_HEADER_TIME] = time;
        words[Layout.BATCH_HEADER_MARKET_PARAMS_HASH] = marketParamsHash;
    }

    function putRun(uint256[] memory words, uint256 keyX, uint256 keyY, uint256 marketParamsHash)
        internal
        pure
    {
        words[Layout.REQUESTS_HEADER_OPERATOR_KEY_X] = keyX;
        words[Layout.REQUESTS_HEADER_OPERATOR_KEY_Y] = keyY;
        words[Layout.REQUESTS_HEADER_MARKET_PARAMS_HASH] = marketParamsHash;
    }

    /// @dev What the caller says of the house and of each slot: `data` must have the length that the
    ///      statement says, and `words` room for it.
    function putTouches(uint256[] memory words, bytes calldata data) internal pure {
        _putHouse(words, Layout.BATCH_HEADER_WORDS, Layout.BATCH_HOUSE_WORDS, data);
        uint256 leafByte = Layout.TOUCH_LEAF_BYTE;
        uint256 ciphertextByte = Layout.TOUCH_CIPHERTEXT_BYTE;
        uint256 confirmationByte = Layout.TOUCH_CONFIRMATION_BYTE;
        uint256 size = Layout.TOUCH_BYTES;
        uint256 first = Layout.BATCH_HEADER_WORDS + Layout.BATCH_HOUSE_WORDS;
        uint256 skip = 32 * Layout.BATCH_HOUSE_WORDS;
        // A test holds the layout to what is written out here: account, leaf, ciphertext and confirmation in this
        // order, the account in the first three bytes.
        assembly ("memory-safe") {
            let next := add(words, mul(add(first, 1), 0x20))
            let end := add(data.offset, data.length)
            for { let at := add(data.offset, skip) } lt(at, end) { at := add(at, size) } {
                mstore(next, shr(232, calldataload(at)))
                mstore(add(next, 0x20), calldataload(add(at, leafByte)))
                mstore(add(next, 0x40), calldataload(add(at, ciphertextByte)))
                mstore(add(next, 0x60), calldataload(add(at, confirmationByte)))
                next := add(next, 0x80)
            }
        }
    }

    /// @dev The requests, and what the caller says of the house and of each.
    function putServed(uint256[] memory words, IVault.Request[] calldata requests, bytes calldata data)
        internal
        pure
    {
        _putHouse(words, Layout.REQUESTS_HEADER_WORDS, Layout.REQUESTS_HOUSE_WORDS, data);
        uint256 next = Layout.REQUESTS_HEADER_WORDS + Layout.REQUESTS_HOUSE_WORDS;
        bytes calldata answers = data[32 * Layout.REQUESTS_HOUSE_WORDS:];
        for (uint256 i; i < requests.length; ++i) {
            bytes calldata answer = answers[i * Layout.ANSWERED_BYTES:];
            IVault.Request calldata request = requests[i];
            uint64 paid = uint64(bytes8(answer));
            _checkPaid(i, request.word, paid);
            words[next + Layout.SERVED_WORD] = request.word;
            words[next + Layout.SERVED_KEY_X] = request.keyX;
            words[next + Layout.SERVED_KEY_Y] = request.keyY;
            words[next + Layout.SERVED_PAID] = paid;
            words[next + Layout.SERVED_LEAF] = uint256(bytes32(answer[Layout.ANSWERED_LEAF_BYTE:]));
            words[next + Layout.SERVED_CIPHERTEXT] =
                uint256(bytes32(answer[Layout.ANSWERED_CIPHERTEXT_BYTE:]));
            next += Layout.SERVED_WORDS;
        }
    }

    /// @dev What request `i` of a run is paid; 0 or the amount of a withdrawal, as `putServed` checked.
    function paidOf(uint256[] memory words, uint256 i) internal pure returns (uint64) {
        uint256 first = Layout.REQUESTS_HEADER_WORDS + Layout.REQUESTS_HOUSE_WORDS;
        return uint64(words[first + Layout.SERVED_WORDS * i + Layout.SERVED_PAID]);
    }

    /// @dev The `count` words that `data` begins with, from word `start` on.
    function _putHouse(uint256[] memory words, uint256 start, uint256 count, bytes calldata data)
        private
        pure
    {
        assembly ("memory-safe") {
            calldatacopy(add(words, mul(add(start, 1), 0x20)), data.offset, mul(count, 0x20))
        }
    }

    /// @dev The circuit proves the same; here it keeps a faulty circuit away from custody.
    function _checkPaid(uint256 i, uint256 word, uint64 paid) private pure {
        if (paid == 0) return;
        bool withdraws = RequestWord.kindOf(word) == Layout.KIND_WITHDRAW;
        uint256 due = withdraws ? RequestWord.amountOf(word) : 0;
        if (paid != due) revert ISettlement.InvalidPaid(i, paid, due);
    }
}
