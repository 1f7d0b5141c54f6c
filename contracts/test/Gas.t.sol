// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {Layout} from "../src/generated/Layout.sol";
import {RequestWord} from "../src/RequestWord.sol";
import {Keys} from "./fixture/Keys.sol";
import {Venue} from "./fixture/Venue.sol";

/// @notice What whole transactions cost at the default size: calldata, cold storage and real verifiers.
/// @dev    Roots, leaves and ciphertexts are as wide as real ones, for a zero byte costs a quarter.
contract GasTest is Venue {
    uint256 constant N = 16;
    uint256 constant M = 8;

    function setUp() public {
        _deploy(N, M);
        // A venue that has run for a while: no slot is written for the first time below.
        _appendPrices(START);
        _close(R - 501);
        _appendPrices(START + 1);
        _batch(1, GENESIS, R - 1002, R - 501, 2, START + 1, 0);
        vm.warp(START + 1);
        _close(R - 502);
        _appendPrices(START + 2);
    }

    /// forge-config: default.isolate = true
    function test_gas_settleBatch() public {
        _batch(2, R - 1002, R - 1003, R - 502, 3, START + 2, 0);
        _report("settleBatch, N = 16", 340_000);
    }

    /// forge-config: default.isolate = true
    function test_gas_settleBatchAndCloseNext() public {
        vm.warp(START + 3);
        _batch(2, R - 1002, R - 1003, R - 502, 3, START + 2, R - 503);
        _report("settleBatch and close the next, N = 16", 340_000);
    }

    /// forge-config: default.isolate = true
    function test_gas_settleRequests() public {
        bytes memory answers = abi.encodePacked(R - 41);
        uint256[] memory words = new uint256[](10 + 6 * M);
        (words[0], words[1]) = (block.chainid, uint256(uint160(address(settlement))));
        (words[2], words[3], words[4], words[5]) = (1, 2, R - 1002, R - 1003);
        (words[6], words[7], words[8], words[9]) = (Keys.BASE8_X, Keys.BASE8_Y, PARAMS, R - 41);
        for (uint256 j; j < M; ++j) {
            vm.prank(ALICE);
            vault.open(Keys.BASE8_X, Keys.BASE8_Y, MINIMUM);
            words[10 + 6 * j] = RequestWord.pack(Layout.KIND_OPEN, uint24(j + 1), MINIMUM);
            (words[11 + 6 * j], words[12 + 6 * j]) = (Keys.BASE8_X, Keys.BASE8_Y);
            (words[14 + 6 * j], words[15 + 6 * j]) = (R - 1 - j, R - 100 - j);
            answers = abi.encodePacked(answers, uint64(0), words[14 + 6 * j], words[15 + 6 * j]);
        }
        uint256[8] memory proof = _prove(REQUEST_TAG, words);
        settlement.settleRequests(R - 1003, answers, C, proof);
        _report("settleRequests, 8 openings", 450_000);
    }

    /// forge-config: default.isolate = true
    function test_gas_open() public {
        vm.prank(ALICE);
        vault.open(Keys.BASE8_X, Keys.BASE8_Y, MINIMUM);
        _report("open, the first", 260_000);
    }

    function _batch(
        uint256 number,
        uint256 prevRoot,
        uint256 newRoot,
        uint256 setRoot,
        uint64 roundId,
        uint64 time,
        uint256 nextSetRoot
    ) private {
        uint256[] memory words = _batchWords(N, number, prevRoot, newRoot, setRoot);
        _putPrices(words, time);
        uint256[8] memory proof = _prove(BATCH_TAG, words);
        bytes memory slots = _slots(N);
        vm.prank(OPERATOR);
        settlement.settleBatch(newRoot, slots, C, proof, roundId, nextSetRoot);
    }

    function _report(string memory what, uint256 limit) private view {
        uint256 used = vm.lastCallGas().gasTotalUsed;
        print(what, used);
        assertTrue(used < limit);
    }
}
