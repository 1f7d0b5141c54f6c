// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {Vm} from "./Test.sol";
import {GasTest} from "./Gas.t.sol";

/// @notice Writes a venue's state and one transaction of each kind, for tests/contracts/fork_gas.mjs, which runs
///         them under the rules of other forks.
contract GasTraceTest is GasTest {
    string constant STATE = "out/gas/state.json";
    string constant CALLS = "out/gas/calls.txt";

    function setUp() public {
        _setUp(16);
        vm.createDir("out/gas", true);
        vm.dumpState(STATE);
    }

    function test_trace_oneOfEach() public {
        vm.writeFile(CALLS, "");
        vm.warp(START + 20);
        vm.startStateDiffRecording();
        _settle(16, R - 502, _next(R - 503));
        _report("settleBatch and close the next, 16 slots", 0);
        _priceSet(3);
        _report("priceBatch, without an oracle", 0);
        _settle(16, R - 503, _none());
        _report("settleBatch, 16 slots", 0);
        for (uint256 i; i < M - 1; ++i) {
            _open(ALICE, MINIMUM);
        }
        _open(ALICE, MINIMUM);
        _report("open", 0);
        _serve(R - 2000, 0);
        _report("settleRequests, 8 openings", 0);
        _deposit(BOB, 1, MINIMUM);
        _report("deposit", 0);
        _withdraw(1, MINIMUM);
        _report("withdraw", 0);
        vm.warp(START + 40);
        _close(R - 504);
        _report("closeBatch", 0);
    }

    /// @dev Every transaction since the last report, the last one by name.
    function _report(string memory what, uint256) internal override {
        Vm.AccountAccess[] memory accesses = vm.stopAndReturnStateDiff();
        uint256 last;
        for (uint256 i; i < accesses.length; ++i) {
            if (_isTransaction(accesses[i])) last = i;
        }
        for (uint256 i; i <= last; ++i) {
            if (!_isTransaction(accesses[i])) continue;
            vm.writeLine(CALLS, _line(accesses[i], i == last ? what : ""));
        }
        vm.startStateDiffRecording();
    }

    function _isTransaction(Vm.AccountAccess memory access) private view returns (bool) {
        bool isOurs = access.account == address(settlement) || access.account == address(vault);
        return access.kind == 0 && isOurs && access.accessor != address(settlement);
    }

    /// @dev Name, time, sender, receiver, value and data, by tabs.
    function _line(Vm.AccountAccess memory access, string memory what) private view returns (string memory) {
        string memory head = string.concat(what, "\t", vm.toString(block.timestamp), "\t");
        string memory who =
            string.concat(vm.toString(access.accessor), "\t", vm.toString(access.account), "\t");
        return string.concat(head, who, vm.toString(access.value), "\t", vm.toString(access.data));
    }
}
