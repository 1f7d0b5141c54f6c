//! Verification of EdDSA over BabyJubJub with Poseidon; undertow/protocol/eddsa.py is the
//! specification, and circomlib's `EdDSAPoseidonVerifier` with its ranges checked.

use ark_bn254::Fr;
use ark_ff::{AdditiveGroup, PrimeField};

use crate::babyjubjub::{Extended, Multiples, SUBGROUP_ORDER, subgroup_scalar, times_base8};
use crate::poseidon;
use crate::word::{self, WORD};

/// Of a public key, a message and a signature (R8, S).
pub const KEY_BYTES: usize = 2 * WORD;
pub const MESSAGE_BYTES: usize = WORD;
pub const SIGNATURE_BYTES: usize = 3 * WORD;

/// Whether S * Base8 = R8 + 8 * H(R8, A, M) * A, with every part in its range.
///
/// A is in the prime subgroup and not the identity, R8 on the curve, S below the subgroup's
/// order. The equation is not multiplied by the cofactor.
pub fn verify(key: &[u8], message: &[u8], signature: &[u8]) -> bool {
    checked(key, message, signature).unwrap_or(false)
}

/// None when a part is out of its range.
fn checked(key: &[u8], message: &[u8], signature: &[u8]) -> Option<bool> {
    let [ax, ay] = numbers(key)?;
    let [message] = numbers(message)?;
    let [rx, ry] = numbers(signature.get(..2 * WORD)?)?;
    let s = subgroup_scalar(&signature[2 * WORD..])?;
    let r8 = Extended::from_affine(rx, ry)?;
    let a = Extended::from_affine(ax, ay)?;
    let multiples = Multiples::of(&a);
    if a.is_identity() || !multiples.times(SUBGROUP_ORDER).is_identity() {
        return None;
    }
    let challenge = poseidon::hash(Fr::ZERO, &[rx, ry, ax, ay, message]);
    let eighth = multiples.times(challenge.into_bigint());
    let right = eighth.double().double().double().plus(&r8);
    Some(times_base8(s).equals(&right))
}

fn numbers<const COUNT: usize>(words: &[u8]) -> Option<[Fr; COUNT]> {
    let mut out = [Fr::ZERO; COUNT];
    if words.len() != COUNT * WORD {
        return None;
    }
    for (value, word) in out.iter_mut().zip(words.chunks_exact(WORD)) {
        *value = word::read(word)?;
    }
    Some(out)
}
