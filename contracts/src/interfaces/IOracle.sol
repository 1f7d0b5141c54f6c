// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {PRICE_WORDS} from "../generated/Layout.sol";
import {IPriceSource} from "./IPriceSource.sol";

/// @title  IOracle
/// @notice Prices as the median of reports that a quorum of signers signed. Anybody submits them.
interface IOracle is IPriceSource {
    /// @notice Bounds of a round; deviations in basis points.
    struct Bounds {
        uint64 maxAge; // seconds between the prices' time and the block's
        uint32 maxDeviation; // of a report from the median
        uint32 maxJump; // of the median from the last round's, per jumpPeriod begun
        uint32 jumpPeriod; // seconds
    }

    /// @notice One signer's prices; the round's id and time are common to all and signed with them.
    struct Report {
        uint256[PRICE_WORDS] words;
        bytes signature;
    }

    /// @notice No signer, or more than a round has room for.
    error InvalidSigners(uint256 given, uint256 most);
    /// @notice The quorum is no majority of the signers, or more than all.
    error InvalidQuorum(uint256 given, uint256 signers);
    /// @notice A bound is zero, or a deviation is the whole price.
    error InvalidBounds();
    /// @notice Rounds are submitted in order, each once.
    error WrongRound(uint64 given, uint64 expected);
    /// @notice Fewer reports than the quorum.
    error QuorumMissing(uint256 given, uint256 expected);
    /// @notice The prices are from after the block.
    error TimeInFuture(uint64 time, uint256 blockTime);
    /// @notice The prices are older than the bound.
    error TooOld(uint64 time, uint256 blockTime);
    /// @notice The signature is of no registered signer.
    error UnknownSigner(address signer);
    /// @notice Reports go by rising signer address, which shows that the signers are distinct.
    error SignersNotAscending(address given, address previous);
    /// @notice A listed instrument has no price.
    error PriceMissing(uint256 instrument);
    /// @notice An instrument that is not listed has a price.
    error PriceUnlisted(uint256 instrument);
    /// @notice A report is too far from the median.
    error DeviationTooLarge(uint256 instrument, uint256 given, uint256 median);
    /// @notice The median is too far from the last round's.
    error JumpTooLarge(uint256 instrument, uint256 given, uint256 previous);

    /// @notice Append round `id` from its reports, by rising signer address.
    function submit(uint64 id, uint64 time, Report[] calldata reports) external;

    /// @notice What a signer signs.
    function digest(uint64 id, uint64 time, uint256[PRICE_WORDS] calldata words)
        external
        view
        returns (bytes32);

    /// @notice How far, in basis points, a median may be from the last round's after `elapsed` seconds.
    function allowedJump(uint256 elapsed) external view returns (uint256);

    /// @notice Whether an address may sign reports; fixed at deployment.
    function isSigner(address signer) external view returns (bool registered);
}
