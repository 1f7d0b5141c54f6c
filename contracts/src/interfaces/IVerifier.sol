// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

/// @title  IVerifier
/// @notice Answers whether a Groth16 proof holds for three public signals.
interface IVerifier {
    /// @param  proof  A (x, y), B (x imaginary, x real, y imaginary, y real), C (x, y)
    /// @param  inputs the public signals (c, z, y) of `PublicWords`
    /// @return whether the proof holds; false for anything malformed
    /// @dev    Must revert, never answer false, when it ran out of gas.
    function verify(uint256[8] calldata proof, uint256[3] calldata inputs) external view returns (bool);
}
