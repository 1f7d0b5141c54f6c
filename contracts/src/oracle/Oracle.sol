// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";

import {Layout} from "../generated/Layout.sol";
import {IOracle} from "../interfaces/IOracle.sol";
import {IPriceSource} from "../interfaces/IPriceSource.sol";
import {PriceWords} from "./PriceWords.sol";

/// @title  Oracle
/// @notice Prices as the median of the reports of 2f + 1 among 3f + 1 signers, each for one moment.
/// @dev    Signers and bounds are fixed: nobody holds a key that sets a price. Each underlying is judged by itself: one
///         without a price is halted, and stops no other (docs/adr/0008-one-halted-underlying-stops-no-other.md).
///         A report backs a price if it is near the lower median of those that have one. With at most f liars, f + 1
///         of 2f + 1 backers are honest, so the median lies between two honest reports, whatever a poster picks; and
///         of f + 1 reports that do not back it one is honest, so liars alone halt nothing.
///         A price that jumps halts its underlying, and the mark walks to it: a true price is reached by waiting, a
///         false one only if a quorum keeps signing it all that while.
contract Oracle is IOracle, EIP712 {
    using PriceWords for uint256;

    bytes32 public constant REPORT_TYPEHASH = keccak256("Report(uint64 time,uint256 word)");
    uint256 private constant BASIS_POINTS = 10_000;
    /// @dev Keeps everyone's report well inside a block.
    uint256 private constant MAX_SIGNERS = 31;

    uint256 public immutable QUORUM;
    /// @notice So many reports hold an honest one: f + 1.
    uint256 public immutable MINORITY;
    /// @inheritdoc IPriceSource
    uint256 public immutable listed;
    uint32 public immutable MAX_DEVIATION;
    uint32 public immutable MAX_JUMP;
    uint32 public immutable JUMP_PERIOD;
    /// @inheritdoc IPriceSource
    uint256 public immutable patience;

    // Slots: one for each signer, written at construction.
    /// @inheritdoc IOracle
    mapping(address signer => bool registered) public isSigner;

    constructor(address[] memory signers, uint256 listed_, Bounds memory bounds)
        EIP712("Undertow Oracle", "1")
    {
        if (signers.length < 4 || signers.length > MAX_SIGNERS || signers.length % 3 != 1) {
            revert InvalidSigners(signers.length, MAX_SIGNERS);
        }
        if (
            listed_ == 0 || listed_ >> Layout.UNDERLYINGS != 0 || bounds.maxDeviation == 0
                || bounds.maxDeviation >= BASIS_POINTS || bounds.maxJump == 0 || bounds.jumpPeriod == 0
                || bounds.patience == 0
        ) revert InvalidBounds();
        address previous;
        for (uint256 i; i < signers.length; ++i) {
            if (signers[i] <= previous) revert SignersNotAscending(signers[i], previous);
            previous = signers[i];
            isSigner[previous] = true;
        }
        QUORUM = signers.length / 3 * 2 + 1;
        MINORITY = signers.length / 3 + 1;
        listed = listed_;
        MAX_DEVIATION = bounds.maxDeviation;
        MAX_JUMP = bounds.maxJump;
        JUMP_PERIOD = bounds.jumpPeriod;
        patience = bounds.patience;
    }

    /// @inheritdoc IPriceSource
    function pricesAt(uint64 time, bytes calldata evidence, uint64 previousTime, uint256 previous)
        external
        view
        returns (uint256 word)
    {
        // 1. A quorum, of a moment that has come.
        if (time > block.timestamp) revert TimeInFuture(time, block.timestamp);
        Report[] memory reports = abi.decode(evidence, (Report[]));
        if (reports.length < QUORUM) revert QuorumMissing(reports.length, QUORUM);

        // 2. Distinct signers vouch for it.
        _checkSignatures(time, reports);

        // 3. Each underlying has the price that they agree on, or none.
        return _marks(reports, previous, time, previousTime);
    }

    /// @inheritdoc IPriceSource
    /// @dev A report is of its moment itself.
    function deviation() external pure returns (uint256) {
        return 0;
    }

    /// @inheritdoc IOracle
    function digest(uint64 time, uint256 word) public view returns (bytes32) {
        return _hashTypedDataV4(keccak256(abi.encode(REPORT_TYPEHASH, time, word)));
    }

    /// @inheritdoc IOracle
    function allowedJump(uint256 elapsed) public view returns (uint256) {
        return uint256(MAX_JUMP) * (1 + elapsed / JUMP_PERIOD);
    }

    function _checkSignatures(uint64 time, Report[] memory reports) private view {
        address previous;
        for (uint256 i; i < reports.length; ++i) {
            address signer = ECDSA.recover(digest(time, reports[i].word), reports[i].signature);
            if (!isSigner[signer]) revert UnknownSigner(signer);
            if (signer <= previous) revert SignersNotAscending(signer, previous);
            previous = signer;
            reports[i].word.check();
        }
    }

    function _marks(Report[] memory reports, uint256 previous, uint64 time, uint64 previousTime)
        private
        view
        returns (uint256 word)
    {
        uint256[] memory prices = new uint256[](reports.length);
        bool early = block.timestamp < uint256(time) + patience;
        uint256 elapsed = time - previousTime;
        uint256 allowed = allowedJump(elapsed);
        for (uint256 i; i < Layout.UNDERLYINGS; ++i) {
            // What is not listed has no mark, whatever a signer says of it.
            if (listed >> i & 1 == 0) continue;
            _sort(prices, reports, i);
            uint256 mark = _median(i, prices, early);
            uint256 before = previous.get(i);
            if (mark == 0) {
                word = word.halt(i);
                mark = before;
            } else if (_distance(mark, before) * BASIS_POINTS > before * allowed && before != 0) {
                word = word.halt(i);
                mark = _towards(mark, before, elapsed);
            }
            word = word.put(i, mark);
        }
    }

    /// @dev What the reports agree on, 0 for nothing. The lower median: of an even number of reports it is still a
    ///      price that somebody signed. Unchecked: counts and indices stay within the reports, prices within 26 bits.
    function _median(uint256 underlying, uint256[] memory prices, bool early)
        private
        view
        returns (uint256 median)
    {
        unchecked {
            uint256 last = prices.length - 1;
            uint256 first; // of those that have a price
            while (first < last && prices[first] == 0) ++first;
            median = prices[first + (last - first) / 2];
            uint256 bound = median * MAX_DEVIATION;
            // Sorted, so the ends are the furthest. Where the last has none, none has.
            while (first < last && (median - prices[first]) * BASIS_POINTS > bound) ++first;
            while (first < last && (prices[last] - median) * BASIS_POINTS > bound) --last;
            uint256 backing = median == 0 ? 0 : last - first + 1;
            if (backing >= QUORUM) return median;
            if (early && prices.length - backing < MINORITY) {
                revert Inconclusive(underlying, backing, prices.length);
            }
            return 0;
        }
    }

    /// @dev Part of the way to a price that is too far, never beyond it: the bound is more than a step.
    function _towards(uint256 price, uint256 before, uint256 elapsed) private view returns (uint256) {
        uint256 whole = BASIS_POINTS * JUMP_PERIOD;
        uint256 step = (before * MAX_JUMP * elapsed + whole - 1) / whole;
        return price > before ? before + step : before - step;
    }

    /// @dev The reports' prices of an underlying, rising. Unchecked: indices stay within the reports.
    function _sort(uint256[] memory prices, Report[] memory reports, uint256 underlying) private pure {
        unchecked {
            for (uint256 i; i < reports.length; ++i) {
                uint256 price = reports[i].word.get(underlying);
                uint256 j = i;
                for (; j > 0 && prices[j - 1] > price; --j) {
                    prices[j] = prices[j - 1];
                }
                prices[j] = price;
            }
        }
    }

    function _distance(uint256 a, uint256 b) private pure returns (uint256) {
        return a > b ? a - b : b - a;
    }
}
