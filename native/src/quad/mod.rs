//! Arithmetic modulo BN254's p in four lanes of AVX2, on the doubles' fused multiply-add.
//!
//! **Form.** A number is Σ l_i·2^(51·i) of five limbs, which are signed whole numbers kept as
//! doubles; it stands for itself over R = 2^255, modulo p. Below, p is 0.7562·2^254, so that the top
//! limb of a number of at most a·p is at most 0.7562·a·2^50 + 2 in magnitude.
//!
//! **Partial products.** For |x·y| ≤ 2^102 and C1 = 1.5·2^103, fma(x, y, C1) lies between 2^103 and
//! 2^104, where doubles are 2^51 apart: its bits are those of C1 plus H, the multiple of 2^51 that is
//! nearest to x·y. With C3 = 1.5·2^52 and C2 = C1 + C3, which is a double, C2 - that is C3 - 2^51·H
//! without rounding, and fma(x, y, C3 - 2^51·H) is C3 + L for the rest L = x·y - 2^51·H, of at most
//! 2^50: between 2^52 and 2^53, where doubles are 1 apart, so it is exact, and its bits are those of C3
//! plus L. Both are added up as integers; what a column begins with takes the constants' bits off.
//! With limbs of 52 bits C2 would be no double.
//!
//! **Columns.** One takes at most 10 of each half from two products and 5 of each from the reduction:
//! 15·(2^51 + 2^50) < 2^56. It begins with 2^60 + 2^50 more, which is positive with whatever it takes,
//! so that a logical shift by 51 gives the carry (the nearest, and 2^9) and a mask the balanced
//! digit, from -2^50 up to 2^50 (and 2^50).
//!
//! **Reduction.** The digits d_0 to d_3 are folded: d_k·2^(51·k) is 2^204·d_k·2^(-51·(4 - k)), and the
//! residue of the last factor that is nearest to zero is multiplied instead. Column 4 is cleared with
//! the multiple m·p of p, |m| ≤ 2^50 (Montgomery), and the five columns above are the result. The
//! residues' magnitudes add up to 0.999·p, so a sum s of products leaves at most |s|/R + p/2 + p/2:
//! for factors of at most a·p and b·p, p/R being below 0.3781, at most
//!
//! > (0.3781·a·b + 1)·p for a product, with as many terms as products for a sum of two.
//!
//! The four lower limbs are digits and a carry of the column before, at most 2^50 + 2^10. The top one
//! is below 2^51 if the result is at most 2.6·p: every function's caller sees to that.
//!
//! **What must hold**, then, and is shown where each product is made: |x·y| ≤ 2^102 for limbs x and y
//! of the factors (2·|x·y| for different limbs of a square), and results of at most 2.6·p.
//!
//! **Rounding.** All this takes rounding to the nearest, which MXCSR holds for each thread, and is
//! wrong in other modes: `trusted` is asked once a chunk. No number here is so small that flushing
//! such numbers to zero would change it.
//!
//! `available()` is asked once, at the top; everything below assumes that the answer was yes. An unsafe
//! block without a comment of its own stands in an unsafe function and asks no more than that
//! function does: the instructions, and memory where its SAFETY line names some.

#![allow(unsafe_code)]

use std::arch::x86_64::__m256d;
use std::sync::LazyLock;

use crate::words::asked;

pub mod coordinate;
pub mod field;
pub mod invert;
pub mod points;
pub mod products;
pub mod second;

/// Four elements; limb i of all four is in vector i.
#[derive(Clone, Copy)]
#[repr(C, align(32))]
pub struct Quad(pub [__m256d; 5]);

impl Quad {
    /// `limbs[limb][lane]`.
    pub fn of(limbs: [[f64; 4]; 5]) -> Self {
        // SAFETY: both are 160 bytes without padding, and every pattern of bits is a double.
        unsafe { std::mem::transmute(limbs) }
    }

    /// `limbs[limb][lane]`.
    pub fn limbs(&self) -> &[[f64; 4]; 5] {
        // SAFETY: as above; the vectors' alignment is the stricter one.
        unsafe { &*std::ptr::from_ref(self).cast() }
    }

    /// The same number in each lane.
    pub const fn all(limbs: [f64; 5]) -> Self {
        let [a, b, c, d, e] = limbs;
        // SAFETY: as above.
        unsafe { std::mem::transmute([[a; 4], [b; 4], [c; 4], [d; 4], [e; 4]]) }
    }
}

/// Whether this machine runs the kernels of this module.
pub fn available() -> bool {
    static FOUND: LazyLock<bool> = LazyLock::new(|| {
        is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") && asked::for_lanes()
    });
    *FOUND
}

/// Whether this thread rounds to the nearest, and no inexact result is a fault.
pub fn trusted() -> bool {
    const ROUNDING: u32 = 0x6000;
    const INEXACT_IS_NO_FAULT: u32 = 0x1000;
    let mut mode = 0u32;
    // SAFETY: every processor of this architecture has the register; it is written to `mode`.
    unsafe {
        std::arch::asm!("stmxcsr [{}]", in(reg) &raw mut mode, options(nostack, preserves_flags));
    }
    mode & (ROUNDING | INEXACT_IS_NO_FAULT) == INEXACT_IS_NO_FAULT
}
