// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IOracle} from "../src/interfaces/IOracle.sol";
import {Reports} from "./fixture/Reports.sol";

/// @dev Seven signers, of whom two may lie: a quorum is five, a minority three.
contract OracleHaltTest is Reports {
    uint256 constant ALL = 3 << HALTED_AT;

    function setUp() public {
        _deployFor(7);
    }

    // --- who has a price ---

    function test_pricesAt_haltsAloneWhatAMinorityCannotPrice() public view {
        IOracle.Report[] memory reports = _reports(7, START, PRICE);
        uint256 word = _pair(PRICE, 0);
        for (uint256 i; i < 2; ++i) {
            reports[i] = _report(i, START, word);
        }
        _assertMarks(_after(reports), PRICE, PRICE, 0); // five back it
        reports[2] = _report(2, START, word);
        uint256 marks = _after(reports);
        _assertMarks(marks, PRICE, PRICE - 5, 2); // the mark before
    }

    function test_pricesAt_haltsAloneWhatSignersDisagreeOn() public view {
        IOracle.Report[] memory reports = _reports(7, START, PRICE);
        uint256 word = _pair(PRICE, PRICE + PRICE / 100);
        for (uint256 i = 4; i < 7; ++i) {
            reports[i] = _report(i, START, word);
        }
        _assertMarks(_after(reports), PRICE, PRICE, 0);
        word = _pair(PRICE, PRICE + PRICE / 100 + 1);
        for (uint256 i = 4; i < 7; ++i) {
            reports[i] = _report(i, START, word);
        }
        _assertMarks(_after(reports), PRICE, PRICE - 5, 2);
    }

    /// @dev Before its first price a halted underlying has no mark either.
    function test_pricesAt_haltsWhatNeverHadAPrice() public view {
        assertEq(_read(START, _reports(7, START, 0)), ALL);
    }

    /// @dev Whom the word before halted has its price like any other.
    function test_pricesAt_endsAHalt() public view {
        uint256 before = _word(PRICE - 5) | ALL;
        bytes memory evidence = abi.encode(_reports(7, START, PRICE));
        _assertMarks(oracle.pricesAt(START, evidence, START - 60, before), PRICE, PRICE, 0);
    }

    /// @dev A report that one liar spoils leaves four of five: not enough for a price, nor for none.
    function test_pricesAt_revertsWhenEvidenceDecidesNothing() public {
        IOracle.Report[] memory reports = _reports(5, START, PRICE);
        uint256 word = _pair(PRICE, 0);
        reports[4] = _report(4, START, word);
        expectError(IOracle.Inconclusive.selector, 1, 4, 5);
        this.read(START, reports);
        word = _pair(PRICE, PRICE + PRICE / 100 + 1);
        reports[4] = _report(4, START, word);
        vm.warp(START + 29);
        expectError(IOracle.Inconclusive.selector, 1, 4, 5);
        this.read(START, reports);
    }

    /// @dev Else two who are silent and one without a feed would stop every underlying.
    function test_pricesAt_haltsInTheEndWhatEvidenceDoesNotDecide() public {
        IOracle.Report[] memory reports = _reports(5, START, PRICE);
        uint256 word = _pair(PRICE, 0);
        reports[4] = _report(4, START, word);
        vm.warp(START + 30);
        _assertMarks(_after(reports), PRICE, PRICE - 5, 2);
    }

    /// @dev P3, P8. Two liars who see what the others report sign what they like, and post whichever quorum they
    ///      like: a price lies between two honest reports; where the honest agree there is one, or the evidence
    ///      decides nothing; where a minority of them has none there is none.
    function testFuzz_pricesAt_isWhatTheHonestSay(uint256 seed, uint256 absent, uint256 left) public view {
        absent = bound(absent, 0, 5);
        left = bound(left, 5, 7);
        IOracle.Report[] memory reports = new IOracle.Report[](left);
        uint256 omitted = 7 - left;
        uint256 next;
        // By rising address: the liars are the two from some place on, and so are those left out.
        for (uint256 i; i < 7; ++i) {
            if ((i + 7 - seed % 7) % 7 < omitted) continue;
            reports[next++] = _report(i, START, _word(_said((i + (seed >> 8)) % 7, absent, seed)));
        }
        try this.read(START, reports) returns (uint256 marks) {
            bool halted = marks >> HALTED_AT != 0;
            if (halted) assertTrue(absent > 0);
            else assertTrue(absent < 3 && _first(marks) >= PRICE && _first(marks) <= PRICE + 4);
        } catch (bytes memory reason) {
            assertEq(uint32(bytes4(reason)), uint32(IOracle.Inconclusive.selector));
            assertTrue(left < 7 || absent > 0);
        }
    }

    // --- jumps ---

    function test_pricesAt_haltsAJumpAndMovesTheMarkPartOfTheWay() public view {
        uint256 limit = PRICE * 5 / 100;
        _assertMarks(_jumped(PRICE + limit, 60), PRICE + limit, PRICE + limit, 0);
        // 5 % in 600 seconds, so 0.5 % in 60.
        uint256 step = PRICE / 200;
        _assertMarks(_jumped(PRICE + limit + 1, 60), PRICE + step, PRICE + step, LISTED);
        _assertMarks(_jumped(PRICE - limit, 60), PRICE - limit, PRICE - limit, 0);
        _assertMarks(_jumped(PRICE - limit - 1, 60), PRICE - step, PRICE - step, LISTED);
    }

    /// @dev Whatever the true price, some silence makes it admissible.
    function testFuzz_pricesAt_anyPriceIsAdmissibleAfterAWait(uint256 price) public {
        price = bound(price, 1, 2 ** 26 - 1);
        uint256 distance = price > PRICE ? price - PRICE : PRICE - price;
        // 5 % more per 600 seconds.
        uint256 periods = distance * 20 / PRICE;
        if (distance * 20 > PRICE * (periods + 1)) ++periods;
        vm.warp(START + 600 * periods);
        _assertMarks(_jumped(price, 600 * periods), price, price, 0);
    }

    /// @dev And where batches go on meanwhile, the mark walks to it and never beyond.
    /// forge-config: default.fuzz.runs = 32
    function testFuzz_pricesAt_theMarkWalksToAnyPrice(uint256 before, uint256 price) public {
        before = bound(before, 1, 2 ** 23 - 1);
        price = bound(price, before / 8 + 1, before * 8);
        uint256 batches;
        for (; batches < 45; ++batches) {
            vm.warp(block.timestamp + 600);
            uint64 time = uint64(block.timestamp);
            bytes memory evidence = abi.encode(_reports(5, time, price));
            uint256 marks = oracle.pricesAt(time, evidence, time - 600, _word(before));
            if (marks >> HALTED_AT == 0) break;
            assertTrue(before < price ? _first(marks) > before : _first(marks) < before);
            assertTrue(before < price ? _first(marks) <= price : _first(marks) >= price);
            before = _first(marks);
        }
        assertTrue(batches < 45);
    }

    /// @dev A liar's or a poster's zeros do not free a price from the bound: the mark of before the halt counts.
    function test_pricesAt_aHaltFreesNoJump() public {
        uint256 marks = oracle.pricesAt(START, abi.encode(_reports(7, START, 0)), START - 60, _word(PRICE));
        _assertMarks(marks, PRICE, PRICE, LISTED);
        vm.warp(START + 60);
        bytes memory evidence = abi.encode(_reports(7, START + 60, PRICE * 2));
        marks = oracle.pricesAt(START + 60, evidence, START, marks);
        _assertMarks(marks, PRICE + PRICE / 200, PRICE + PRICE / 200, LISTED);
    }

    function _said(uint256 place, uint256 absent, uint256 seed) private pure returns (uint256) {
        if (place < 5) return place < absent ? 0 : PRICE + place;
        // A liar: nothing, near or far.
        uint256 lie = uint256(keccak256(abi.encode(seed, place))) % 5;
        return [uint256(0), PRICE - 100, PRICE + 100, PRICE / 2, PRICE * 2][lie];
    }

    function _after(IOracle.Report[] memory reports) private view returns (uint256) {
        return oracle.pricesAt(START, abi.encode(reports), START - 60, _word(PRICE - 5));
    }

    function _jumped(uint256 price, uint256 elapsed) private view returns (uint256) {
        uint64 time = uint64(block.timestamp);
        bytes memory evidence = abi.encode(_reports(5, time, price));
        return oracle.pricesAt(time, evidence, time - uint64(elapsed), _word(PRICE));
    }

    /// @dev Both marks, and who is halted.
    function _assertMarks(uint256 marks, uint256 first, uint256 second, uint256 halted) private pure {
        assertEq(_first(marks), first);
        assertEq(_second(marks), second);
        assertEq(marks >> HALTED_AT, halted);
    }
}
