// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {ISettlement} from "../src/interfaces/ISettlement.sol";
import {IVault} from "../src/interfaces/IVault.sol";
import {SettlementWords} from "../src/SettlementWords.sol";
import {Keys} from "./fixture/Keys.sol";
import {Venue} from "./fixture/Venue.sol";

/// @notice What whole transactions cost: calldata, cold storage and real verifiers.
/// @dev    Roots, leaves and ciphertexts are as wide as real ones, for a zero byte costs a quarter. A limit is what
///         was measured, rounded up: a change that costs more is seen.
abstract contract GasTest is Venue {
    uint256 constant M = 8;

    /// @dev A venue that has run for a while: no word is written for the first time below.
    function _setUp(uint256 slots) internal {
        _deploy(slots, M);
        vm.fee(1);
        for (uint256 i; i < 64; ++i) {
            _open(ALICE, MINIMUM);
        }
        for (uint256 i; i < 8; ++i) {
            _serveOpenings(GENESIS + i);
        }
        _close(R - 501);
        _priceSet(1);
        _settle(slots, R - 501, _none());
        vm.warp(START + 10);
        _close(R - 502);
        _priceSet(2);
    }

    function _settle(uint256 slots, uint256 setRoot, ISettlement.Close memory next) internal {
        uint64 batch = settlement.batchesSettled() + 1;
        uint256 newRoot = R - 1000 - batch;
        uint256[] memory words = _batchWords(slots, batch, settlement.stateRoot(), newRoot, setRoot);
        (uint64 time,) = settlement.price(batch);
        _putPrices(words, time);
        uint256[8] memory proof = _prove(BATCH_TAG, words);
        bytes memory data = _slots(slots);
        vm.prank(OPERATOR);
        settlement.settleBatch(newRoot, data, C, proof, next);
    }

    function _serveOpenings(uint256 newRoot) internal {
        (IVault.Request[] memory requests, bytes32[][] memory paths) = _oldest(M);
        uint256[] memory words = SettlementWords.make(9 + 6 * M);
        (words[0], words[1]) = (block.chainid, uint256(uint160(address(settlement))));
        (words[2], words[3]) = (settlement.runsSettled() + 1, 2);
        (words[4], words[5]) = (settlement.stateRoot(), newRoot);
        (words[6], words[7], words[8]) = (Keys.BASE8_X, Keys.BASE8_Y, PARAMS);
        bytes memory data;
        for (uint256 j; j < M; ++j) {
            words[9 + 6 * j] = requests[j].word;
            (words[10 + 6 * j], words[11 + 6 * j]) = (requests[j].keyX, requests[j].keyY);
            (words[13 + 6 * j], words[14 + 6 * j]) = (R - 1 - j, R - 100 - j);
            data = abi.encodePacked(data, uint64(0), words[13 + 6 * j], words[14 + 6 * j]);
        }
        uint256[8] memory proof = _prove(REQUEST_TAG, words);
        vm.prank(OPERATOR);
        settlement.settleRequests(newRoot, data, C, proof, requests, paths);
    }

    function _report(string memory what, uint256 limit) internal view {
        uint256 used = vm.lastCallGas().gasTotalUsed;
        print(what, used);
        assertTrue(used <= limit);
    }
}

contract GasDefaultTest is GasTest {
    uint256 constant N = 16;

    function setUp() public {
        _setUp(N);
    }

    /// forge-config: default.isolate = true
    function test_gas_settleBatch() public {
        _settle(N, R - 502, _none());
        _report("settleBatch, 16 slots", 300_000);
    }

    /// @dev 20.5k an order.
    /// forge-config: default.isolate = true
    function test_gas_settleBatchAndCloseNext() public {
        vm.warp(START + 20);
        _settle(N, R - 502, _next(R - 503));
        _report("settleBatch and close the next, 16 slots", 328_000);
    }

    /// forge-config: default.isolate = true
    function test_gas_closeBatch() public {
        vm.warp(START + 20);
        _close(R - 503);
        _report("closeBatch", 70_000);
    }

    /// forge-config: default.isolate = true
    function test_gas_requests() public {
        _open(ALICE, MINIMUM);
        _report("open", 260_000);
        _deposit(BOB, 1, MINIMUM);
        _report("deposit", 110_000);
        _withdraw(1, MINIMUM);
        _report("withdraw", 60_000);
    }
}

contract GasRequestsTest is GasTest {
    function setUp() public {
        _setUp(1);
        _settle(1, R - 502, _none());
        for (uint256 i; i < M; ++i) {
            _open(ALICE, MINIMUM);
        }
    }

    /// forge-config: default.isolate = true
    function test_gas_settleRequests() public {
        _serveOpenings(R - 2000);
        _report("settleRequests, 8 openings", 450_000);
    }
}

contract GasLargeTest is GasTest {
    uint256 constant N = 64;

    function setUp() public {
        _setUp(N);
    }

    /// @dev 6.6k an order.
    /// forge-config: default.isolate = true
    function test_gas_settleBatchAndCloseNext() public {
        vm.warp(START + 20);
        _settle(N, R - 502, _next(R - 503));
        _report("settleBatch and close the next, 64 slots", 422_400);
    }
}
