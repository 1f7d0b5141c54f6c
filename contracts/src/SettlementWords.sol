// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {Layout} from "./generated/Layout.sol";
import {ISettlement} from "./interfaces/ISettlement.sol";
import {IVault} from "./interfaces/IVault.sol";
import {RequestWord} from "./RequestWord.sol";

/// @title  SettlementWords
/// @notice The contract's copy of the public words, in the order of circuits/STATEMENT.md.
/// @dev    Every place is a name of `Layout`, which the circuits read too.
library SettlementWords {
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

    /// @dev What the caller says of the house's half of the new state: `count` words from `start` on, which `data`
    ///      begins with.
    function putHouse(uint256[] memory words, uint256 start, uint256 count, bytes calldata data)
        internal
        pure
    {
        for (uint256 i; i < count; ++i) {
            words[start + i] = uint256(bytes32(data[32 * i:]));
        }
    }

    /// @dev What the caller says of each slot; `slots` must be a whole number of them that `words` has room for.
    function putTouches(uint256[] memory words, bytes calldata slots) internal pure {
        uint256 next = Layout.BATCH_HEADER_WORDS + Layout.BATCH_HOUSE_WORDS;
        for (uint256 offset; offset < slots.length; offset += Layout.TOUCH_BYTES) {
            bytes calldata slot = slots[offset:offset + Layout.TOUCH_BYTES];
            words[next + Layout.TOUCH_ACCOUNT] = uint24(bytes3(slot));
            words[next + Layout.TOUCH_LEAF] = uint256(bytes32(slot[Layout.TOUCH_LEAF_BYTE:]));
            words[next + Layout.TOUCH_CIPHERTEXT] = uint256(bytes32(slot[Layout.TOUCH_CIPHERTEXT_BYTE:]));
            next += Layout.TOUCH_WORDS;
        }
    }

    /// @dev The requests as the vault had them, and what the caller says of each.
    function putServed(uint256[] memory words, IVault.Request[] memory taken, bytes calldata answers)
        internal
        pure
    {
        uint256 next = Layout.REQUESTS_HEADER_WORDS + Layout.REQUESTS_HOUSE_WORDS;
        for (uint256 i; i < taken.length; ++i) {
            bytes calldata answer = answers[i * Layout.ANSWERED_BYTES:];
            IVault.Request memory request = taken[i];
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

    /// @dev The circuit proves the same; here it keeps a faulty circuit away from custody.
    function _checkPaid(uint256 i, uint256 word, uint64 paid) private pure {
        if (paid == 0) return;
        bool withdraws = RequestWord.kindOf(word) == Layout.KIND_WITHDRAW;
        uint256 due = withdraws ? RequestWord.amountOf(word) : 0;
        if (paid != due) revert ISettlement.InvalidPaid(i, paid, due);
    }
}
