//! Arithmetic modulo a prime p of 254 bits in eight lanes, five limbs of 52 bits each.
//!
//! Values are in Montgomery form with R = 2^260. As R/p is more than 84, a product of factors
//! below a·p and b·p is below p·(1.13 + a·b/84): nothing is subtracted after a product, and sums are
//! reduced only where the bounds in the comments ask for it. `Lanes` with limbs of 52 bits are
//! *normal*; products take normal factors, since the multiply-add ignores bits from 52 up.
//!
//! Long for one file: the bound that each function states rests on those of the others.

use std::marker::PhantomData;

use ark_ff::{BigInt, PrimeField};

use super::instructions::*;
use crate::words::invert::inverse_of_word;

/// Eight elements; limb i of all eight is in word i.
#[derive(Clone, Copy)]
#[repr(C, align(64))]
pub struct Lanes(pub [__m512i; 5]);

// SAFETY: 40 words that fill it.
unsafe impl crate::memory::Plain for Lanes {}

impl Lanes {
    pub fn zero() -> Self {
        Self::from_words([[0; 8]; 5])
    }

    pub fn from_words(words: [[u64; 8]; 5]) -> Self {
        // SAFETY: both are 320 bytes without padding, and every bit pattern is a number.
        unsafe { std::mem::transmute(words) }
    }

    /// `words[limb][lane]`.
    pub fn words(&self) -> &[[u64; 8]; 5] {
        // SAFETY: as above; the vectors' alignment is the stricter one.
        unsafe { &*std::ptr::from_ref(self).cast() }
    }

    pub fn words_mut(&mut self) -> &mut [[u64; 8]; 5] {
        // SAFETY: as above.
        unsafe { &mut *std::ptr::from_mut(self).cast() }
    }
}

pub const LIMB: u64 = (1 << 52) - 1;

/// Splits a number below 2^256 into limbs of 52 bits.
pub const fn split(n: [u64; 4]) -> [u64; 5] {
    [
        n[0] & LIMB,
        (n[0] >> 52 | n[1] << 12) & LIMB,
        (n[1] >> 40 | n[2] << 24) & LIMB,
        (n[2] >> 28 | n[3] << 36) & LIMB,
        n[3] >> 16,
    ]
}

/// Joins limbs of 52 bits, for numbers below 2^256.
pub const fn join(l: [u64; 5]) -> [u64; 4] {
    [l[0] | l[1] << 52, l[1] >> 12 | l[2] << 40, l[2] >> 24 | l[3] << 28, l[3] >> 36 | l[4] << 16]
}

/// The multiples 0 to 7 of p, limb by limb: `table[limb][multiple]`.
const fn multiples(p: [u64; 5]) -> Table {
    let mut table = [[0u64; 8]; 5];
    let mut k = 0;
    while k < 8 {
        let mut carry = 0;
        let mut limb = 0;
        while limb < 5 {
            let sum = p[limb] * k as u64 + carry;
            table[limb][k] = if limb < 4 { sum & LIMB } else { sum };
            carry = sum >> 52;
            limb += 1;
        }
        k += 1;
    }
    Table(table)
}

/// (p·k + 1)/2^52 for the k that makes it whole.
const fn fold(p: [u64; 5], k: u64) -> [u64; 5] {
    let mut folded = [0; 5];
    let mut carry = 1;
    let mut limb = 0;
    while limb < 5 {
        let sum = p[limb] as u128 * k as u128 + carry;
        if limb > 0 {
            folded[limb - 1] = sum as u64 & LIMB;
        }
        carry = sum >> 52;
        limb += 1;
    }
    folded[4] = carry as u64;
    folded
}

#[repr(align(64))]
struct Table([[u64; 8]; 5]);

/// The arithmetic of one prime; `F` is the same field in arkworks.
pub struct Field<F>(PhantomData<F>);

impl<F: PrimeField<BigInt = BigInt<4>>> Field<F> {
    pub const P: [u64; 5] = split(F::MODULUS.0);
    /// -1/p modulo 2^52.
    const MINUS_INVERSE: u64 = inverse_of_word(F::MODULUS.0[0]).wrapping_neg() & LIMB;
    /// 2^-52 modulo p: (p·MINUS_INVERSE + 1)/2^52, for both fields below 0.13·p.
    const FOLD: [u64; 5] = fold(Self::P, Self::MINUS_INVERSE);
    const MULTIPLES: Table = multiples(Self::P);
    /// floor(2^260 / p): the quotient of v by p is about HI(top limb of v, RECIPROCAL).
    const RECIPROCAL: u64 = 84;
}

#[inline(always)]
unsafe fn lo(sum: __m512i, a: __m512i, b: __m512i) -> __m512i {
    unsafe { _mm512_madd52lo_epu64(sum, a, b) }
}

#[inline(always)]
unsafe fn hi(sum: __m512i, a: __m512i, b: __m512i) -> __m512i {
    unsafe { _mm512_madd52hi_epu64(sum, a, b) }
}

