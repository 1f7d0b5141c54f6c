//! Whether points of both groups are the same multiples, which pairings tell without the number.
#![forbid(unsafe_code)]

use ark_bn254::{Bn254, G1Affine, G2Affine};
use ark_ec::AffineRepr;
use ark_ec::pairing::Pairing;
use ark_ff::Zero;

/// Whether both pairs have the same ratio: `first[1] = k first[0]` and `second[1] = k second[0]`.
pub fn same_number(first: [G1Affine; 2], second: [G2Affine; 2]) -> bool {
    if first.iter().any(|p| p.is_zero()) || second.iter().any(|p| p.is_zero()) {
        return false;
    }
    Bn254::multi_pairing([first[0], -first[1]], [second[1], second[0]]).is_zero()
}
