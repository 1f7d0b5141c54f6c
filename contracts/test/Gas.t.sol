// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {ISettlement} from "../src/interfaces/ISettlement.sol";
import {IOracle} from "../src/interfaces/IOracle.sol";
import {IVault} from "../src/interfaces/IVault.sol";
import {Oracle} from "../src/oracle/Oracle.sol";
import {Settlement} from "../src/Settlement.sol";
import {SettlementWords} from "../src/SettlementWords.sol";
import {Keys} from "./fixture/Keys.sol";
import {Trapdoor} from "./fixture/Trapdoor.sol";
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
            _serve(GENESIS + i, 0);
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

    /// @dev A whole run, each request paid so much.
    function _serve(uint256 newRoot, uint64 paid) internal {
        (IVault.Request[] memory requests, bytes32[][] memory paths) = _oldest(M);
        uint256[] memory words = SettlementWords.make(10 + 6 * M);
        (words[0], words[1]) = (block.chainid, uint256(uint160(address(settlement))));
        (words[2], words[3]) = (settlement.runsSettled() + 1, 2);
        (words[4], words[5]) = (settlement.stateRoot(), newRoot);
        (words[6], words[7], words[8], words[9]) = (Keys.BASE8_X, Keys.BASE8_Y, PARAMS, R - 41);
        bytes memory data = abi.encodePacked(R - 41);
        for (uint256 j; j < M; ++j) {
            words[10 + 6 * j] = requests[j].word;
            (words[11 + 6 * j], words[12 + 6 * j]) = (requests[j].keyX, requests[j].keyY);
            (words[14 + 6 * j], words[15 + 6 * j]) = (R - 1 - j, R - 100 - j);
            words[13 + 6 * j] = paid;
            data = abi.encodePacked(data, paid, words[14 + 6 * j], words[15 + 6 * j]);
        }
        uint256[8] memory proof = _prove(REQUEST_TAG, words);
        vm.prank(OPERATOR);
        settlement.settleRequests(newRoot, data, C, proof, requests, paths);
    }

    function _report(string memory what, uint256 limit) internal virtual {
        uint256 used = vm.lastCallGas().gasTotalUsed;
        print(what, used);
        assertTrue(used <= limit);
    }
}

contract GasDefaultTest is GasTest {
    uint256 constant N = 16;

    function setUp() public virtual {
        _setUp(N);
    }

    /// forge-config: default.isolate = true
    function test_gas_settleBatch() public {
        _settle(N, R - 502, _none());
        _report("settleBatch, 16 slots", 314_300);
    }

    /// @dev 21.1k an order.
    /// forge-config: default.isolate = true
    function test_gas_settleBatchAndCloseNext() public {
        vm.warp(START + 20);
        _settle(N, R - 502, _next(R - 503));
        _report("settleBatch and close the next, 16 slots", 337_600);
    }

    /// forge-config: default.isolate = true
    function test_gas_closeBatch() public {
        vm.warp(START + 20);
        _close(R - 503);
        _report("closeBatch", 61_000);
    }

    /// forge-config: default.isolate = true
    function test_gas_requests() public {
        _open(ALICE, MINIMUM);
        _report("open", 94_000);
        _deposit(BOB, 1, MINIMUM);
        _report("deposit", 70_000);
        _withdraw(1, MINIMUM);
        _report("withdraw", 46_000);
    }
}

/// @dev A whole run costs less than its fees pay, openings or paid withdrawals.
contract GasRequestsTest is GasTest {
    function setUp() public {
        _setUp(1);
        _settle(1, R - 502, _none());
    }

    /// forge-config: default.isolate = true
    function test_gas_settleRequests_ofOpenings() public {
        for (uint256 i; i < M; ++i) {
            _open(ALICE, MINIMUM);
        }
        _serve(R - 2000, 0);
        _report("settleRequests, 8 openings", 380_000);
    }

    /// forge-config: default.isolate = true
    function test_gas_settleRequests_ofWithdrawals() public {
        for (uint256 i; i < M; ++i) {
            _withdraw(1 + i, MINIMUM / 2);
        }
        vm.warp(START + 30);
        _close(R - 503);
        _priceSet(3);
        _settle(1, R - 503, _none());
        _serve(R - 2000, MINIMUM / 2);
        _report("settleRequests, 8 withdrawals paid", 480_000);
    }
}

