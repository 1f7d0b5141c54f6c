//! The pairs of a chunk by eights, as lanes take them, and their points asked for ahead of use.
//!
//! Unsafe code as in `ifma`.

#![allow(unsafe_code)]

use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};

use super::finder::Finder;
use super::pairs::{Pair, Run};
use crate::ifma::addresses::Eight;

/// The kernel works on whole groups of this many pairs.
pub const GROUP: usize = 32;

/// The pairs of a chunk by eights; the spare pair fills its last group.
pub struct Eights<'a> {
    whole: Run<'a>,
    tail: [[u32; GROUP]; 3],
}

impl<'a> Eights<'a> {
    pub fn new(chunk: Run<'a>, spare: Pair) -> Self {
        let whole = chunk.len() / GROUP * GROUP;
        let mut tail = [[spare.a; GROUP], [spare.b; GROUP], [spare.out; GROUP]];
        for (part, pairs) in tail.iter_mut().zip([chunk.a, chunk.b, chunk.out]) {
            part[..chunk.len() - whole].copy_from_slice(&pairs[whole..]);
        }
        let whole = Run { a: &chunk.a[..whole], b: &chunk.b[..whole], out: &chunk.out[..whole] };
        Self { whole, tail }
    }

    /// Where the vector's eight pairs are.
    #[inline(always)]
    pub fn get(&self, vector: usize) -> [*const u32; 3] {
        let at = vector * 8;
        let whole = self.whole.len();
        if at < whole {
            [&self.whole.a[at..at + 8], &self.whole.b[at..at + 8], &self.whole.out[at..at + 8]]
                .map(<[u32]>::as_ptr)
        } else {
            [0, 1, 2].map(|part| self.tail[part][at - whole..at - whole + 8].as_ptr())
        }
    }
}

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
    pub unsafe fn asked_for<P>(finder: &Finder, [a, b, _]: [*const u32; 3]) -> Self {
        unsafe {
            let (a, a_negative) = finder.entries(a);
            let (b, b_negative) = finder.entries(b);
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
