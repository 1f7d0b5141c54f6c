//! Field elements as 32 big-endian bytes.
#![forbid(unsafe_code)]

use ark_bn254::Fr;
use ark_ff::{BigInt, PrimeField};

pub const WORD: usize = 32;
const LIMB: usize = 8;

/// The number of 32 bytes; None if there are more or fewer.
pub fn integer(word: &[u8]) -> Option<BigInt<4>> {
    let mut limbs = [0; 4];
    for (limb, bytes) in limbs.iter_mut().rev().zip(word.chunks_exact(LIMB)) {
        *limb = u64::from_be_bytes(bytes.try_into().ok()?);
    }
    (word.len() == WORD).then_some(BigInt(limbs))
}

/// The element of a word; None if the number is not below r.
pub fn read(word: &[u8]) -> Option<Fr> {
    Fr::from_bigint(integer(word)?)
}

pub fn write(out: &mut Vec<u8>, value: Fr) {
    let limbs = value.into_bigint().0;
    limbs.iter().rev().for_each(|limb| out.extend_from_slice(&limb.to_be_bytes()));
}
