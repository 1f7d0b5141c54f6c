// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";

import {IOracle} from "../src/interfaces/IOracle.sol";
import {IPriceSource} from "../src/interfaces/IPriceSource.sol";
import {Oracle} from "../src/oracle/Oracle.sol";
import {PriceWords} from "../src/oracle/PriceWords.sol";
import {Reports} from "./fixture/Reports.sol";

/// @dev Who may report what; whether an underlying has a price then is OracleHalt.t.sol.
contract OracleTest is Reports {
    function setUp() public {
        _deployFor(4);
    }

    // --- construction ---

    function test_constructor_takesAQuorumOfTwoThirds() public {
        assertEq(oracle.QUORUM(), 3);
        for (uint256 secret = 5; secret <= 7; ++secret) {
            _insert(secret);
        }
        assertEq(new Oracle(signers, LISTED, _bounds()).QUORUM(), 5);
    }

    /// @dev One of three would outvote nobody: two honest ones left, and a poster that omits one of them.
    function test_constructor_revertsUnlessSignersAreThreeTimesTheLiarsAndOne() public {
        for (uint256 count; count <= 34; ++count) {
            if (count >= 4 && count <= 31 && count % 3 == 1) continue;
            expectError(IOracle.InvalidSigners.selector, count, 31);
            new Oracle(new address[](count), LISTED, _bounds());
        }
    }

    function test_constructor_revertsWhenSignersRepeatOrAreZero() public {
        signers[1] = signers[0];
        expectError(IOracle.SignersNotAscending.selector, signers[0], signers[0]);
        new Oracle(signers, LISTED, _bounds());
        signers[0] = address(0);
        expectError(IOracle.SignersNotAscending.selector, address(0), address(0));
        new Oracle(signers, LISTED, _bounds());
    }

    function test_constructor_revertsForEachMissingBound() public {
        IOracle.Bounds[5] memory bounds = [_bounds(), _bounds(), _bounds(), _bounds(), _bounds()];
        bounds[0].maxDeviation = 0;
        bounds[1].maxDeviation = 10_000;
        bounds[2].maxJump = 0;
        bounds[3].jumpPeriod = 0;
        bounds[4].patience = 0;
        for (uint256 i; i < 5; ++i) {
            expectError(IOracle.InvalidBounds.selector);
            new Oracle(signers, LISTED, bounds[i]);
        }
        for (uint256 listed; listed < 5; listed += 4) {
            expectError(IOracle.InvalidBounds.selector);
            new Oracle(signers, listed, _bounds());
        }
    }

    // --- the median ---

    function test_pricesAt_isTheMedian() public view {
        uint256[4] memory given = [PRICE + 30, PRICE, PRICE + 10, PRICE - 10];
        IOracle.Report[] memory reports = new IOracle.Report[](4);
        for (uint256 i; i < 4; ++i) {
            reports[i] = _report(i, START, _word(given[i]));
        }
        assertEq(_read(START, reports), _word(PRICE)); // the lower one of an even number
    }

    /// @dev Each underlying has its own median: none of the reports has both.
    function test_pricesAt_takesTheMedianPerUnderlying() public view {
        IOracle.Report[] memory reports = new IOracle.Report[](3);
        for (uint256 i; i < 3; ++i) {
            reports[i] = _report(i, START, _pair(PRICE + i, PRICE + (i + 1) % 3));
        }
        assertEq(_read(START, reports), _word(PRICE + 1));
    }

    /// @dev P3. One liar of four, who sees the honest reports, signs what it likes and posts whichever quorum it
    ///      likes: the price is one of an honest report or between two.
    function testFuzz_pricesAt_staysWithinWhatTheHonestReport(uint256 liar, uint256 lie, uint256 omitted)
        public
        view
    {
        liar %= 4;
        omitted = bound(omitted, 0, 4); // 4: nobody
        lie = bound(lie, PRICE - PRICE / 111, PRICE + PRICE / 111);
        uint256 count = omitted == 4 ? 4 : 3;
        IOracle.Report[] memory reports = new IOracle.Report[](count);
        uint256 honest = PRICE - 7;
        uint256 next;
        for (uint256 i; i < 4; ++i) {
            uint256 said = i == liar ? lie : honest;
            if (i != liar) honest += 7;
            if (i != omitted) reports[next++] = _report(i, START, _word(said));
        }
        uint256 price = _first(_read(START, reports));
        assertTrue(price >= PRICE - 7 && price <= PRICE + 7);
    }

    // --- who may report ---

    function test_pricesAt_revertsWhenQuorumIsMissing() public {
        expectError(IOracle.QuorumMissing.selector, 2, 3);
        this.read(START, _reports(2, START, PRICE));
    }

    function test_pricesAt_revertsWhenSignerIsUnknown() public {
        IOracle.Report[] memory reports = _reports(3, START, PRICE);
        reports[1].signature = _sign(77, START, reports[1].word);
        expectError(IOracle.UnknownSigner.selector, vm.addr(77));
        this.read(START, reports);
    }

    function test_pricesAt_revertsWhenSignerRepeats() public {
        IOracle.Report[] memory reports = _reports(3, START, PRICE);
        reports[1] = _report(0, START, _word(PRICE + 1));
        expectError(IOracle.SignersNotAscending.selector, signers[0], signers[0]);
        this.read(START, reports);
    }

    function test_pricesAt_revertsWhenSignersDescend() public {
        IOracle.Report[] memory reports = _reports(3, START, PRICE);
        (reports[0], reports[1]) = (reports[1], reports[0]);
        expectError(IOracle.SignersNotAscending.selector, signers[0], signers[1]);
        this.read(START, reports);
    }

    function test_pricesAt_revertsWhenSignatureIsMalformed() public {
        IOracle.Report[] memory reports = _reports(3, START, PRICE);
        reports[2].signature = new bytes(64);
        expectError(ECDSA.ECDSAInvalidSignatureLength.selector, 64);
        this.read(START, reports);
    }

    /// @dev A signature covers the moment and each price: altering any recovers somebody else.
    function testFuzz_pricesAt_revertsWhenSignedDataDiffers(uint256 which) public {
        which %= 3;
        IOracle.Report[] memory reports = _reports(3, START, PRICE);
        uint256 word = _pair(PRICE + (which == 0 ? 1 : 0), PRICE + (which == 1 ? 1 : 0));
        reports[0].signature = _sign(secrets[0], which == 2 ? START - 1 : START, word);
        (bool done, bytes memory reason) = address(this).call(abi.encodeCall(this.read, (START, reports)));
        assertFalse(done);
        assertEq(uint32(bytes4(reason)), uint32(IOracle.UnknownSigner.selector));
    }

    function test_pricesAt_revertsWhenSignedForAnotherContractOrChain() public {
        IOracle.Report[] memory reports = _reports(3, START, PRICE);
        vm.chainId(5);
        (bool done,) = address(this).call(abi.encodeCall(this.read, (START, reports)));
        assertFalse(done);
        vm.chainId(31337);
        this.read(START, reports);
        oracle = new Oracle(signers, LISTED, _bounds());
        (done,) = address(this).call(abi.encodeCall(this.read, (START, reports)));
        assertFalse(done);
    }

    function test_pricesAt_revertsWhenEvidenceIsNotReports() public {
        vm.expectRevert(bytes(""));
        oracle.pricesAt(START, hex"c0ffee", 0, _word(0));
    }

    // --- when and what ---

    function test_pricesAt_revertsWhenTheMomentIsInTheFuture() public {
        IOracle.Report[] memory reports = _reports(3, START + 1, PRICE);
        expectError(IPriceSource.TimeInFuture.selector, START + 1, START);
        this.read(START + 1, reports);
    }

    /// @dev Else one liar's report would spoil every post that it is in.
    function test_pricesAt_ignoresWhatIsNotListed() public {
        oracle = new Oracle(signers, 1, _bounds());
        IOracle.Report[] memory reports = _reports(3, START, PRICE);
        reports[1] = _report(1, START, _pair(PRICE, PRICE / 2));
        assertEq(_read(START, reports), PRICE);
    }

    function test_pricesAt_revertsWhenUnusedBitsAreSet() public {
        for (uint256 bit = 52; bit < 256; bit += 29) {
            IOracle.Report[] memory reports = _reports(3, START, PRICE);
            uint256 word = _word(PRICE) | 2 ** bit;
            reports[0] = _report(0, START, word);
            expectError(PriceWords.UnusedBits.selector, word);
            this.read(START, reports);
        }
    }

    function test_allowedJump_widensByPeriod() public view {
        assertEq(oracle.allowedJump(0), 500);
        assertEq(oracle.allowedJump(599), 500);
        assertEq(oracle.allowedJump(600), 1000);
        assertEq(oracle.allowedJump(6000), 5500);
    }

    function test_deviation_isNone() public view {
        assertEq(oracle.deviation(), 0);
    }

    /// @dev What a deployment compares with its markets and its window.
    function test_listed_andPatienceAreTheConstructors() public view {
        assertEq(oracle.listed(), LISTED);
        assertEq(oracle.patience(), _bounds().patience);
    }
}