#[inline(always)]
unsafe fn plus(a: __m512i, b: __m512i) -> __m512i {
    unsafe { _mm512_add_epi64(a, b) }
}

/// SAFETY: `ifma::available()`.
#[inline(always)]
pub unsafe fn all(value: u64) -> __m512i {
    unsafe { _mm512_set1_epi64(value as i64) }
}

/// SAFETY of all functions below: `ifma::available()` is true.
impl<F: PrimeField<BigInt = BigInt<4>>> Field<F> {
    #[inline(always)]
    pub unsafe fn broadcast(value: [u64; 5]) -> Lanes {
        unsafe {
            Lanes([all(value[0]), all(value[1]), all(value[2]), all(value[3]), all(value[4])])
        }
    }

    /// Carries between limbs, signed; the value stays, the limbs become 52 bits (the top takes
    /// the rest).
    #[inline(always)]
    pub unsafe fn normal(mut v: Lanes) -> Lanes {
        unsafe {
            let mask = all(LIMB);
            let mut i = 0;
            while i < 4 {
                let carry = _mm512_srai_epi64::<52>(v.0[i]);
                v.0[i] = _mm512_and_si512(v.0[i], mask);
                v.0[i + 1] = plus(v.0[i + 1], carry);
                i += 1;
            }
            v
        }
    }

    /// a·b/R, limbs below 2^58.
    #[inline(always)]
    pub unsafe fn mul_wide(a: &Lanes, b: &Lanes) -> Lanes {
        unsafe {
            let s = [_mm512_setzero_si512(); 10];
            Self::reduce_product(add_product(s, a, b))
        }
    }

    /// (t0·2^0 + ... + t5·2^260)/2^52 with the multiple of p that clears the lowest limb.
    #[inline(always)]
    unsafe fn reduce_limb(t: [__m512i; 6]) -> [__m512i; 5] {
        unsafe {
            let p = Self::P;
            let m = lo(_mm512_setzero_si512(), t[0], all(Self::MINUS_INVERSE));
            let t1 = lo(t[1], m, all(p[1]));
            let t2 = lo(t[2], m, all(p[2]));
            let t3 = lo(t[3], m, all(p[3]));
            let t4 = lo(t[4], m, all(p[4]));
            // The low limb of t[0] + m·p[0] is 0: its carry is 1 unless t[0]'s low limb was 0.
            let carry = _mm512_srai_epi64::<52>(plus(t[0], all(LIMB)));
            [
                hi(plus(t1, carry), m, all(p[0])),
                hi(t2, m, all(p[1])),
                hi(t3, m, all(p[2])),
                hi(t4, m, all(p[3])),
                hi(t[5], m, all(p[4])),
            ]
        }
    }

    #[inline(always)]
    pub unsafe fn mul(a: &Lanes, b: &Lanes) -> Lanes {
        unsafe { Self::normal(Self::mul_wide(a, b)) }
    }

    /// a·a/R, limbs below 2^58.
    #[inline(always)]
    pub unsafe fn square_wide(a: &Lanes) -> Lanes {
        unsafe { Self::reduce_product(square_product(a)) }
    }

    /// (a·a + b·b)/R with one reduction, limbs below 2^58.
    #[inline(always)]
    pub unsafe fn sum_of_squares_wide(a: &Lanes, b: &Lanes) -> Lanes {
        unsafe {
            let (mut s, t) = (square_product(a), square_product(b));
            let mut i = 0;
            while i < 10 {
                s[i] = plus(s[i], t[i]);
                i += 1;
            }
            Self::reduce_product(s)
        }
    }

    /// s/R, below s/R + 1.13·p. Four limbs are folded: l/2^52 is l·FOLD modulo p, and needs no
    /// product to find a multiple of p first, so that the next limb follows after one product
    /// instead of three. They leave at most FOLD·2^52 more than s/2^208; the last limb goes as in
    /// Montgomery's reduction, with p more at most.
    #[inline(always)]
    pub unsafe fn reduce_product(mut s: [__m512i; 10]) -> Lanes {
        unsafe {
            let fold = Self::FOLD;
            let mut i = 0;
            while i < 4 {
                let carry = _mm512_srai_epi64::<52>(s[i]);
                s[i + 1] = plus(s[i + 1], carry);
                // Only the low 52 bits of s[i] are multiplied.
                let mut j = 0;
                while j < 5 {
                    s[i + 1 + j] = lo(s[i + 1 + j], s[i], all(fold[j]));
                    j += 1;
                }
                let mut j = 0;
                while j < 5 {
                    s[i + 2 + j] = hi(s[i + 2 + j], s[i], all(fold[j]));
                    j += 1;
                }
                i += 1;
            }
            Lanes(Self::reduce_limb([s[4], s[5], s[6], s[7], s[8], s[9]]))
        }
    }

    #[inline(always)]
    pub unsafe fn square(a: &Lanes) -> Lanes {
        unsafe { Self::normal(Self::square_wide(a)) }
    }

