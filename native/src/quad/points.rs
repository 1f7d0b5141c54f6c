//! Points in memory, and between words of 64 bits and lanes of limbs.
//!
//! A coordinate is kept as the number that stands for it, at most 0.501·p, plus `OFFSET`: 255 bits.

use std::arch::x86_64::*;

use ark_bn254::{Fq, Fq2};
use ark_ff::{AdditiveGroup, BigInt, BigInteger, PrimeField};

use super::Quad;
use super::field::{LIMB, OFFSET, limbs, of_digits};
use crate::memory::Plain;
use crate::words::packed::Packed;

/// A point of G1: one cache line.
#[derive(Clone, Copy)]
#[repr(C, align(64))]
pub struct Packed1([[u64; 4]; 2]);

/// A point of G2: two cache lines.
#[derive(Clone, Copy)]
#[repr(C, align(128))]
pub struct Packed2([[[u64; 4]; 2]; 2]);

// SAFETY: both are arrays of words that fill them.
unsafe impl Plain for Packed1 {}
unsafe impl Plain for Packed2 {}

/// arkworks has v·2^256 of what is v·2^255 here.
const HALF: Fq = ark_ff::MontFp!(
    "10944121435919637611123202872628637544348155578648911831344518947322613104292"
);

/// R modulo p, which stands for one.
pub const ONE: Quad = Quad::all(limbs(HALF.0.0));

/// The number of least magnitude that stands for the value, with the offset.
pub fn to_words(value: Fq) -> [u64; 4] {
    let mut number = (value * HALF).0;
    if number > Fq::MODULUS_MINUS_ONE_DIV_TWO {
        // Below zero, modulo 2^256: the offset takes it above again.
        number.sub_with_borrow(&Fq::MODULUS);
    }
    number.add_with_carry(&BigInt::new(OFFSET));
    number.0
}

/// The value that any number of 256 bits stands for, with the offset.
pub fn of_words(words: [u64; 4]) -> Fq {
    (residue(words) - residue(OFFSET)).double()
}

/// Words as arkworks's inner representation.
fn residue(words: [u64; 4]) -> Fq {
    let mut number = BigInt::new(words);
    while number >= Fq::MODULUS {
        number.sub_with_borrow(&Fq::MODULUS);
    }
    Fq::new_unchecked(number)
}

impl Packed for Packed1 {
    type Scalar = Fq;

    fn pack(x: Fq, y: Fq) -> Self {
        Self([to_words(x), to_words(y)])
    }

    fn unpack(&self) -> (Fq, Fq) {
        (of_words(self.0[0]), of_words(self.0[1]))
    }
}

impl Packed for Packed2 {
    type Scalar = Fq2;

    fn pack(x: Fq2, y: Fq2) -> Self {
        Self([x, y].map(|value| [to_words(value.c0), to_words(value.c1)]))
    }

    fn unpack(&self) -> (Fq2, Fq2) {
        let [x, y] = self.0.map(|words| Fq2::new(of_words(words[0]), of_words(words[1])));
        (x, y)
    }
}

/// SAFETY of all functions below: `quad::available()`, and points that can be read or written.
///
/// The coordinate with this place of four points.
#[inline(always)]
pub unsafe fn read<P>(points: &[*const P; 4], place: usize) -> Quad {
    unsafe {
        let [a, b, c, d] = points;
        unpack(transpose([
            _mm256_load_si256(a.cast::<__m256i>().add(place)),
            _mm256_load_si256(b.cast::<__m256i>().add(place)),
            _mm256_load_si256(c.cast::<__m256i>().add(place)),
            _mm256_load_si256(d.cast::<__m256i>().add(place)),
        ]))
    }
}

/// Writes the coordinate with this place of four points.
#[inline(always)]
pub unsafe fn write<P>(digits: &[__m256i; 5], points: &[*mut P; 4], place: usize) {
    unsafe {
        let rows = transpose(pack(digits));
        let mut i = 0;
        while i < 4 {
            _mm256_store_si256(points[i].cast::<__m256i>().add(place), rows[i]);
            i += 1;
        }
    }
}

/// Words of 64 bits from digits of 51.
#[inline(always)]
unsafe fn pack(d: &[__m256i; 5]) -> [__m256i; 4] {
    unsafe {
        [
            _mm256_or_si256(d[0], _mm256_slli_epi64::<51>(d[1])),
            _mm256_or_si256(_mm256_srli_epi64::<13>(d[1]), _mm256_slli_epi64::<38>(d[2])),
            _mm256_or_si256(_mm256_srli_epi64::<26>(d[2]), _mm256_slli_epi64::<25>(d[3])),
            _mm256_or_si256(_mm256_srli_epi64::<39>(d[3]), _mm256_slli_epi64::<12>(d[4])),
        ]
    }
}

/// Limbs from words of 64 bits.
#[inline(always)]
unsafe fn unpack(w: [__m256i; 4]) -> Quad {
    unsafe {
        let mask = _mm256_set1_epi64x(LIMB as i64);
        let second = _mm256_or_si256(_mm256_srli_epi64::<51>(w[0]), _mm256_slli_epi64::<13>(w[1]));
        let third = _mm256_or_si256(_mm256_srli_epi64::<38>(w[1]), _mm256_slli_epi64::<26>(w[2]));
        let fourth = _mm256_or_si256(_mm256_srli_epi64::<25>(w[2]), _mm256_slli_epi64::<39>(w[3]));
        of_digits(&[
            _mm256_and_si256(w[0], mask),
            _mm256_and_si256(second, mask),
            _mm256_and_si256(third, mask),
            _mm256_and_si256(fourth, mask),
            _mm256_srli_epi64::<12>(w[3]),
        ])
    }
}

/// Transposes four rows of four words.
#[inline(always)]
unsafe fn transpose(r: [__m256i; 4]) -> [__m256i; 4] {
    unsafe {
        let a = _mm256_unpacklo_epi64(r[0], r[1]);
        let b = _mm256_unpackhi_epi64(r[0], r[1]);
        let c = _mm256_unpacklo_epi64(r[2], r[3]);
        let d = _mm256_unpackhi_epi64(r[2], r[3]);
        [
            _mm256_permute2x128_si256::<0x20>(a, c),
            _mm256_permute2x128_si256::<0x20>(b, d),
            _mm256_permute2x128_si256::<0x31>(a, c),
            _mm256_permute2x128_si256::<0x31>(b, d),
        ]
    }
}