/// @dev With the oracle of a deployment: four signers, three reports, both underlyings listed.
contract GasPriceTest is GasTest {
    Oracle oracle;
    IOracle.Report[] reports;

    function setUp() public {
        _deploy(1, M);
        uint256[4] memory secrets = _secrets();
        address[] memory signers = new address[](4);
        for (uint256 i; i < 4; ++i) {
            signers[i] = vm.addr(secrets[i]);
        }
        oracle = new Oracle(signers, 3, IOracle.Bounds(100, 500, 600, 30));
        ISettlement.Config memory config = _config(1, M);
        config.priceSource = oracle;
        settlement = new Settlement(config);
        _close(R - 501);
        vm.warp(START + 2);
        uint256 word = 60e6 | 60e6 << 26;
        for (uint256 i; i < 3; ++i) {
            (uint8 v, bytes32 r, bytes32 s) = vm.sign(secrets[i], oracle.digest(START + 2, word));
            reports.push(IOracle.Report(word, abi.encodePacked(r, s, v)));
        }
    }

    /// forge-config: default.isolate = true
    function test_gas_priceBatch() public {
        bytes memory evidence = abi.encode(reports);
        settlement.priceBatch(1, evidence);
        _report("priceBatch, 3 of 4 signers, both underlyings", 76_000);
    }

    /// @dev By rising address.
    function _secrets() private pure returns (uint256[4] memory secrets) {
        secrets = [uint256(1), 2, 3, 4];
        for (uint256 i; i < 4; ++i) {
            for (uint256 j = i; j > 0 && vm.addr(secrets[j]) < vm.addr(secrets[j - 1]); --j) {
                (secrets[j], secrets[j - 1]) = (secrets[j - 1], secrets[j]);
            }
        }
    }
}

/// @dev The way out: each transaction alone, after a venue's life.
contract GasExitTest is GasTest {
    function setUp() public {
        _setUp(1);
        _settle(1, R - 502, _none());
    }

    function _freeze() private {
        vm.warp(settlement.freezeDue() + 1);
        settlement.freeze();
    }

    function _exit(uint24 account, uint128 amount) private {
        uint256 owed = uint256(account) | uint256(amount) << 24;
        uint256[8] memory proof = Trapdoor.prove(EXIT_TAG, 99, [settlement.stateRoot(), PARAMS, owed]);
        settlement.exit(account, amount, proof);
    }

    /// forge-config: default.isolate = true
    function test_gas_exit() public {
        _freeze();
        _report("freeze", 90_000);
        _exit(1, MINIMUM);
        _report("exit, credited at once", 300_000);
        vm.prank(ALICE);
        vault.claim(address(0xC01D));
        _report("claim, to a new address", 70_000);
    }

    /// forge-config: default.isolate = true
    function test_gas_exitInTwoPhases() public {
        clean = 0;
        vm.warp(START + 30);
        _close(R - 503);
        _priceSet(3);
        _settle(1, R - 503, _none());
        _freeze();
        _exit(1, MINIMUM);
        _report("exit, filed", 300_000);
        vm.warp(vault.frozenAt() + vault.CLAIM_WINDOW() + 1);
        vault.payOut(1);
        _report("payOut", 90_000);
    }

    /// forge-config: default.isolate = true
    function test_gas_handBack() public {
        _deposit(BOB, 1, MINIMUM);
        _freeze();
        (IVault.Request[] memory requests, bytes32[][] memory paths) = _oldest(1);
        vault.handBack(uint64(vault.queueStart()), requests[0], paths[0]);
        _report("handBack", 130_000);
    }
}

contract GasLargeTest is GasTest {
    uint256 constant N = 64;

    function setUp() public {
        _setUp(N);
    }

    /// @dev 7.5k an order.
    /// forge-config: default.isolate = true
    function test_gas_settleBatchAndCloseNext() public {
        vm.warp(START + 20);
        _settle(N, R - 502, _next(R - 503));
        _report("settleBatch and close the next, 64 slots", 477_000);
    }
}
