//! Where the points of eight pairs are, computed in lanes: one pair after the other, it costs as
//! much as a product.
//!
//! Unsafe code as in `ifma`.

#![allow(unsafe_code)]

use super::pairs::Pool;
use crate::ifma::addresses::Eight;
use crate::ifma::field::all;
use crate::ifma::instructions::*;
use crate::memory::Plain;

/// Finds slots of one pool.
#[derive(Clone, Copy)]
pub struct Finder {
    /// The address of slot 0, if every slot were shared, and if every slot were the thread's own.
    shared: u64,
    own: u64,
    first_own: u64,
    shift: u32,
}

/// SAFETY of the unsafe functions: `ifma::available()`, and eight numbers at the place.
impl Finder {
    pub fn new<P: Plain>(pool: &mut Pool<'_, P>) -> Self {
        const { assert!(size_of::<P>().is_power_of_two()) };
        let first_own = u64::from(pool.own_start());
        let (shared, own) = pool.starts();
        let own = own.expose_provenance() as u64;
        let shift = size_of::<P>().trailing_zeros();
        let shared = shared.expose_provenance() as u64;
        Self { shared, own: own.wrapping_sub(first_own << shift), first_own, shift }
    }

    /// Whether an entry's point is one that every thread shares, and so in no near cache.
    pub fn far(&self, entry: u32) -> bool {
        u64::from(entry >> 1) < self.first_own
    }

    /// Where the entries' points are, and which of the entries stand for the negative.
    ///
    /// SAFETY: `ifma::available()`, and eight entries can be read.
    #[inline(always)]
    pub unsafe fn entries(&self, entries: *const u32) -> (Eight, u8) {
        unsafe {
            let entries = _mm512_cvtepu32_epi64(_mm256_loadu_si256(entries.cast()));
            let negative = _mm512_test_epi64_mask(entries, all(1));
            (self.slots(_mm512_srli_epi64::<1>(entries)), negative)
        }
    }

    /// Where the slots of sums are.
    ///
    /// SAFETY: as `entries`.
    #[inline(always)]
    pub unsafe fn outputs(&self, slots: *const u32) -> Eight {
        unsafe { self.slots(_mm512_cvtepu32_epi64(_mm256_loadu_si256(slots.cast()))) }
    }

    #[inline(always)]
    unsafe fn slots(&self, slots: __m512i) -> Eight {
        unsafe {
            let own = _mm512_cmpge_epu64_mask(slots, all(self.first_own));
            let start = _mm512_mask_blend_epi64(own, all(self.shared), all(self.own));
            let offset = _mm512_sll_epi64(slots, _mm_cvtsi32_si128(self.shift as i32));
            Eight::of(_mm512_add_epi64(start, offset))
        }
    }
}