    /// a + b, not normal.
    #[inline(always)]
    pub unsafe fn add_wide(a: &Lanes, b: &Lanes) -> Lanes {
        unsafe {
            Lanes([
                plus(a.0[0], b.0[0]),
                plus(a.0[1], b.0[1]),
                plus(a.0[2], b.0[2]),
                plus(a.0[3], b.0[3]),
                plus(a.0[4], b.0[4]),
            ])
        }
    }

    /// a - b + K·p, not normal; K·p is to be above b.
    #[inline(always)]
    pub unsafe fn sub_wide<const K: usize>(a: &Lanes, b: &Lanes) -> Lanes {
        unsafe {
            let mut r = *a;
            let mut i = 0;
            while i < 5 {
                let multiple = all(Self::MULTIPLES.0[i][K]);
                r.0[i] = plus(_mm512_sub_epi64(a.0[i], b.0[i]), multiple);
                i += 1;
            }
            r
        }
    }

    #[inline(always)]
    pub unsafe fn add(a: &Lanes, b: &Lanes) -> Lanes {
        unsafe { Self::normal(Self::add_wide(a, b)) }
    }

    #[inline(always)]
    pub unsafe fn sub<const K: usize>(a: &Lanes, b: &Lanes) -> Lanes {
        unsafe { Self::normal(Self::sub_wide::<K>(a, b)) }
    }

    /// K·p - a in the lanes of the mask, a elsewhere; not normal.
    #[inline(always)]
    pub unsafe fn negate_where<const K: usize>(a: &Lanes, mask: u8) -> Lanes {
        unsafe {
            let mut r = *a;
            let mut i = 0;
            while i < 5 {
                let multiple = all(Self::MULTIPLES.0[i][K]);
                r.0[i] = _mm512_mask_sub_epi64(a.0[i], mask, multiple, a.0[i]);
                i += 1;
            }
            r
        }
    }

    /// The same residue, normal and below 1.07·p, for values from 0 to 8·p. Limbs may be negative
    /// where the value is at least p/2: the top limb's estimate leaves out what the lower ones owe.
    #[inline(always)]
    pub unsafe fn reduce(v: &Lanes) -> Lanes {
        unsafe {
            let top = plus(v.0[4], _mm512_srai_epi64::<52>(v.0[3]));
            // Below the true quotient by less than 1 + 0.008·v/p, and from 0 to 7.
            let q = hi(_mm512_setzero_si512(), top, all(Self::RECIPROCAL));
            let mut r = *v;
            let mut i = 0;
            while i < 5 {
                let multiples = _mm512_load_si512(Self::MULTIPLES.0[i].as_ptr().cast());
                r.0[i] = _mm512_sub_epi64(v.0[i], _mm512_permutexvar_epi64(q, multiples));
                i += 1;
            }
            Self::normal(r)
        }
    }
}

/// s + a·b, the whole product before any reduction: ten independent sums keep the multiplier busy.
#[inline(always)]
pub unsafe fn add_product(mut s: [__m512i; 10], a: &Lanes, b: &Lanes) -> [__m512i; 10] {
    unsafe {
        let mut i = 0;
        while i < 5 {
            let mut j = 0;
            while j < 5 {
                s[i + j] = lo(s[i + j], a.0[j], b.0[i]);
                j += 1;
            }
            let mut j = 0;
            while j < 5 {
                s[i + j + 1] = hi(s[i + j + 1], a.0[j], b.0[i]);
                j += 1;
            }
            i += 1;
        }
        s
    }
}

/// The whole square: products of different limbs once, and doubled.
#[inline(always)]
unsafe fn square_product(a: &Lanes) -> [__m512i; 10] {
    unsafe {
        let z = _mm512_setzero_si512();
        let [a0, a1, a2, a3, a4] = a.0;
        let mut s = [z; 10];
        s[1] = lo(z, a0, a1);
        s[2] = hi(lo(z, a0, a2), a0, a1);
        s[3] = lo(hi(lo(z, a0, a3), a0, a2), a1, a2);
        s[4] = hi(lo(hi(lo(z, a0, a4), a0, a3), a1, a3), a1, a2);
        s[5] = lo(hi(lo(hi(z, a0, a4), a1, a4), a1, a3), a2, a3);
        s[6] = hi(lo(hi(z, a1, a4), a2, a4), a2, a3);
        s[7] = lo(hi(z, a2, a4), a3, a4);
        s[8] = hi(z, a3, a4);
        let mut i = 1;
        while i < 9 {
            s[i] = plus(s[i], s[i]);
            i += 1;
        }
        s[0] = lo(z, a0, a0);
        s[1] = hi(s[1], a0, a0);
        s[2] = lo(s[2], a1, a1);
        s[3] = hi(s[3], a1, a1);
        s[4] = lo(s[4], a2, a2);
        s[5] = hi(s[5], a2, a2);
        s[6] = lo(s[6], a3, a3);
        s[7] = hi(s[7], a3, a3);
        s[8] = lo(s[8], a4, a4);
        s[9] = hi(z, a4, a4);
        s
    }
}
