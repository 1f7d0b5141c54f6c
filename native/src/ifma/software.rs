//! The instructions of eight lanes as plain arithmetic, under their names: what builds for tests run
//! where a processor has none of them. Slow, and never part of what proves.
//!
//! Each does what Intel's manual says of the instruction; loads and stores are as wide as there. None
//! is inlined: a kernel is made of thousands, and would take minutes to compile.

pub use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};

use super::field::LIMB;

#[allow(non_camel_case_types)]
#[derive(Clone, Copy)]
#[repr(C, align(64))]
pub struct __m512i([u64; 8]);

#[allow(non_camel_case_types)]
#[derive(Clone, Copy)]
#[repr(C, align(32))]
pub struct __m256i([u64; 4]);

#[inline(never)]
fn lanes(of: impl Fn(usize) -> u64) -> __m512i {
    __m512i(std::array::from_fn(of))
}

#[inline(never)]
fn mask(of: impl Fn(usize) -> bool) -> u8 {
    (0..8).fold(0, |mask, lane| mask | u8::from(of(lane)) << lane)
}

/// Instructions of vectors alone, for a lane `$i`. Unsafe as those are, so that callers look alike.
macro_rules! each_lane {
    ($($name:ident$(<$n:ident>)?($($a:ident: $of:ty),*): $i:ident => $value:expr;)*) => {$(
        #[inline(never)]
        pub unsafe fn $name$(<const $n: i32>)?($($a: $of),*) -> __m512i {
            lanes(|$i| $value)
        }
    )*};
}

/// The product of the low 52 bits.
#[inline(never)]
fn product(a: u64, b: u64) -> u128 {
    u128::from(a & LIMB) * u128::from(b & LIMB)
}

/// A word of the two vectors one after the other.
#[inline(never)]
fn of_both(a: &__m512i, b: &__m512i, word: usize) -> u64 {
    if word < 8 { a.0[word] } else { b.0[word - 8] }
}

each_lane! {
    _mm512_setzero_si512(): _i => 0;
    _mm512_set1_epi64(a: i64): _i => a as u64;
    _mm512_add_epi64(a: __m512i, b: __m512i): i => a.0[i].wrapping_add(b.0[i]);
    _mm512_sub_epi64(a: __m512i, b: __m512i): i => a.0[i].wrapping_sub(b.0[i]);
    _mm512_and_si512(a: __m512i, b: __m512i): i => a.0[i] & b.0[i];
    _mm512_or_si512(a: __m512i, b: __m512i): i => a.0[i] | b.0[i];
    _mm512_slli_epi64<N>(a: __m512i): i => a.0[i] << N;
    _mm512_srli_epi64<N>(a: __m512i): i => a.0[i] >> N;
    _mm512_srai_epi64<N>(a: __m512i): i => (a.0[i] as i64 >> N) as u64;
    _mm512_shrdi_epi64<N>(a: __m512i, b: __m512i): i => a.0[i] >> N | b.0[i] << (64 - N);
    _mm512_sll_epi64(a: __m512i, count: u64): i => a.0[i] << count;
    _mm512_madd52lo_epu64(s: __m512i, a: __m512i, b: __m512i): i =>
        s.0[i].wrapping_add(product(a.0[i], b.0[i]) as u64 & LIMB);
    _mm512_madd52hi_epu64(s: __m512i, a: __m512i, b: __m512i): i =>
        s.0[i].wrapping_add((product(a.0[i], b.0[i]) >> 52) as u64);
    _mm512_mask_sub_epi64(other: __m512i, mask: u8, a: __m512i, b: __m512i): i =>
        if mask >> i & 1 == 1 { a.0[i].wrapping_sub(b.0[i]) } else { other.0[i] };
    _mm512_mask_blend_epi64(mask: u8, a: __m512i, b: __m512i): i =>
        if mask >> i & 1 == 1 { b.0[i] } else { a.0[i] };
    _mm512_unpacklo_epi64(a: __m512i, b: __m512i): i => if i % 2 == 0 { a.0[i] } else { b.0[i - 1] };
    _mm512_unpackhi_epi64(a: __m512i, b: __m512i): i => if i % 2 == 0 { a.0[i + 1] } else { b.0[i] };
    _mm512_permutexvar_epi64(places: __m512i, a: __m512i): i => a.0[places.0[i] as usize % 8];
    _mm512_permutex2var_epi64(a: __m512i, places: __m512i, b: __m512i): i =>
        of_both(&a, &b, places.0[i] as usize % 16);
    _mm512_alignr_epi64<N>(a: __m512i, b: __m512i): i => of_both(&b, &a, i + N as usize);
    _mm512_shuffle_i64x2<N>(a: __m512i, b: __m512i): i => {
        let quarter = N as usize >> (2 * (i / 2)) & 3;
        (if i < 4 { a } else { b }).0[2 * quarter + i % 2]
    };
    _mm512_castsi256_si512(a: __m256i): i => if i < 4 { a.0[i] } else { 0 };
    _mm512_cvtepu32_epi64(a: __m256i): i => a.0[i / 2] >> (32 * (i % 2)) & 0xffff_ffff;
    _mm512_inserti64x4<N>(a: __m512i, b: __m256i): i =>
        if i / 4 == N as usize { b.0[i % 4] } else { a.0[i] };
}

#[inline(never)]
#[allow(clippy::too_many_arguments)]
pub unsafe fn _mm512_setr_epi64(
    a: i64,
    b: i64,
    c: i64,
    d: i64,
    e: i64,
    f: i64,
    g: i64,
    h: i64,
) -> __m512i {
    __m512i([a, b, c, d, e, f, g, h].map(|word| word as u64))
}

#[inline(never)]
pub unsafe fn _mm512_cmpge_epu64_mask(a: __m512i, b: __m512i) -> u8 {
    mask(|i| a.0[i] >= b.0[i])
}

#[inline(never)]
pub unsafe fn _mm512_test_epi64_mask(a: __m512i, b: __m512i) -> u8 {
    mask(|i| a.0[i] & b.0[i] != 0)
}

#[inline(never)]
pub unsafe fn _mm_cvtsi32_si128(count: i32) -> u64 {
    count as u32 as u64
}

/// SAFETY: an aligned vector that can be read.
#[inline(never)]
pub unsafe fn _mm512_load_si512(from: *const __m512i) -> __m512i {
    unsafe { from.read() }
}

/// SAFETY: an aligned vector that can be written.
#[inline(never)]
pub unsafe fn _mm512_store_si512(to: *mut __m512i, a: __m512i) {
    unsafe { to.write(a) }
}

/// SAFETY: 32 bytes that can be read.
#[inline(never)]
pub unsafe fn _mm256_loadu_si256(from: *const __m256i) -> __m256i {
    unsafe { from.read_unaligned() }
}
