// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {Layout} from "../src/generated/Layout.sol";
import {BabyJubJub} from "../src/BabyJubJub.sol";
import {PriceWords} from "../src/oracle/PriceWords.sol";
import {RequestWord} from "../src/RequestWord.sol";
import {SettlementWords} from "../src/SettlementWords.sol";
import {Keys} from "./fixture/Keys.sol";
import {Test} from "./Test.sol";

/// @notice The layouts and the curve that circuits share with the contracts.
contract LayoutsTest is Test {
    uint256 constant R = 21888242871839275222246405745257275088548364400416034343698204186575808495617;

    /// @dev The types that the contracts write out are as wide as the layout says.
    function test_layout_fitsTheTypes() public pure {
        assertEq(Layout.REQUEST_ACCOUNT_MASK, type(uint24).max);
        assertEq(Layout.REQUEST_AMOUNT_MASK, type(uint64).max);
        // Written out in assembly: SettlementWords.putTouches.
        assertEq(Layout.TOUCH_WORDS, 4);
        assertEq(Layout.TOUCH_ACCOUNT, 0);
        assertEq(Layout.TOUCH_LEAF, 1);
        assertEq(Layout.TOUCH_CIPHERTEXT, 2);
        assertEq(Layout.TOUCH_CONFIRMATION, 3);
        assertEq(Layout.TOUCH_ACCOUNT_BYTE, 0);
        assertEq(Layout.TOUCH_LEAF_BYTE - Layout.TOUCH_ACCOUNT_BYTE, bytes3(0).length);
        assertEq(Layout.TOUCH_CONFIRMATION_BYTE - Layout.TOUCH_CIPHERTEXT_BYTE, bytes32(0).length);
        assertEq(Layout.TOUCH_BYTES - Layout.TOUCH_CONFIRMATION_BYTE, bytes32(0).length);
        assertEq(Layout.ANSWERED_LEAF_BYTE - Layout.ANSWERED_PAID_BYTE, bytes8(0).length);
        assertEq(Layout.ANSWERED_BYTES - Layout.ANSWERED_CIPHERTEXT_BYTE, bytes32(0).length);
    }

    /// @dev Header, house, slots: each is put where the one before ends, and leaves it alone.
    function test_putTouches_leavesTheHeaderAlone() public view {
        uint256 house = Layout.BATCH_HEADER_WORDS;
        uint256 slots = house + Layout.BATCH_HOUSE_WORDS;
        uint256[] memory words = SettlementWords.make(slots + Layout.TOUCH_WORDS + 1);
        bytes memory data;
        for (uint256 i; i < words.length; ++i) {
            words[i] = 100 + i;
            if (i >= house && i < slots) data = abi.encodePacked(data, 200 + i);
        }
        data = abi.encodePacked(data, uint24(300), uint256(301), uint256(302), uint256(303));
        uint256[] memory found = this.putTouches(words, data);
        for (uint256 i; i <= slots + Layout.TOUCH_WORDS; ++i) {
            bool isOthers = i < house || i == slots + Layout.TOUCH_WORDS;
            assertEq(found[i], isOthers ? 100 + i : i < slots ? 200 + i : 300 + i - slots);
        }
    }

    function putTouches(uint256[] memory words, bytes calldata data)
        external
        pure
        returns (uint256[] memory)
    {
        SettlementWords.putTouches(words, data);
        return words;
    }

    function test_requestWord_layout() public pure {
        assertEq(RequestWord.pack(Layout.KIND_WITHDRAW, 5, 9), 3 + 5 * 2 ** 3 + 9 * 2 ** 27);
    }

    function testFuzz_requestWord_roundTrip(uint256 kind, uint24 index, uint64 amount) public pure {
        kind &= 7;
        uint256 word = RequestWord.pack(kind, index, amount);
        assertTrue(word < 2 ** 91);
        assertEq(RequestWord.kindOf(word), kind);
        assertEq(RequestWord.accountOf(word), index);
        assertEq(RequestWord.amountOf(word), amount);
    }

    function testFuzz_priceWords_roundTrip(uint256 seed) public pure {
        uint256 word;
        for (uint256 i; i < 2; ++i) {
            word = PriceWords.put(word, i, _price(seed, i));
        }
        PriceWords.check(word);
        for (uint256 i; i < 2; ++i) {
            assertEq(PriceWords.get(word, i), _price(seed, i));
            assertEq(word >> 26 * i & 2 ** 26 - 1, _price(seed, i));
            uint256 halted = PriceWords.halt(word, i);
            PriceWords.checkMarks(halted);
            assertEq(halted, word | 1 << 52 + i);
        }
    }

    function testFuzz_priceWords_revertsWhenUnusedBitsAreSet(uint256 bit) public {
        bit = bound(bit, 52, 255);
        expectError(PriceWords.UnusedBits.selector, 2 ** bit);
        this.check(2 ** bit);
    }

    function test_isKey_acceptsSubgroupAndWholeCurve() public pure {
        assertTrue(BabyJubJub.isKey(Keys.BASE8_X, Keys.BASE8_Y));
        assertTrue(BabyJubJub.isKey(Keys.GENERATOR_X, Keys.GENERATOR_Y));
        assertTrue(BabyJubJub.isKey(R - Keys.BASE8_X, Keys.BASE8_Y));
    }

    function test_isKey_refusesEveryPointOfSmallOrder() public pure {
        uint256[2][8] memory points = Keys.smallOrder();
        for (uint256 i; i < 8; ++i) {
            assertFalse(BabyJubJub.isKey(points[i][0], points[i][1]));
        }
    }

    function test_isKey_refusesCoordinatesOutOfRange() public pure {
        assertFalse(BabyJubJub.isKey(Keys.BASE8_X + R, Keys.BASE8_Y));
        assertFalse(BabyJubJub.isKey(Keys.BASE8_X, Keys.BASE8_Y + R));
    }

    function testFuzz_isKey_refusesPointsOffTheCurve(uint256 x) public pure {
        vm.assume(x != Keys.BASE8_X && x != R - Keys.BASE8_X);
        assertFalse(BabyJubJub.isKey(x, Keys.BASE8_Y));
    }

    function check(uint256 word) external pure {
        PriceWords.check(word);
    }

    function _price(uint256 seed, uint256 i) private pure returns (uint256) {
        return uint256(keccak256(abi.encode(seed, i))) >> 230;
    }
}
