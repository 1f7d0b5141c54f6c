// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IPriceSource} from "../src/interfaces/IPriceSource.sol";
import {IOracle} from "../src/interfaces/IOracle.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";

import {Oracle} from "../src/oracle/Oracle.sol";
import {PriceWords} from "../src/oracle/PriceWords.sol";
import {Test} from "./Test.sol";

/// @dev Long for one file: every check of `submit` needs its neighbours passed, so all share one oracle.
contract OracleTest is Test {
    uint64 constant START = 1_000_000;
    uint16 constant LISTED = 0x8081; // instruments 0, 7 and 15: one in each word
    uint256 constant PRICE = 1_000_000;

    Oracle oracle;
    uint256[] secrets; // by rising address
    address[] signers;

    function setUp() public {
        vm.warp(START);
        for (uint256 secret = 1; secret <= 5; ++secret) {
            _insert(secret);
        }
        oracle = new Oracle(signers, 3, LISTED, _bounds());
    }

    // --- construction ---

    function test_constructor_revertsWithoutSigners() public {
        expectError(IOracle.InvalidSigners.selector, 0, 32);
        new Oracle(new address[](0), 1, LISTED, _bounds());
    }

    function test_constructor_revertsWithTooManySigners() public {
        expectError(IOracle.InvalidSigners.selector, 33, 32);
        new Oracle(new address[](33), 17, LISTED, _bounds());
    }

    function test_constructor_revertsWhenQuorumIsNoMajorityOrTooLarge() public {
        expectError(IOracle.InvalidQuorum.selector, 2, 5);
        new Oracle(signers, 2, LISTED, _bounds());
        expectError(IOracle.InvalidQuorum.selector, 6, 5);
        new Oracle(signers, 6, LISTED, _bounds());
    }

    function test_constructor_revertsWhenSignersRepeatOrAreZero() public {
        signers[1] = signers[0];
        expectError(IOracle.SignersNotAscending.selector, signers[0], signers[0]);
        new Oracle(signers, 3, LISTED, _bounds());
        signers[0] = address(0);
        expectError(IOracle.SignersNotAscending.selector, address(0), address(0));
        new Oracle(signers, 3, LISTED, _bounds());
    }

    function test_constructor_revertsForEachMissingBound() public {
        IOracle.Bounds[5] memory bounds = [_bounds(), _bounds(), _bounds(), _bounds(), _bounds()];
        bounds[0].maxAge = 0;
        bounds[1].maxDeviation = 0;
        bounds[2].maxDeviation = 10_000;
        bounds[3].maxJump = 0;
        bounds[4].jumpPeriod = 0;
        for (uint256 i; i < 5; ++i) {
            expectError(IOracle.InvalidBounds.selector);
            new Oracle(signers, 3, LISTED, bounds[i]);
        }
        expectError(IOracle.InvalidBounds.selector);
        new Oracle(signers, 3, 0, _bounds());
    }

    // --- rounds ---

    function test_submit_storesTheMedians() public {
        uint256[5] memory given = [PRICE + 30, PRICE, PRICE + 10, PRICE + 20, PRICE - 10];
        IOracle.Report[] memory reports = new IOracle.Report[](5);
        for (uint256 i; i < 5; ++i) {
            reports[i] = _report(i, 1, START, _words(given[i]));
        }
        vm.expectEmit(address(oracle));
        emit IPriceSource.RoundRecorded(1, START, _words(PRICE + 10));
        oracle.submit(1, START, reports);
        (uint64 time, uint256[3] memory words) = oracle.round(1);
        assertEq(time, START);
        for (uint256 i; i < 3; ++i) {
            assertEq(words[i], _words(PRICE + 10)[i]);
        }
        assertEq(oracle.latestRound(), 1);
    }

    /// @dev Each instrument has its own median: none of the reports has all three.
    function test_submit_takesTheMedianPerInstrument() public {
        IOracle.Report[] memory reports = new IOracle.Report[](3);
        for (uint256 i; i < 3; ++i) {
            uint256[3] memory words;
            words[0] = PRICE + i;
            words[1] = PRICE + (i + 1) % 3;
            words[2] = (PRICE + (i + 2) % 3) << 36;
            reports[i] = _report(i, 1, START, words);
        }
        oracle.submit(1, START, reports);
        (, uint256[3] memory medians) = oracle.round(1);
        assertEq(medians[0], PRICE + 1);
        assertEq(medians[1], PRICE + 1);
        assertEq(medians[2], (PRICE + 1) << 36);
    }

    function test_submit_takesTheLowerMedianOfAnEvenNumber() public {
        IOracle.Report[] memory reports = new IOracle.Report[](4);
        for (uint256 i; i < 4; ++i) {
            reports[i] = _report(i, 1, START, _words(PRICE + i));
        }
        oracle.submit(1, START, reports);
        (, uint256[3] memory words) = oracle.round(1);
        assertEq(words[0], PRICE + 1);
    }

    /// @dev A lone liar moves the median at most to a neighbour's price.
    function testFuzz_submit_aLoneLiarStaysBetweenTheHonest(uint256 liar, uint256 lie) public {
        liar %= 3;
        lie = bound(lie, PRICE - PRICE / 100, PRICE + PRICE / 100);
        IOracle.Report[] memory reports = new IOracle.Report[](3);
        uint256 honest = PRICE;
        for (uint256 i; i < 3; ++i) {
            reports[i] = _report(i, 1, START, _words(i == liar ? lie : honest++));
        }
        oracle.submit(1, START, reports);
        (, uint256[3] memory words) = oracle.round(1);
        assertTrue(words[0] >= PRICE && words[0] <= PRICE + 1);
    }

    function test_submit_keepsEarlierRounds() public {
        _submit(1, START, PRICE);
        vm.warp(START + 1);
        _submit(2, START + 1, PRICE + 5);
        (uint64 time, uint256[3] memory words) = oracle.round(1);
        assertEq(time, START);
        assertEq(words[0], PRICE);
        assertEq(oracle.latestRound(), 2);
    }

    function test_round_revertsWhenUnknown() public {
        expectError(IPriceSource.UnknownRound.selector, 0, 0);
        oracle.round(0);
        expectError(IPriceSource.UnknownRound.selector, 1, 0);
        oracle.round(1);
    }

    // --- who may report ---

    function test_submit_revertsWhenQuorumIsMissing() public {
        expectError(IOracle.QuorumMissing.selector, 2, 3);
        oracle.submit(1, START, _reports(2, 1, START, PRICE));
    }

    function test_submit_revertsWhenSignerIsUnknown() public {
        IOracle.Report[] memory reports = _reports(3, 1, START, PRICE);
        reports[1].signature = _sign(77, 1, START, reports[1].words);
        expectError(IOracle.UnknownSigner.selector, vm.addr(77));
        oracle.submit(1, START, reports);
    }

    function test_submit_revertsWhenSignerRepeats() public {
        IOracle.Report[] memory reports = _reports(3, 1, START, PRICE);
        reports[1] = reports[0];
        expectError(IOracle.SignersNotAscending.selector, signers[0], signers[0]);
        oracle.submit(1, START, reports);
    }

    function test_submit_revertsWhenSignersDescend() public {
        IOracle.Report[] memory reports = _reports(3, 1, START, PRICE);
        (reports[0], reports[1]) = (reports[1], reports[0]);
        expectError(IOracle.SignersNotAscending.selector, signers[0], signers[1]);
        oracle.submit(1, START, reports);
    }

    function test_submit_revertsWhenSignatureIsMalformed() public {
        IOracle.Report[] memory reports = _reports(3, 1, START, PRICE);
        reports[2].signature = new bytes(64);
        expectError(ECDSA.ECDSAInvalidSignatureLength.selector, 64);
        oracle.submit(1, START, reports);
    }

    /// @dev A signature covers round, time and each word: altering any recovers somebody else.
    function testFuzz_submit_revertsWhenSignedDataDiffers(uint256 which) public {
        which %= 5;
        IOracle.Report[] memory reports = _reports(3, 1, START, PRICE);
        uint256[3] memory words = _words(PRICE);
        if (which < 3) words[which] += 1;
        reports[0].signature = _sign(secrets[0], which == 3 ? 2 : 1, which == 4 ? START - 1 : START, words);
        (bool done, bytes memory reason) =
            address(oracle).call(abi.encodeCall(oracle.submit, (1, START, reports)));
        assertFalse(done);
        assertEq(uint32(bytes4(reason)), uint32(IOracle.UnknownSigner.selector));
    }

    function test_submit_revertsWhenSignedForAnotherContractOrChain() public {
        Oracle other = new Oracle(signers, 3, LISTED, _bounds());
        IOracle.Report[] memory reports = _reports(3, 1, START, PRICE);
        (bool done,) = address(other).call(abi.encodeCall(other.submit, (1, START, reports)));
        assertFalse(done);
        vm.chainId(5);
        (done,) = address(oracle).call(abi.encodeCall(oracle.submit, (1, START, reports)));
        assertFalse(done);
    }

    // --- when ---

    function test_submit_revertsWhenRoundIsNotTheNext() public {
        IOracle.Report[] memory reports = _reports(3, 2, START, PRICE);
        expectError(IOracle.WrongRound.selector, 2, 1);
        oracle.submit(2, START, reports);
        _submit(1, START, PRICE);
        reports = _reports(3, 1, START, PRICE);
        expectError(IOracle.WrongRound.selector, 1, 2);
        oracle.submit(1, START, reports);
    }

    function test_submit_revertsWhenTimeIsInTheFuture() public {
        IOracle.Report[] memory reports = _reports(3, 1, START + 1, PRICE);
        expectError(IOracle.TimeInFuture.selector, START + 1, START);
        oracle.submit(1, START + 1, reports);
    }

    function test_submit_revertsWhenTooOld() public {
        IOracle.Report[] memory reports = _reports(3, 1, START - 61, PRICE);
        expectError(IOracle.TooOld.selector, START - 61, START);
        oracle.submit(1, START - 61, reports);
        _submit(1, START - 60, PRICE);
    }

    function test_submit_revertsWhenTimeDoesNotRise() public {
        _submit(1, START, PRICE);
        IOracle.Report[] memory reports = _reports(3, 2, START, PRICE);
        expectError(IPriceSource.TimeNotAfterPrevious.selector, START, START);
        oracle.submit(2, START, reports);
    }

    // --- what ---

    function test_submit_revertsWhenAReportDeviates() public {
        IOracle.Report[] memory reports = _reports(3, 1, START, PRICE);
        reports[2] = _report(2, 1, START, _words(PRICE + PRICE / 100 + 1));
        expectError(IOracle.DeviationTooLarge.selector, 0, PRICE + PRICE / 100 + 1, PRICE);
        oracle.submit(1, START, reports);
        reports[2] = _report(2, 1, START, _words(PRICE - PRICE / 100 - 1));
        expectError(IOracle.DeviationTooLarge.selector, 0, PRICE - PRICE / 100 - 1, PRICE);
        oracle.submit(1, START, reports);
        reports[2] = _report(2, 1, START, _words(PRICE + PRICE / 100));
        oracle.submit(1, START, reports);
    }

    function test_submit_revertsWhenAListedPriceIsMissing() public {
        IOracle.Report[] memory reports = _reports(3, 1, START, PRICE);
        uint256[3] memory words = _words(PRICE);
        words[1] = 0;
        reports[1] = _report(1, 1, START, words);
        expectError(IOracle.PriceMissing.selector, 7);
        oracle.submit(1, START, reports);
    }

    function test_submit_revertsWhenAnUnlistedPriceIsGiven() public {
        IOracle.Report[] memory reports = _reports(3, 1, START, PRICE);
        uint256[3] memory words = _words(PRICE);
        words[0] |= 1 << 36;
        reports[1] = _report(1, 1, START, words);
        expectError(IOracle.PriceUnlisted.selector, 1);
        oracle.submit(1, START, reports);
    }

    function test_submit_revertsWhenUnusedBitsAreSet() public {
        uint8[3] memory free = [252, 252, 72];
        for (uint256 i; i < 3; ++i) {
            IOracle.Report[] memory reports = _reports(3, 1, START, PRICE);
            uint256[3] memory words = _words(PRICE);
            words[i] |= 2 ** uint256(free[i]);
            reports[0] = _report(0, 1, START, words);
            expectError(PriceWords.UnusedBits.selector, i, words[i]);
            oracle.submit(1, START, reports);
        }
    }

    // --- jumps ---

    function test_submit_revertsWhenTheMedianJumps() public {
        _submit(1, START, PRICE);
        vm.warp(START + 1);
        uint256 limit = PRICE * 5 / 100;
        IOracle.Report[] memory reports = _reports(3, 2, START + 1, PRICE + limit + 1);
        expectError(IOracle.JumpTooLarge.selector, 0, PRICE + limit + 1, PRICE);
        oracle.submit(2, START + 1, reports);
        reports = _reports(3, 2, START + 1, PRICE - limit - 1);
        expectError(IOracle.JumpTooLarge.selector, 0, PRICE - limit - 1, PRICE);
        oracle.submit(2, START + 1, reports);
        _submit(2, START + 1, PRICE + limit);
    }

    /// @dev The way out: whatever the true price, some wait makes it admissible.
    function testFuzz_submit_anyPriceIsAdmissibleAfterAWait(uint256 price) public {
        _submit(1, START, PRICE);
        price = bound(price, 1, 2 ** 36 - 1);
        uint256 distance = price > PRICE ? price - PRICE : PRICE - price;
        // 5 % more per 600 seconds.
        uint256 periods = distance * 20 / PRICE;
        uint64 time = START + 1 + uint64(600 * periods);
        vm.warp(time);
        if (distance * 20 > PRICE * (periods + 1)) time += 600;
        vm.warp(time);
        _submit(2, time, price);
        (, uint256[3] memory words) = oracle.round(2);
        assertEq(words[0], price);
    }

    function test_allowedJump_widensByPeriod() public view {
        assertEq(oracle.allowedJump(0), 500);
        assertEq(oracle.allowedJump(599), 500);
        assertEq(oracle.allowedJump(600), 1000);
        assertEq(oracle.allowedJump(6000), 5500);
    }

    function _bounds() private pure returns (IOracle.Bounds memory) {
        return IOracle.Bounds({maxAge: 60, maxDeviation: 100, maxJump: 500, jumpPeriod: 600});
    }

    function _words(uint256 price) private pure returns (uint256[3] memory) {
        return [price, price, price << 36];
    }

    function _submit(uint64 roundId, uint64 time, uint256 price) private {
        oracle.submit(roundId, time, _reports(3, roundId, time, price));
    }

    function _reports(uint256 count, uint64 roundId, uint64 time, uint256 price)
        private
        view
        returns (IOracle.Report[] memory reports)
    {
        reports = new IOracle.Report[](count);
        for (uint256 i; i < count; ++i) {
            reports[i] = _report(i, roundId, time, _words(price));
        }
    }

    function _report(uint256 signer, uint64 roundId, uint64 time, uint256[3] memory words)
        private
        view
        returns (IOracle.Report memory)
    {
        return IOracle.Report(words, _sign(secrets[signer], roundId, time, words));
    }

    function _sign(uint256 secret, uint64 roundId, uint64 time, uint256[3] memory words)
        private
        view
        returns (bytes memory)
    {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(secret, _digest(roundId, time, words));
        return abi.encodePacked(r, s, v);
    }

    /// @dev EIP-712 written out, so that a client can copy it.
    function _digest(uint64 roundId, uint64 time, uint256[3] memory words) private view returns (bytes32) {
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
                keccak256("Report(uint64 roundId,uint64 time,uint256 word0,uint256 word1,uint256 word2)"),
                roundId,
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
