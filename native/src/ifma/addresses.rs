//! Where eight points are.

use std::ptr::{with_exposed_provenance, with_exposed_provenance_mut};

use super::instructions::{__m512i, _mm512_store_si512};

/// Addresses of eight points.
#[derive(Clone, Copy)]
#[repr(C, align(64))]
pub struct Eight([u64; 8]);

impl Eight {
    pub const NONE: Self = Self([0; 8]);

    /// SAFETY: `ifma::available()`.
    #[inline(always)]
    pub unsafe fn of(addresses: __m512i) -> Self {
        let mut eight = Self::NONE;
        unsafe { _mm512_store_si512(eight.0.as_mut_ptr().cast(), addresses) };
        eight
    }

    #[inline(always)]
    pub fn read<P>(&self, lane: usize) -> *const P {
        with_exposed_provenance(self.get(lane))
    }

    #[inline(always)]
    pub fn write<P>(&self, lane: usize) -> *mut P {
        with_exposed_provenance_mut(self.get(lane))
    }

    /// Through memory, whatever the optimiser thinks: there it costs nothing to take a lane out.
    #[inline(always)]
    fn get(&self, lane: usize) -> usize {
        // SAFETY: a reference to a lane of this value.
        unsafe { std::ptr::from_ref(&self.0[lane]).read_volatile() as usize }
    }
}
