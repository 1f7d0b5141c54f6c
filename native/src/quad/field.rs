//! Sums, signs and reduced forms in four lanes.
//!
//! A number is *small* if it is at most 0.501·p with limbs of at most 2^50 + 2^3.

use std::arch::x86_64::*;

use ark_bn254::Fq;
use ark_ff::PrimeField;

use super::Quad;

pub const LIMB: u64 = (1 << 51) - 1;

/// 2^50 in each limb: numbers in memory have so much more, and then no limb is negative.
pub const OFFSET: [u64; 4] = offset();

const fn offset() -> [u64; 4] {
    let mut words = [0; 4];
    let mut limb = 0;
    while limb < 5 {
        let bit = 50 + 51 * limb;
        words[bit / 64] |= 1 << (bit % 64);
        limb += 1;
    }
    words
}

/// Limbs of 51 bits of a number below 2^255, each less 2^50.
const fn without_offset(w: [u64; 4]) -> [f64; 5] {
    let limbs = [
        w[0] & LIMB,
        (w[0] >> 51 | w[1] << 13) & LIMB,
        (w[1] >> 38 | w[2] << 26) & LIMB,
        (w[2] >> 25 | w[3] << 39) & LIMB,
        w[3] >> 12,
    ];
    let mut doubles = [0.0; 5];
    let mut i = 0;
    while i < 5 {
        doubles[i] = (limbs[i] as i64 - (1 << 50)) as f64;
        i += 1;
    }
    doubles
}

const fn sum(a: [u64; 4], b: [u64; 4]) -> [u64; 4] {
    let mut words = [0; 4];
    let mut carry = 0;
    let mut i = 0;
    while i < 4 {
        carry += a[i] as u128 + b[i] as u128;
        words[i] = carry as u64;
        carry >>= 64;
        i += 1;
    }
    words
}

/// Balanced limbs of a number of at most p.
pub const fn limbs(words: [u64; 4]) -> [f64; 5] {
    without_offset(sum(words, OFFSET))
}

pub const P: [f64; 5] = limbs(Fq::MODULUS.0);

/// 2^204/p: the quotient by p of a number is about its top limb times this.
const OVER_P: f64 = 1.0 / (P[4] + P[3] / UP);

/// Added and taken away again, it rounds a double below 2^51 to a whole number; its last bits
/// take a whole number up.
const ROUNDER: f64 = 1.5 * (1u64 << 52) as f64;
const UP: f64 = (1u64 << 51) as f64;
const DOWN: f64 = 1.0 / UP;
/// The bits of 2^52.
const UNIT: i64 = 0x433 << 52;

/// SAFETY of all functions below: `quad::available()`.
#[inline(always)]
unsafe fn all(value: f64) -> __m256d {
    unsafe { _mm256_set1_pd(value) }
}

/// To whole numbers, the nearest, of x·y.
#[inline(always)]
unsafe fn rounded(x: __m256d, y: f64) -> __m256d {
    unsafe { _mm256_sub_pd(_mm256_fmadd_pd(x, all(y), all(ROUNDER)), all(ROUNDER)) }
}

/// a + b, limb by limb.
#[inline(always)]
pub unsafe fn plus(a: &Quad, b: &Quad) -> Quad {
    unsafe {
        let mut r = *a;
        let mut i = 0;
        while i < 5 {
            r.0[i] = _mm256_add_pd(a.0[i], b.0[i]);
            i += 1;
        }
        r
    }
}

/// a - b, limb by limb.
#[inline(always)]
pub unsafe fn minus(a: &Quad, b: &Quad) -> Quad {
    unsafe {
        let mut r = *a;
        let mut i = 0;
        while i < 5 {
            r.0[i] = _mm256_sub_pd(a.0[i], b.0[i]);
            i += 1;
        }
        r
    }
}

/// Every lane.
pub const EVERY: f64 = -0.0;

/// The negative in the lanes whose bit of the sign is set.
#[inline(always)]
pub unsafe fn negated(a: &Quad, signs: __m256d) -> Quad {
    unsafe {
        let mut r = *a;
        let mut i = 0;
        while i < 5 {
            r.0[i] = _mm256_xor_pd(a.0[i], signs);
            i += 1;
        }
        r
    }
}

/// The negative in all lanes.
#[inline(always)]
pub unsafe fn negative(a: &Quad) -> Quad {
    unsafe { negated(a, all(EVERY)) }
}

/// The same number, carried side by side: of limbs of at most 2^53 each takes its nearest digit and
/// a carry of at most 4, the top one all of what is left.
#[inline(always)]
pub unsafe fn carried(v: &Quad) -> Quad {
    unsafe {
        let mut r = *v;
        let mut carry = [v.0[0]; 4];
        let mut i = 0;
        while i < 4 {
            carry[i] = rounded(v.0[i], DOWN);
            r.0[i] = _mm256_fnmadd_pd(carry[i], all(UP), v.0[i]);
            i += 1;
        }
        let mut i = 0;
        while i < 4 {
            r.0[i + 1] = _mm256_add_pd(r.0[i + 1], carry[i]);
            i += 1;
        }
        r
    }
}

/// The same residue, small, of a number of at most 4·p with limbs of at most 4·2^50.
///
/// The top limb alone is within 4·2^204 of the number, 10^-14·p, and tells the nearest multiple q·p
/// to as much. |q| ≤ 4, and p's lower limbs are below 0.55·2^50, so no limb passes 2^53.
#[inline(always)]
pub unsafe fn small(v: &Quad) -> Quad {
    unsafe {
        let q = rounded(v.0[4], OVER_P);
        let mut r = *v;
        let mut i = 0;
        while i < 5 {
            r.0[i] = _mm256_fnmadd_pd(q, all(P[i]), v.0[i]);
            i += 1;
        }
        carried(&r)
    }
}

/// Digits of 51 bits with the offset, of the same residue of at most 0.501·p, for what `small` takes.
///
/// A small limb and 2^50 and what its neighbour carries are added to a double's last bits; the
/// bits above the digit are then the rounder's and the carry, of which the next limb's rounder has
/// the former less.
#[inline(always)]
pub unsafe fn digits(v: &Quad) -> [__m256i; 5] {
    const FIRST: f64 = ROUNDER + (1u64 << 50) as f64;
    const NEXT: f64 = FIRST - (FIRST.to_bits() >> 51) as f64;
    unsafe {
        let r = small(v);
        let mask = _mm256_set1_epi64x(LIMB as i64);
        let mut digits = [_mm256_setzero_si256(); 5];
        let mut carry = digits[0];
        let mut i = 0;
        while i < 5 {
            let added = _mm256_add_pd(r.0[i], all(if i == 0 { FIRST } else { NEXT }));
            let word = _mm256_add_epi64(_mm256_castpd_si256(added), carry);
            carry = _mm256_srli_epi64::<51>(word);
            digits[i] = _mm256_and_si256(word, mask);
            i += 1;
        }
        digits
    }
}

/// The limbs of digits with the offset: from -2^50 to 2^50 - 1.
#[inline(always)]
pub unsafe fn of_digits(digits: &[__m256i; 5]) -> Quad {
    const OFFSET: f64 = ((1u64 << 52) + (1 << 50)) as f64;
    unsafe {
        let mut r = [all(OFFSET); 5];
        let mut i = 0;
        while i < 5 {
            let double = _mm256_or_si256(digits[i], _mm256_set1_epi64x(UNIT));
            r[i] = _mm256_sub_pd(_mm256_castsi256_pd(double), all(OFFSET));
            i += 1;
        }
        Quad(r)
    }
}
