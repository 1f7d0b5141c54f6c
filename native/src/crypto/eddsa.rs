//! Verification of EdDSA over BabyJubJub with Poseidon; undertow/crypto/eddsa.py is the
//! specification, and circomlib's `EdDSAPoseidonVerifier` with its ranges checked.
#![forbid(unsafe_code)]

use ark_bn254::Fr;
use ark_ff::{AdditiveGroup, PrimeField};

use crate::crypto::babyjubjub::{Multiples, subgroup_scalar, times_base8};
use crate::crypto::edwards::Extended;
use crate::crypto::poseidon;
use crate::crypto::word::{self, WORD};

/// Of a public key, a message and a signature (R8, S).
pub const KEY_BYTES: usize = 2 * WORD;
pub const MESSAGE_BYTES: usize = WORD;
pub const SIGNATURE_BYTES: usize = 3 * WORD;

/// A public key that passed its checks, with what every verification needs of it.
pub struct Key {
    x: Fr,
    y: Fr,
    multiples: Multiples,
}

impl Key {
    /// None unless the point is in the prime subgroup and not the identity.
    pub fn new(key: &[u8]) -> Option<Self> {
        let [x, y] = numbers(key)?;
        let point = Extended::from_affine(x, y)?;
        let multiples = Multiples::of(&point);
        let sound = !point.is_identity() && multiples.are_in_subgroup();
        sound.then_some(Self { x, y, multiples })
    }

    /// Whether S * Base8 = R8 + 8 * H(R8, A, M) * A; R8 is on the curve, S below the subgroup's
    /// order. The equation is not multiplied by the cofactor.
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        self.checked(message, signature).unwrap_or(false)
    }

    /// None when a part is out of its range.
    fn checked(&self, message: &[u8], signature: &[u8]) -> Option<bool> {
        let [message] = numbers(message)?;
        let (r8, s) = signature.split_at_checked(2 * WORD)?;
        let [x, y] = numbers(r8)?;
        let s = subgroup_scalar(s)?;
        let r8 = Extended::from_affine(x, y)?;
        let challenge = poseidon::hash(Fr::ZERO, &[x, y, self.x, self.y, message]);
        let eighth = self.multiples.times(challenge.into_bigint());
        let right = eighth.double().double().double().plus(&r8);
        Some(times_base8(s).equals(&right))
    }
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
