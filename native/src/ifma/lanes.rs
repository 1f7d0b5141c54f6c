//! Between packed numbers of 256 bits, one after the other in memory, and lanes of limbs.

use super::field::{LIMB, Lanes};
use super::instructions::*;

/// Pairs of words of two vectors, one after the other.
pub const PERMUTE_LOW: [i64; 8] = [0, 1, 8, 9, 4, 5, 12, 13];
pub const PERMUTE_HIGH: [i64; 8] = [2, 3, 10, 11, 6, 7, 14, 15];

/// SAFETY: `ifma::available()` is true.
#[inline(always)]
pub unsafe fn permutation(p: [i64; 8]) -> __m512i {
    unsafe { _mm512_setr_epi64(p[0], p[1], p[2], p[3], p[4], p[5], p[6], p[7]) }
}

/// Transposes eight rows of eight words.
///
/// SAFETY: `ifma::available()` is true.
#[inline(always)]
pub unsafe fn transpose(r: [__m512i; 8]) -> [__m512i; 8] {
    unsafe {
        let (low, high) = (permutation(PERMUTE_LOW), permutation(PERMUTE_HIGH));
        let t0 = _mm512_unpacklo_epi64(r[0], r[1]);
        let t1 = _mm512_unpackhi_epi64(r[0], r[1]);
        let t2 = _mm512_unpacklo_epi64(r[2], r[3]);
        let t3 = _mm512_unpackhi_epi64(r[2], r[3]);
        let t4 = _mm512_unpacklo_epi64(r[4], r[5]);
        let t5 = _mm512_unpackhi_epi64(r[4], r[5]);
        let t6 = _mm512_unpacklo_epi64(r[6], r[7]);
        let t7 = _mm512_unpackhi_epi64(r[6], r[7]);
        let u0 = _mm512_permutex2var_epi64(t0, low, t2);
        let u1 = _mm512_permutex2var_epi64(t1, low, t3);
        let u2 = _mm512_permutex2var_epi64(t0, high, t2);
        let u3 = _mm512_permutex2var_epi64(t1, high, t3);
        let w0 = _mm512_permutex2var_epi64(t4, low, t6);
        let w1 = _mm512_permutex2var_epi64(t5, low, t7);
        let w2 = _mm512_permutex2var_epi64(t4, high, t6);
        let w3 = _mm512_permutex2var_epi64(t5, high, t7);
        [
            _mm512_shuffle_i64x2::<0x44>(u0, w0),
            _mm512_shuffle_i64x2::<0x44>(u1, w1),
            _mm512_shuffle_i64x2::<0x44>(u2, w2),
            _mm512_shuffle_i64x2::<0x44>(u3, w3),
            _mm512_shuffle_i64x2::<0xee>(u0, w0),
            _mm512_shuffle_i64x2::<0xee>(u1, w1),
            _mm512_shuffle_i64x2::<0xee>(u2, w2),
            _mm512_shuffle_i64x2::<0xee>(u3, w3),
        ]
    }
}

/// Limbs of 52 bits from words of 64, lane by lane.
///
/// SAFETY: `ifma::available()` is true.
#[inline(always)]
pub unsafe fn unpack(w: [__m512i; 4]) -> Lanes {
    unsafe {
        let mask = _mm512_set1_epi64(LIMB as i64);
        Lanes([
            _mm512_and_si512(w[0], mask),
            _mm512_and_si512(_mm512_shrdi_epi64::<52>(w[0], w[1]), mask),
            _mm512_and_si512(_mm512_shrdi_epi64::<40>(w[1], w[2]), mask),
            _mm512_and_si512(_mm512_shrdi_epi64::<28>(w[2], w[3]), mask),
            _mm512_srli_epi64::<16>(w[3]),
        ])
    }
}

/// Words of 64 bits from normal limbs of values below 2^256.
///
/// SAFETY: `ifma::available()` is true.
#[inline(always)]
pub unsafe fn pack(v: &Lanes) -> [__m512i; 4] {
    unsafe {
        let v = &v.0;
        [
            _mm512_or_si512(v[0], _mm512_slli_epi64::<52>(v[1])),
            _mm512_or_si512(_mm512_srli_epi64::<12>(v[1]), _mm512_slli_epi64::<40>(v[2])),
            _mm512_or_si512(_mm512_srli_epi64::<24>(v[2]), _mm512_slli_epi64::<28>(v[3])),
            _mm512_or_si512(_mm512_srli_epi64::<36>(v[3]), _mm512_slli_epi64::<16>(v[4])),
        ]
    }
}
