// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";

import {Layout, PRICE_WORDS} from "../generated/Layout.sol";
import {IOracle} from "../interfaces/IOracle.sol";
import {IPriceSource} from "../interfaces/IPriceSource.sol";
import {PriceWords} from "./PriceWords.sol";

/// @title  Oracle
/// @notice Prices as the median of the reports of 2f + 1 among 3f + 1 signers, each for one moment.
/// @dev    Signers and bounds are fixed: nobody holds a key that sets a price. Evidence that breaks a bound is
///         refused whole, so disagreement means no price and no batch.
///         With at most f liars, f + 1 of any 2f + 1 reports are honest. The lower median has at least f reports
///         below it and f above, so an honest one is not above it and an honest one not below: whatever quorum a
///         poster picks, the price is within what honest signers reported.
///         The jump bound cannot halt the venue for ever: it widens by its own size for every `jumpPeriod` since
///         the last price, so a true one always becomes admissible by waiting, a false one only if a quorum
///         keeps signing it all that while.
contract Oracle is IOracle, EIP712 {
    using PriceWords for uint256[PRICE_WORDS];

    bytes32 public constant REPORT_TYPEHASH =
        keccak256("Report(uint64 time,uint256 word0,uint256 word1,uint256 word2)");
    uint256 private constant BASIS_POINTS = 10_000;
    /// @dev Keeps everyone's report well inside a block.
    uint256 private constant MAX_SIGNERS = 31;

    uint256 public immutable QUORUM;
    /// @notice Bit i: instrument i has a price.
    uint16 public immutable LISTED;
    uint32 public immutable MAX_DEVIATION;
    uint32 public immutable MAX_JUMP;
    uint32 public immutable JUMP_PERIOD;

    // Slots: one for each signer, written at construction.
    /// @inheritdoc IOracle
    mapping(address signer => bool registered) public isSigner;

    constructor(address[] memory signers, uint16 listed, Bounds memory bounds)
        EIP712("Undertow Oracle", "1")
    {
        if (signers.length < 4 || signers.length > MAX_SIGNERS || signers.length % 3 != 1) {
            revert InvalidSigners(signers.length, MAX_SIGNERS);
        }
        if (
            listed == 0 || bounds.maxDeviation == 0 || bounds.maxDeviation >= BASIS_POINTS
                || bounds.maxJump == 0 || bounds.jumpPeriod == 0
        ) revert InvalidBounds();
        address previous;
        for (uint256 i; i < signers.length; ++i) {
            if (signers[i] <= previous) revert SignersNotAscending(signers[i], previous);
            previous = signers[i];
            isSigner[previous] = true;
        }
        QUORUM = signers.length / 3 * 2 + 1;
        LISTED = listed;
        MAX_DEVIATION = bounds.maxDeviation;
        MAX_JUMP = bounds.maxJump;
        JUMP_PERIOD = bounds.jumpPeriod;
    }

    /// @inheritdoc IPriceSource
    function pricesAt(
        uint64 time,
        bytes calldata evidence,
        uint64 previousTime,
        uint256[PRICE_WORDS] calldata previous
    ) external view returns (uint256[PRICE_WORDS] memory words) {
        // 1. A quorum, of a moment that has come.
        if (time > block.timestamp) revert TimeInFuture(time, block.timestamp);
        Report[] memory reports = abi.decode(evidence, (Report[]));
        if (reports.length < QUORUM) revert QuorumMissing(reports.length, QUORUM);

        // 2. Distinct signers vouch for it.
        _checkSignatures(time, reports);

        // 3. Their prices agree with each other and with those before.
        words = _medians(reports);
        if (previousTime != 0) _checkJumps(time, words, previousTime, previous);
    }

    /// @inheritdoc IPriceSource
    /// @dev A report is of its moment itself.
    function deviation() external pure returns (uint256) {
        return 0;
    }

    /// @inheritdoc IOracle
    function digest(uint64 time, uint256[PRICE_WORDS] memory words) public view returns (bytes32) {
        return _hashTypedDataV4(keccak256(abi.encode(REPORT_TYPEHASH, time, words[0], words[1], words[2])));
    }

    /// @inheritdoc IOracle
    function allowedJump(uint256 elapsed) public view returns (uint256) {
        return uint256(MAX_JUMP) * (1 + elapsed / JUMP_PERIOD);
    }

    function _checkSignatures(uint64 time, Report[] memory reports) private view {
        address previous;
        for (uint256 i; i < reports.length; ++i) {
            address signer = ECDSA.recover(digest(time, reports[i].words), reports[i].signature);
            if (!isSigner[signer]) revert UnknownSigner(signer);
            if (signer <= previous) revert SignersNotAscending(signer, previous);
            previous = signer;
            reports[i].words.check();
        }
    }

    /// @dev The lower median: of an even number of reports it is still a price that somebody signed.
    function _medians(Report[] memory reports) private view returns (uint256[PRICE_WORDS] memory words) {
        uint256[] memory prices = new uint256[](reports.length);
        uint256 last = prices.length - 1;
        for (uint256 i; i < Layout.INSTRUMENTS; ++i) {
            _sort(prices, reports, i);
            if (LISTED >> i & 1 == 0) {
                if (prices[last] != 0) revert PriceUnlisted(i);
                continue;
            }
            if (prices[0] == 0) revert PriceMissing(i);
            uint256 median = prices[last / 2];
            // Sorted, so the ends are the furthest.
            _checkDeviation(i, prices[0], median);
            _checkDeviation(i, prices[last], median);
            words.put(i, median);
        }
    }

    /// @dev The reports' prices of an instrument, rising. Unchecked: indices stay within the reports.
    function _sort(uint256[] memory prices, Report[] memory reports, uint256 instrument) private pure {
        uint256 index = instrument / Layout.PRICES_PER_WORD;
        uint256 shift = Layout.PRICE_WIDTH * (instrument % Layout.PRICES_PER_WORD);
        unchecked {
            for (uint256 i; i < reports.length; ++i) {
                uint256 price = reports[i].words[index] >> shift & Layout.PRICE_MASK;
                uint256 j = i;
                for (; j > 0 && prices[j - 1] > price; --j) {
                    prices[j] = prices[j - 1];
                }
                prices[j] = price;
            }
        }
    }

    function _checkDeviation(uint256 instrument, uint256 price, uint256 median) private view {
        if (_distance(price, median) * BASIS_POINTS > median * MAX_DEVIATION) {
            revert DeviationTooLarge(instrument, price, median);
        }
    }

    function _checkJumps(
        uint64 time,
        uint256[PRICE_WORDS] memory words,
        uint64 previousTime,
        uint256[PRICE_WORDS] memory previous
    ) private view {
        uint256 allowed = allowedJump(time - previousTime);
        for (uint256 i; i < Layout.INSTRUMENTS; ++i) {
            uint256 median = words.get(i);
            uint256 before = previous.get(i);
            if (_distance(median, before) * BASIS_POINTS > before * allowed) {
                revert JumpTooLarge(i, median, before);
            }
        }
    }

    function _distance(uint256 a, uint256 b) private pure returns (uint256) {
        return a > b ? a - b : b - a;
    }
}
