//! The operands of eight pairs, asked for ahead of use.
//!
//! Unsafe code as in `ifma`.

#![allow(unsafe_code)]

use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};

use super::finder::Finder;
use super::groups::Groups;
use crate::ifma::addresses::Eight;

/// The kernel works on whole groups of this many pairs.
pub const GROUP: usize = 32;

/// The pairs of a chunk by eights.
pub type Eights<'a> = Groups<'a, 8, GROUP>;

/// The operands of eight pairs.
#[derive(Clone, Copy)]
pub struct Operands {
    pub a: Eight,
    pub b: Eight,
    pub a_negative: u8,
    pub b_negative: u8,
}

impl Operands {
    pub const NONE: Self = Self { a: Eight::NONE, b: Eight::NONE, a_negative: 0, b_negative: 0 };

    /// SAFETY: `ifma::available()`, and the slots are inside the finder's pool.
    #[inline(always)]
    pub unsafe fn asked_for<P>(finder: &Finder, [a, b, _]: [&[u32; 8]; 3]) -> Self {
        unsafe {
            let (a, a_negative) = finder.entries(a.as_ptr());
            let (b, b_negative) = finder.entries(b.as_ptr());
            prefetch::<P, _MM_HINT_T0>(&a);
            prefetch::<P, _MM_HINT_T0>(&b);
            Self { a, b, a_negative, b_negative }
        }
    }
}

#[inline(always)]
pub unsafe fn prefetch<P, const HINT: i32>(points: &Eight) {
    for lane in 0..8 {
        let line = points.read::<i8>(lane);
        // SAFETY: no address can be wrong to ask for.
        unsafe {
            _mm_prefetch::<HINT>(line);
            if size_of::<P>() > 64 {
                _mm_prefetch::<HINT>(line.wrapping_add(64));
            }
        }
    }
}
