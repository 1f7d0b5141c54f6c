// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";

import {IOracle} from "../src/interfaces/IOracle.sol";
import {IPriceSource} from "../src/interfaces/IPriceSource.sol";
import {Oracle} from "../src/oracle/Oracle.sol";
import {PriceWords} from "../src/oracle/PriceWords.sol";
import {Test} from "./Test.sol";

/// @dev Long for one file: every check of `pricesAt` needs its neighbours passed, so all share one oracle.
contract OracleTest is Test {
    uint64 constant START = 1_000_000;
    uint16 constant LISTED = 0x8081; // instruments 0, 7 and 15: one in each word
    uint256 constant PRICE = 1_000_000;

    Oracle oracle;
    uint256[] secrets; // by rising address
    address[] signers;

    function setUp() public {
        vm.warp(START);
        for (uint256 secret = 1; secret <= 4; ++secret) {
            _insert(secret);
        }
        oracle = new Oracle(signers, LISTED, _bounds());
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
        IOracle.Bounds[4] memory bounds = [_bounds(), _bounds(), _bounds(), _bounds()];
        bounds[0].maxDeviation = 0;
        bounds[1].maxDeviation = 10_000;
        bounds[2].maxJump = 0;
        bounds[3].jumpPeriod = 0;
        for (uint256 i; i < 4; ++i) {
            expectError(IOracle.InvalidBounds.selector);
            new Oracle(signers, LISTED, bounds[i]);
        }
        expectError(IOracle.InvalidBounds.selector);
        new Oracle(signers, 0, _bounds());
    }

    // --- the median ---

    function test_pricesAt_isTheMedian() public view {
        uint256[4] memory given = [PRICE + 30, PRICE, PRICE + 10, PRICE - 10];
        IOracle.Report[] memory reports = new IOracle.Report[](4);
        for (uint256 i; i < 4; ++i) {
            reports[i] = _report(i, START, _words(given[i]));
        }
        uint256[3] memory words = _read(START, reports);
        for (uint256 i; i < 3; ++i) {
            assertEq(words[i], _words(PRICE)[i]); // the lower one of an even number
        }
    }

    /// @dev Each instrument has its own median: none of the reports has all three.
    function test_pricesAt_takesTheMedianPerInstrument() public view {
        IOracle.Report[] memory reports = new IOracle.Report[](3);
        for (uint256 i; i < 3; ++i) {
            uint256[3] memory words;
            words[0] = PRICE + i;
            words[1] = PRICE + (i + 1) % 3;
            words[2] = (PRICE + (i + 2) % 3) << 36;
            reports[i] = _report(i, START, words);
        }
        uint256[3] memory medians = _read(START, reports);
        assertEq(medians[0], PRICE + 1);
        assertEq(medians[1], PRICE + 1);
        assertEq(medians[2], (PRICE + 1) << 36);
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
            uint256 price = i == liar ? lie : honest;
            if (i != liar) honest += 7;
            if (i != omitted) reports[next++] = _report(i, START, _words(price));
        }
        uint256[3] memory words = _read(START, reports);
        assertTrue(words[0] >= PRICE - 7 && words[0] <= PRICE + 7);
    }

    // --- who may report ---

    function test_pricesAt_revertsWhenQuorumIsMissing() public {
        expectError(IOracle.QuorumMissing.selector, 2, 3);
        this.read(START, _reports(2, START, PRICE));
    }

    function test_pricesAt_revertsWhenSignerIsUnknown() public {
        IOracle.Report[] memory reports = _reports(3, START, PRICE);
        reports[1].signature = _sign(77, START, reports[1].words);
        expectError(IOracle.UnknownSigner.selector, vm.addr(77));
        this.read(START, reports);
    }

    function test_pricesAt_revertsWhenSignerRepeats() public {
        IOracle.Report[] memory reports = _reports(3, START, PRICE);
        reports[1] = _report(0, START, _words(PRICE + 1));
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

    /// @dev A signature covers the moment and each word: altering any recovers somebody else.
    function testFuzz_pricesAt_revertsWhenSignedDataDiffers(uint256 which) public {
        which %= 4;
        IOracle.Report[] memory reports = _reports(3, START, PRICE);
        uint256[3] memory words = _words(PRICE);
        if (which < 3) words[which] += 1;
        reports[0].signature = _sign(secrets[0], which == 3 ? START - 1 : START, words);
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
        oracle.pricesAt(START, hex"c0ffee", 0, _words(0));
    }

    // --- when and what ---

    function test_pricesAt_revertsWhenTheMomentIsInTheFuture() public {
        IOracle.Report[] memory reports = _reports(3, START + 1, PRICE);
        expectError(IPriceSource.TimeInFuture.selector, START + 1, START);
        this.read(START + 1, reports);
    }

    function test_pricesAt_revertsWhenAReportDeviates() public {
        IOracle.Report[] memory reports = _reports(3, START, PRICE);
        reports[2] = _report(2, START, _words(PRICE + PRICE / 100 + 1));
        expectError(IOracle.DeviationTooLarge.selector, 0, PRICE + PRICE / 100 + 1, PRICE);
        this.read(START, reports);
        reports[2] = _report(2, START, _words(PRICE - PRICE / 100 - 1));
        expectError(IOracle.DeviationTooLarge.selector, 0, PRICE - PRICE / 100 - 1, PRICE);
        this.read(START, reports);
        reports[2] = _report(2, START, _words(PRICE + PRICE / 100));
        _read(START, reports);
    }

    function test_pricesAt_revertsWhenAListedPriceIsMissing() public {
        IOracle.Report[] memory reports = _reports(3, START, PRICE);
        uint256[3] memory words = _words(PRICE);
        words[1] = 0;
        reports[1] = _report(1, START, words);
        expectError(IOracle.PriceMissing.selector, 7);
        this.read(START, reports);
    }

    function test_pricesAt_revertsWhenAnUnlistedPriceIsGiven() public {
        IOracle.Report[] memory reports = _reports(3, START, PRICE);
        uint256[3] memory words = _words(PRICE);
        words[0] |= 1 << 36;
        reports[1] = _report(1, START, words);
        expectError(IOracle.PriceUnlisted.selector, 1);
        this.read(START, reports);
    }

    function test_pricesAt_revertsWhenUnusedBitsAreSet() public {
        uint8[3] memory free = [252, 252, 72];
        for (uint256 i; i < 3; ++i) {
            IOracle.Report[] memory reports = _reports(3, START, PRICE);
            uint256[3] memory words = _words(PRICE);
            words[i] |= 2 ** uint256(free[i]);
            reports[0] = _report(0, START, words);
            expectError(PriceWords.UnusedBits.selector, i, words[i]);
            this.read(START, reports);
        }
    }

    // --- jumps ---

    function test_pricesAt_revertsWhenTheMedianJumps() public {
        uint256 limit = PRICE * 5 / 100;
        expectError(IOracle.JumpTooLarge.selector, 0, PRICE + limit + 1, PRICE);
        this.readAfter(START, PRICE + limit + 1, START - 1);
        expectError(IOracle.JumpTooLarge.selector, 0, PRICE - limit - 1, PRICE);
        this.readAfter(START, PRICE - limit - 1, START - 1);
        this.readAfter(START, PRICE + limit, START - 1);
    }

    /// @dev The way out: whatever the true price, some wait makes it admissible.
    function testFuzz_pricesAt_anyPriceIsAdmissibleAfterAWait(uint256 price) public {
        price = bound(price, 1, 2 ** 36 - 1);
        uint256 distance = price > PRICE ? price - PRICE : PRICE - price;
        // 5 % more per 600 seconds.
        uint256 periods = distance * 20 / PRICE;
        uint64 time = START + 1 + uint64(600 * periods);
        if (distance * 20 > PRICE * (periods + 1)) time += 600;
        vm.warp(time);
        assertEq(this.readAfter(time, price, START)[0], price);
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

    function read(uint64 time, IOracle.Report[] calldata reports) external view returns (uint256[3] memory) {
        return _read(time, reports);
    }

    function readAfter(uint64 time, uint256 price, uint64 previousTime)
        external
        view
        returns (uint256[3] memory)
    {
        return oracle.pricesAt(time, abi.encode(_reports(3, time, price)), previousTime, _words(PRICE));
    }

    function _read(uint64 time, IOracle.Report[] memory reports) private view returns (uint256[3] memory) {
        return oracle.pricesAt(time, abi.encode(reports), 0, _words(0));
    }

    function _bounds() private pure returns (IOracle.Bounds memory) {
        return IOracle.Bounds({maxDeviation: 100, maxJump: 500, jumpPeriod: 600});
    }

    function _words(uint256 price) private pure returns (uint256[3] memory) {
        return [price, price, price << 36];
    }

    function _reports(uint256 count, uint64 time, uint256 price)
        private
        view
        returns (IOracle.Report[] memory reports)
    {
        reports = new IOracle.Report[](count);
        for (uint256 i; i < count; ++i) {
            reports[i] = _report(i, time, _words(price));
        }
    }

    function _report(uint256 signer, uint64 time, uint256[3] memory words)
        private
        view
        returns (IOracle.Report memory)
    {
        return IOracle.Report(words, _sign(secrets[signer], time, words));
    }

    function _sign(uint256 secret, uint64 time, uint256[3] memory words) private view returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(secret, _digest(time, words));
        return abi.encodePacked(r, s, v);
    }

    /// @dev EIP-712 written out, so that a client can copy it.
    function _digest(uint64 time, uint256[3] memory words) private view returns (bytes32) {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256(
                    "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
                ),
                keccak256("Undertow Oracle"),
                keccak256("1"),
                block.chainid,
                oracle
            )
        );
        bytes32 report = keccak256(
            abi.encode(
                keccak256("Report(uint64 time,uint256 word0,uint256 word1,uint256 word2)"),
                time,
                words[0],
                words[1],
                words[2]
            )
        );
        return keccak256(abi.encodePacked(hex"1901", domain, report));
    }

    function _insert(uint256 secret) private {
        address signer = vm.addr(secret);
        secrets.push(secret);
        signers.push(signer);
        for (uint256 i = signers.length - 1; i > 0 && signers[i - 1] > signer; --i) {
            (signers[i], signers[i - 1]) = (signers[i - 1], signers[i]);
            (secrets[i], secrets[i - 1]) = (secrets[i - 1], secrets[i]);
        }
    }
}
