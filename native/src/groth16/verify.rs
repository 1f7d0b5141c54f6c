//! Groth16 verification (Groth 2016, section 3.2).
#![forbid(unsafe_code)]

use ark_bn254::{Bn254, Fr};
use ark_ec::pairing::Pairing;
use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::Field;

use crate::curve::proof::Proof;
use crate::curve::verifying_key::VerifyingKey;

/// Whether a proof shows the public signals.
pub fn verify(key: &VerifyingKey, public: &[Fr], proof: &Proof) -> bool {
    if public.len() + 1 != key.ic.len() {
        return false;
    }
    let mut inputs = key.ic[0].into_group();
    for (point, value) in key.ic[1..].iter().zip(public) {
        inputs += *point * value;
    }
    let left = [-proof.a, key.alpha, inputs.into_affine(), proof.c];
    let right = [proof.b, key.beta, key.gamma, key.delta];
    Bn254::multi_pairing(left, right).0 == <Bn254 as Pairing>::TargetField::ONE
}
