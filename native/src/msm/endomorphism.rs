//! The curve's endomorphism φ(x, y) = (βx, y), which multiplies by λ: half as many windows for
//! twice as many points (Gallant, Lambert, Vanstone 2001).
//!
//! In the lattice of (a, b) with a + b·λ = 0 mod r, (U, -V) and (V, W) are a short basis, with
//! determinant U·W + V² = r. Taking the nearest lattice point away from (k, 0) leaves
//! k = k1 + k2·λ with |k1| and |k2| below 2^127.
#![forbid(unsafe_code)]

use ark_bn254::{Fq, Fq2, Fr};
use ark_ff::{AdditiveGroup, BigInt, Field, MontFp, PrimeField};

const U: u128 = 147_946_756_881_789_319_000_765_030_803_803_410_728;
const V: u128 = 9_931_322_734_385_697_763;
const W: u128 = U + V;

/// 2^256·W/r and 2^256·V/r, rounded.
const W_OVER_R: [u64; 3] = [0x5398_fd03_00ff_6565, 0x4cce_f014_a773_d2d2, 0x0000_0000_0000_0002];
const V_OVER_R: [u64; 3] = [0xd91d_232e_c7e0_b3d7, 0x0000_0000_0000_0002, 0x0000_0000_0000_0000];

/// The bits of a part's magnitude.
pub const BITS: u32 = 127;

/// A coordinate on which the endomorphism acts.
pub trait Endomorphism: Field {
    /// The cube root of one whose φ multiplies the group's points by the same λ in both groups.
    fn beta() -> Self;
}

const BETA: Fq =
    MontFp!("21888242871839275220042445260109153167277707414472061641714758635765020556616");

impl Endomorphism for Fq {
    fn beta() -> Self {
        BETA
    }
}

impl Endomorphism for Fq2 {
    fn beta() -> Self {
        Self::new(BETA.square(), Fq::ZERO)
    }
}

/// Parts k1, k2 of a canonical scalar. Short scalars and their negatives have k2 = 0.
pub fn parts(scalar: [u64; 4]) -> [i128; 2] {
    if let Some(short) = short(scalar) {
        return [short, 0];
    }
    let (c1, c2) = (scaled(scalar, W_OVER_R), scaled(scalar, V_OVER_R));
    let low = u128::from(scalar[0]) | u128::from(scalar[1]) << 64;
    // Modulo 2^128, which is enough: the results are below 2^127 in magnitude.
    let k1 = low.wrapping_sub(c1.wrapping_mul(U)).wrapping_sub(c2.wrapping_mul(V));
    let k2 = c1.wrapping_mul(V).wrapping_sub(c2.wrapping_mul(W));
    [k1 as i128, k2 as i128]
}

/// The scalar or its negative, if it is below 2^127 in magnitude.
fn short(scalar: [u64; 4]) -> Option<i128> {
    let magnitude = |words: [u64; 4]| {
        let low = u128::from(words[0]) | u128::from(words[1]) << 64;
        (words[2] == 0 && words[3] == 0).then(|| i128::try_from(low).ok()).flatten()
    };
    magnitude(scalar).or_else(|| {
        let mut negative = Fr::MODULUS;
        ark_ff::BigInteger::sub_with_borrow(&mut negative, &BigInt::new(scalar));
        magnitude(negative.0).map(|value| -value)
    })
}

/// k·g / 2^256, rounded.
fn scaled(k: [u64; 4], g: [u64; 3]) -> u128 {
    let mut product = [0u64; 7];
    for (i, x) in k.iter().enumerate() {
        let mut carry = 0u128;
        for (j, y) in g.iter().enumerate() {
            carry += u128::from(product[i + j]) + u128::from(*x) * u128::from(*y);
            product[i + j] = carry as u64;
            carry >>= 64;
        }
        product[i + 3] = carry as u64;
    }
    let floor = u128::from(product[4]) | u128::from(product[5]) << 64;
    floor + u128::from(product[3] >> 63)
}

#[cfg(test)]
mod tests {
    use ark_bn254::{G1Affine, G2Affine};
    use ark_ec::{AffineRepr, scalar_mul::glv::GLVConfig};
    use ark_ff::UniformRand;
    use rand::SeedableRng;
    use rand_chacha::ChaCha20Rng;

    use super::*;

    fn check(k: Fr) {
        let signed = |part: i128| {
            let magnitude = Fr::from(part.unsigned_abs());
            if part < 0 { -magnitude } else { magnitude }
        };
        let [k1, k2] = parts(k.into_bigint().0);
        assert!(k1.unsigned_abs() >> BITS == 0 && k2.unsigned_abs() >> BITS == 0);
        assert_eq!(signed(k1) + signed(k2) * ark_bn254::g1::Config::LAMBDA, k);
    }

    #[test]
    fn parts_make_the_scalar_and_are_short() {
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        (0..20_000).for_each(|_| check(Fr::rand(&mut rng)));
        for bit in 0..254 {
            let power = Fr::from(2u64).pow([bit]);
            for near in [power - Fr::ONE, power, power + Fr::ONE] {
                check(near);
                check(-near);
            }
        }
        let half = Fr::from(Fr::MODULUS_MINUS_ONE_DIV_TWO);
        for k in [half, half + Fr::ONE, ark_bn254::g1::Config::LAMBDA] {
            check(k);
        }
    }

    #[test]
    fn the_endomorphism_multiplies_by_lambda_in_both_groups() {
        let one = G1Affine::generator();
        let two = G2Affine::generator();
        let lambda = ark_bn254::g1::Config::LAMBDA;
        let first = G1Affine::new_unchecked(one.x * Fq::beta(), one.y);
        let second = G2Affine::new_unchecked(two.x * Fq2::beta(), two.y);
        assert_eq!(one * lambda, first);
        assert_eq!(two * lambda, second);
    }
}
