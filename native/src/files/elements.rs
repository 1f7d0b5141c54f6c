//! Numbers and points as iden3 files hold them, little-endian; points in Montgomery form.
#![forbid(unsafe_code)]

use ark_bn254::{Fq, Fq2, Fr, G1Affine, G2Affine};
use ark_ec::AffineRepr;
use ark_ff::{AdditiveGroup, BigInt, PrimeField};
use rayon::prelude::*;

/// Bytes of an element.
pub const SCALAR: usize = 32;
pub const G1: usize = 64;
pub const G2: usize = 128;

/// What is wrong with an element; whoever reads it knows the section.
type Result<T> = std::result::Result<T, &'static str>;

pub fn u32_at(bytes: &[u8], at: usize) -> u32 {
    bytes[at..at + 4].iter().rev().fold(0, |acc, byte| acc << 8 | u32::from(*byte))
}

/// The little-endian number in the first 32 bytes.
pub fn limbs(bytes: &[u8]) -> BigInt<4> {
    let mut limbs = [0u64; 4];
    for (limb, chunk) in limbs.iter_mut().zip(bytes.chunks_exact(8)) {
        *limb = chunk.iter().rev().fold(0, |acc, byte| acc << 8 | u64::from(*byte));
    }
    BigInt::new(limbs)
}

/// A canonical element of the scalar field, not in Montgomery form.
pub fn scalar(bytes: &[u8]) -> Result<Fr> {
    Fr::from_bigint(limbs(bytes)).ok_or("holds a number that is not below r")
}

/// A coordinate in Montgomery form.
fn coordinate(bytes: &[u8]) -> Result<Fq> {
    let limbs = limbs(bytes);
    if limbs >= Fq::MODULUS {
        return Err("holds a coordinate that is not below q");
    }
    Ok(Fq::new_unchecked(limbs))
}

/// A point of the first group; 64 zero bytes are infinity.
pub fn g1(bytes: &[u8]) -> Result<G1Affine> {
    let (x, y) = (coordinate(bytes)?, coordinate(&bytes[32..])?);
    if x == Fq::ZERO && y == Fq::ZERO {
        return Ok(G1Affine::identity());
    }
    let point = G1Affine::new_unchecked(x, y);
    // The curve's order is prime: on the curve means in the group.
    if point.is_on_curve() { Ok(point) } else { Err("holds a point that is not on the curve") }
}

/// A point of the twist. Whether it is in the prime subgroup is not checked.
pub fn g2(bytes: &[u8]) -> Result<G2Affine> {
    let x = Fq2::new(coordinate(bytes)?, coordinate(&bytes[32..])?);
    let y = Fq2::new(coordinate(&bytes[64..])?, coordinate(&bytes[96..])?);
    if x == Fq2::ZERO && y == Fq2::ZERO {
        return Ok(G2Affine::identity());
    }
    let point = G2Affine::new_unchecked(x, y);
    if point.is_on_curve() { Ok(point) } else { Err("holds a point that is not on the curve") }
}

pub fn put_limbs(out: &mut [u8], limbs: &BigInt<4>) {
    for (chunk, limb) in out.chunks_exact_mut(8).zip(limbs.0) {
        chunk.copy_from_slice(&limb.to_le_bytes());
    }
}

/// Montgomery form, as .zkey and .ptau files hold points.
pub fn put_g1(out: &mut [u8], point: &G1Affine) {
    let (x, y) = point.xy().unwrap_or_default();
    put_limbs(&mut out[..32], &x.0);
    put_limbs(&mut out[32..], &y.0);
}

pub fn put_g2(out: &mut [u8], point: &G2Affine) {
    let (x, y) = point.xy().unwrap_or_default();
    for (part, chunk) in [x.c0, x.c1, y.c0, y.c1].iter().zip(out.chunks_exact_mut(32)) {
        put_limbs(chunk, &part.0);
    }
}

pub fn g1_bytes(points: &[G1Affine]) -> Vec<u8> {
    all_bytes(points, G1, put_g1)
}

pub fn g2_bytes(points: &[G2Affine]) -> Vec<u8> {
    all_bytes(points, G2, put_g2)
}

/// Elements one after another, on all cores.
pub fn all_bytes<T: Sync>(items: &[T], size: usize, put: impl Fn(&mut [u8], &T) + Sync) -> Vec<u8> {
    let mut out = vec![0; items.len() * size];
    out.par_chunks_exact_mut(size)
        .zip(items)
        .with_min_len(256)
        .for_each(|(slot, item)| put(slot, item));
    out
}
