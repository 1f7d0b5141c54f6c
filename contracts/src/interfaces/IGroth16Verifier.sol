// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {IVerifier} from "./IVerifier.sol";

/// @title  IGroth16Verifier
/// @notice A verifier for the key that it was given at construction.
interface IGroth16Verifier is IVerifier {
    /// @notice gamma = +-delta: nobody contributed to phase 2, so everybody can forge.
    error KeyWithoutContribution();
    /// @notice A coordinate of the key is not below the base field's order.
    error KeyCoordinateOutOfRange(uint256 position);
    /// @notice A point of the key is the identity, which would drop its factor from the equation.
    error KeyPointIsIdentity(uint256 position);
    /// @notice A point of the key is off its curve or outside its subgroup.
    error KeyPointInvalid();
    /// @notice A precompile ran out of gas; this says nothing about the proof.
    error OutOfGas();

    /// @notice The key as it was given, for comparison with a ceremony's transcript.
    function verifyingKey() external view returns (uint256[22] memory key);
}
