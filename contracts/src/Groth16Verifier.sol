// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {FIELD_ORDER} from "./generated/Layout.sol";
import {IGroth16Verifier} from "./interfaces/IGroth16Verifier.sol";
import {IVerifier} from "./interfaces/IVerifier.sol";

/// @title  Groth16Verifier
/// @notice Checks Groth16 proofs on BN254 with three public signals, for the key given at construction.
/// @dev    Checks e(-A, B) e(alpha, beta) e(IC0 + c IC1 + z IC2 + y IC3, gamma) e(C, delta) = 1.
///         One contract for every circuit: the key is data, so the code that is reviewed is the code that runs.
contract Groth16Verifier is IGroth16Verifier {
    /// @dev Order of the scalar field.
    uint256 private constant R = FIELD_ORDER;
    /// @dev Order of the base field.
    uint256 private constant Q =
        21888242871839275222246405745257275088696311157297823662689037894645226208583;
    /// @dev A failed pairing that was given less than this is put down to gas. Four pairs cost 181000; the
    ///      margin leaves room for a repricing. A pairing that succeeds is never questioned.
    uint256 private constant PAIRING_GAS = 300_000;

    uint256 private immutable ALPHA_X;
    uint256 private immutable ALPHA_Y;
    uint256 private immutable BETA_X_IM;
    uint256 private immutable BETA_X_RE;
    uint256 private immutable BETA_Y_IM;
    uint256 private immutable BETA_Y_RE;
    uint256 private immutable GAMMA_X_IM;
    uint256 private immutable GAMMA_X_RE;
    uint256 private immutable GAMMA_Y_IM;
    uint256 private immutable GAMMA_Y_RE;
    uint256 private immutable DELTA_X_IM;
    uint256 private immutable DELTA_X_RE;
    uint256 private immutable DELTA_Y_IM;
    uint256 private immutable DELTA_Y_RE;
    uint256 private immutable IC0_X;
    uint256 private immutable IC0_Y;
    uint256 private immutable IC1_X;
    uint256 private immutable IC1_Y;
    uint256 private immutable IC2_X;
    uint256 private immutable IC2_Y;
    uint256 private immutable IC3_X;
    uint256 private immutable IC3_Y;

    /// @param key alpha (2), beta (4), gamma (4), delta (4), IC0..IC3 (2 each); G2 imaginary part first
    constructor(uint256[22] memory key) {
        _checkKey(key);
        ALPHA_X = key[0];
        ALPHA_Y = key[1];
        BETA_X_IM = key[2];
        BETA_X_RE = key[3];
        BETA_Y_IM = key[4];
        BETA_Y_RE = key[5];
        GAMMA_X_IM = key[6];
        GAMMA_X_RE = key[7];
        GAMMA_Y_IM = key[8];
        GAMMA_Y_RE = key[9];
        DELTA_X_IM = key[10];
        DELTA_X_RE = key[11];
        DELTA_Y_IM = key[12];
        DELTA_Y_RE = key[13];
        IC0_X = key[14];
        IC0_Y = key[15];
        IC1_X = key[16];
        IC1_Y = key[17];
        IC2_X = key[18];
        IC2_Y = key[19];
        IC3_X = key[20];
        IC3_Y = key[21];
    }

    /// @inheritdoc IVerifier
    function verify(uint256[8] calldata proof, uint256[3] calldata inputs) external view returns (bool) {
        // 1. Canonical signals: without this, input + r would be a second statement for the same proof.
        (uint256 c, uint256 z, uint256 y) = (inputs[0], inputs[1], inputs[2]);
        if (c >= R || z >= R || y >= R) return false;
        // The pairing refuses every other coordinate >= q; this one is reduced by the negation below.
        if (proof[1] >= Q) return false;

        // 2. The signals' point.
        uint256[4] memory sum;
        (sum[0], sum[1]) = (IC0_X, IC0_Y);
        _addScaled(sum, IC1_X, IC1_Y, c);
        _addScaled(sum, IC2_X, IC2_Y, z);
        _addScaled(sum, IC3_X, IC3_Y, y);

        // 3. The equation.
        uint256[24] memory pairs;
        (pairs[0], pairs[1]) = (proof[0], (Q - proof[1]) % Q);
        (pairs[2], pairs[3], pairs[4], pairs[5]) = (proof[2], proof[3], proof[4], proof[5]);
        (pairs[6], pairs[7]) = (ALPHA_X, ALPHA_Y);
        (pairs[8], pairs[9], pairs[10], pairs[11]) = (BETA_X_IM, BETA_X_RE, BETA_Y_IM, BETA_Y_RE);
        (pairs[12], pairs[13]) = (sum[0], sum[1]);
        (pairs[14], pairs[15], pairs[16], pairs[17]) = (GAMMA_X_IM, GAMMA_X_RE, GAMMA_Y_IM, GAMMA_Y_RE);
        (pairs[18], pairs[19]) = (proof[6], proof[7]);
        (pairs[20], pairs[21], pairs[22], pairs[23]) = (DELTA_X_IM, DELTA_X_RE, DELTA_Y_IM, DELTA_Y_RE);
        return _pairing(pairs);
    }

    /// @inheritdoc IGroth16Verifier
    function verifyingKey() external view returns (uint256[22] memory key) {
        (key[0], key[1]) = (ALPHA_X, ALPHA_Y);
        (key[2], key[3], key[4], key[5]) = (BETA_X_IM, BETA_X_RE, BETA_Y_IM, BETA_Y_RE);
        (key[6], key[7], key[8], key[9]) = (GAMMA_X_IM, GAMMA_X_RE, GAMMA_Y_IM, GAMMA_Y_RE);
        (key[10], key[11], key[12], key[13]) = (DELTA_X_IM, DELTA_X_RE, DELTA_Y_IM, DELTA_Y_RE);
        (key[14], key[15], key[16], key[17]) = (IC0_X, IC0_Y, IC1_X, IC1_Y);
        (key[18], key[19], key[20], key[21]) = (IC2_X, IC2_Y, IC3_X, IC3_Y);
    }

    /// @dev sum[0..1] += scalar * (x, y); sum[2..3] is scratch. Every input was checked before, so a failure
    ///      of either precompile can only mean gas.
    function _addScaled(uint256[4] memory sum, uint256 x, uint256 y, uint256 scalar) private view {
        bool done;
        assembly ("memory-safe") {
            let product := mload(0x40)
            mstore(product, x)
            mstore(add(product, 0x20), y)
            mstore(add(product, 0x40), scalar)
            done := staticcall(gas(), 7, product, 0x60, add(sum, 0x40), 0x40)
            done := and(staticcall(gas(), 6, sum, 0x80, sum, 0x40), done)
        }
        if (!done) revert OutOfGas();
    }

    /// @dev A precompile that refuses its input looks like one that ran out of gas: both burn what they were
    ///      given. Only the amount given tells them apart.
    function _pairing(uint256[24] memory pairs) private view returns (bool holds) {
        bool done;
        uint256 given = gasleft();
        assembly ("memory-safe") {
            done := staticcall(gas(), 8, pairs, 0x300, 0, 0x20)
            holds := and(eq(mload(0), 1), done)
        }
        if (!done && given - given / 64 < PAIRING_GAS) revert OutOfGas();
    }

    function _checkKey(uint256[22] memory key) private view {
        for (uint256 i; i < 22; ++i) {
            if (key[i] >= Q) revert KeyCoordinateOutOfRange(i);
        }
        for (uint256 i; i < 22;) {
            uint256 length = i >= 2 && i < 14 ? 4 : 2;
            uint256 any;
            for (uint256 j; j < length; ++j) {
                any |= key[i + j];
            }
            if (any == 0) revert KeyPointIsIdentity(i);
            i += length;
        }
        // Equal x is gamma = delta or gamma = -delta; either cancels the secret that a contribution adds.
        if (key[6] == key[10] && key[7] == key[11]) revert KeyWithoutContribution();

        // The pairing refuses points off the curve or outside the subgroup, whatever its value.
        uint256[30] memory pairs;
        for (uint256 i; i < 5; ++i) {
            uint256 g1 = i == 0 ? 0 : 12 + 2 * i;
            uint256 g2 = 2 + 4 * (i < 3 ? i : 0);
            (pairs[6 * i], pairs[6 * i + 1]) = (key[g1], key[g1 + 1]);
            for (uint256 j; j < 4; ++j) {
                pairs[6 * i + 2 + j] = key[g2 + j];
            }
        }
        bool done;
        assembly ("memory-safe") {
            done := staticcall(gas(), 8, pairs, 0x3c0, 0, 0x20)
        }
        if (!done) revert KeyPointInvalid();
    }
}
