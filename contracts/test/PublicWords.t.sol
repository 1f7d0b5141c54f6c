// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {PublicWords} from "../src/PublicWords.sol";
import {SettlementWords} from "../src/SettlementWords.sol";
import {Test} from "./Test.sol";

contract PublicWordsTest is Test {
    uint256 constant R = PublicWords.R;
    uint256 constant C = 17033457089235248005774134189205375723630931763779641412797038114032749405797;

    /// @dev Expected values: undertow.protocol.words.signals of the same words.
    function test_evaluate_agreesWithPython() public pure {
        (uint256 z, uint256 y) = PublicWords.evaluate(_vector(), C);
        assertEq(z, 18206613341378406287974280540465099825977491199428950109522494546810854182259);
        assertEq(y, 10820262286942250174614448304304059083531152976539920507362149591822025947745);
    }

    function test_evaluate_ofNoWordsAgreesWithPython() public pure {
        (uint256 z, uint256 y) = PublicWords.evaluate(SettlementWords.make(0), 0);
        assertEq(z, 18569430475105882587588266137607568536673111973893317399460219858819262702947);
        assertEq(y, 0);
    }

    function testFuzz_evaluate_isThePolynomialAtTheHash(uint256[] memory given, uint256 c) public pure {
        uint256[] memory words = SettlementWords.make(given.length);
        for (uint256 i; i < words.length; ++i) {
            words[i] = given[i] % R;
        }
        c %= R;
        (uint256 z, uint256 y) = PublicWords.evaluate(words, c);
        assertEq(z, uint256(keccak256(abi.encodePacked(words, c))) % R);
        uint256 expected;
        uint256 power = 1;
        for (uint256 i; i < words.length; ++i) {
            expected = addmod(expected, mulmod(words[i], power, R), R);
            power = mulmod(power, z, R);
        }
        assertEq(y, expected);
    }

    function test_evaluate_leavesWordsUntouched() public pure {
        uint256[] memory words = _vector();
        bytes32 before = keccak256(abi.encode(words));
        PublicWords.evaluate(words, C);
        assertEq(uint256(keccak256(abi.encode(words))), uint256(before));
    }

    function test_evaluate_revertsForEachWordOutOfRange() public {
        for (uint256 i; i < 8; ++i) {
            uint256[] memory words = _vector();
            words[i] = R;
            expectError(PublicWords.WordOutOfRange.selector, i, R);
            this.evaluate(words, C);
        }
    }

    function test_evaluate_revertsWhenCIsOutOfRange() public {
        expectError(PublicWords.WordOutOfRange.selector, 8, R);
        this.evaluate(_vector(), R);
    }

    function evaluate(uint256[] memory given, uint256 c) external pure returns (uint256, uint256) {
        uint256[] memory words = SettlementWords.make(given.length);
        for (uint256 i; i < words.length; ++i) {
            words[i] = given[i];
        }
        return PublicWords.evaluate(words, c);
    }

    function _vector() private pure returns (uint256[] memory words) {
        words = SettlementWords.make(8);
        words[0] = 31337;
        words[1] = 0x00ABCDEF0123456789ABCDEF0123456789ABCDEF01;
        words[2] = 1;
        words[3] = 1;
        words[4] = 5;
        words[5] = R - 1;
        words[7] = 2 ** 252 - 1;
    }
}
