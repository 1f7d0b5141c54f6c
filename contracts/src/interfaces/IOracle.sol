// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IPriceSource} from "./IPriceSource.sol";

/// @title  IOracle
/// @notice Prices as the median of the reports of 2f + 1 among 3f + 1 signers, each for one moment.
/// @dev    Evidence is `abi.encode(Report[])`, by rising signer address. Reports are public: one honest poster is
///         enough. Whoever posts may leave out f honest reports; with at most f liars the median still lies
///         between two honest reports, whichever quorum was picked.
interface IOracle is IPriceSource {
    /// @notice Bounds of an answer; deviations in basis points.
    struct Bounds {
        uint32 maxDeviation; // of a report from the median
        uint32 maxJump; // of the median from the mark recorded before, per jumpPeriod begun
        uint32 jumpPeriod; // seconds
        // Seconds that evidence which decides nothing is refused: a block at least, and a window less a block at most.
        uint32 patience;
    }

    /// @notice One signer's prices, 0 for what it cannot price; the moment is common to all and signed with them.
    struct Report {
        uint256 word;
        bytes signature;
    }

    /// @notice Not 3f + 1 signers with f at least 1, or more than a quorum has room for in a block.
    error InvalidSigners(uint256 given, uint256 most);
    /// @notice A bound is zero, or a deviation is the whole price.
    error InvalidBounds();
    /// @notice Fewer reports than the quorum.
    error QuorumMissing(uint256 given, uint256 expected);
    /// @notice The signature is of no registered signer.
    error UnknownSigner(address signer);
    /// @notice Reports go by rising signer address, which shows that the signers are distinct.
    error SignersNotAscending(address given, address previous);
    /// @notice Too few reports back an underlying's price, and too few do not: bring more of them.
    error Inconclusive(uint256 underlying, uint256 backing, uint256 reports);

    /// @notice What a signer signs, once for each moment.
    function digest(uint64 time, uint256 word) external view returns (bytes32);

    /// @notice How far, in basis points, a median may be from the mark recorded `elapsed` seconds before.
    function allowedJump(uint256 elapsed) external view returns (uint256);

    /// @notice Whether an address may sign reports; fixed at deployment.
    function isSigner(address signer) external view returns (bool registered);
}
