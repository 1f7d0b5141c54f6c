//! Numbers and points as words of 32 big-endian bytes: as hashes and the EVM's precompiles take
//! them, uncompressed, the imaginary part of the second group's coordinates first.
#![forbid(unsafe_code)]

use ark_bn254::{Fq, Fq2, Fr, G1Affine, G2Affine};
use ark_ec::AffineRepr;
use ark_ff::{BigInteger, PrimeField};

use crate::fault::{FormatError, Result, fault};

/// Bytes of a word.
pub const WORD: usize = 32;

pub fn put_number<F: PrimeField>(out: &mut Vec<u8>, value: F) {
    out.extend_from_slice(&value.into_bigint().to_bytes_be());
}

pub fn put_g1(out: &mut Vec<u8>, point: &G1Affine) {
    let (x, y) = point.xy().unwrap_or_default();
    put_number(out, x);
    put_number(out, y);
}

pub fn put_g2(out: &mut Vec<u8>, point: &G2Affine) {
    let (x, y) = point.xy().unwrap_or_default();
    for part in [x.c1, x.c0, y.c1, y.c0] {
        put_number(out, part);
    }
}

/// Points one after another, those of the first group first.
pub fn of_points(g1: &[G1Affine], g2: &[G2Affine]) -> Vec<u8> {
    let mut out = Vec::new();
    g1.iter().for_each(|point| put_g1(&mut out, point));
    g2.iter().for_each(|point| put_g2(&mut out, point));
    out
}

pub fn scalar(word: &[u8]) -> Result<Fr> {
    number(word).ok_or_else(|| FormatError("a number is not below r".into()))
}

pub fn g1(words: &[u8]) -> Result<G1Affine> {
    let (x, y) = (coordinate(words, 0)?, coordinate(words, 1)?);
    if x == Fq::from(0) && y == Fq::from(0) {
        return Ok(G1Affine::identity());
    }
    let point = G1Affine::new_unchecked(x, y);
    if point.is_on_curve() { Ok(point) } else { fault("a point is not on the curve") }
}

/// A point of the prime subgroup of the twist.
pub fn g2(words: &[u8]) -> Result<G2Affine> {
    let x = Fq2::new(coordinate(words, 1)?, coordinate(words, 0)?);
    let y = Fq2::new(coordinate(words, 3)?, coordinate(words, 2)?);
    if x == Fq2::from(0) && y == Fq2::from(0) {
        return Ok(G2Affine::identity());
    }
    let point = G2Affine::new_unchecked(x, y);
    if point.is_on_curve() && point.is_in_correct_subgroup_assuming_on_curve() {
        return Ok(point);
    }
    fault("a point is not in the second group")
}

fn coordinate(words: &[u8], at: usize) -> Result<Fq> {
    number(&words[at * WORD..(at + 1) * WORD])
        .ok_or_else(|| FormatError("a coordinate is not below q".into()))
}

/// None if the number is not below the modulus.
fn number<F: PrimeField>(word: &[u8]) -> Option<F> {
    let value = F::from_be_bytes_mod_order(word);
    (value.into_bigint().to_bytes_be() == word).then_some(value)
}
