//! The coordinates of both groups in lanes: what a sum of points asks of them, and the first group's.
//!
//! Bounds, in p: coordinates are at most 0.501, their differences 1.002, with lower limbs of at
//! most 2^50 and 2^51. The running products of a chunk's denominators and their inverses are below.

use std::arch::x86_64::{__m256d, __m256i};

use super::Quad;
use super::field::{digits, minus, negated, of_digits, plus};
use super::points::{Packed1, read, write};
use super::products::{self, FQ};
use crate::memory::Plain;
use crate::words::packed::Packed;

/// A coordinate of four points.
///
/// SAFETY of all functions: `quad::available()`; what is pointed at can be read or written, is aligned
/// as its type says, and no other thread has what is written.
#[allow(clippy::missing_safety_doc)]
pub trait Coordinate: Copy + Send + 'static {
    /// One point in memory: x, then y.
    type Packed: Packed + Plain;
    /// The denominator of a slope, where it is not the difference itself.
    type Norm: Copy + Send;

    const ZERO: Self;
    const NO_NORM: Self::Norm;

    unsafe fn x(points: &[*const Self::Packed; 4]) -> Self;
    unsafe fn y(points: &[*const Self::Packed; 4]) -> Self;
    /// The negative in the lanes whose bit of the sign is set.
    unsafe fn negated(&self, signs: __m256d) -> Self;
    unsafe fn minus(a: &Self, b: &Self) -> Self;
    /// dy/d as a numerator, and what is kept of its denominator, which is in the prime field.
    unsafe fn fraction(numerator: *mut Self, norm: *mut Self::Norm, dy: &Self, d: *const Self);
    /// The denominator, which is zero only where d is.
    unsafe fn denominator(d: *const Self, norm: *const Self::Norm) -> *const Quad;
    /// A numerator times the inverse of its denominator.
    unsafe fn slope(slope: *mut Self, numerator: *const Self, inverse: *const Quad);
    unsafe fn square(square: *mut Self, slope: *const Self);
    /// Writes x = square - xa - xb to the points, where xb = xa + d; returns xa - x.
    unsafe fn finish_x(square: &Self, xa: &Self, d: &Self, points: &[*mut Self::Packed; 4])
    -> Self;
    /// slope·h.
    unsafe fn rise(rise: *mut Self, slope: *const Self, h: *const Self);
    /// Writes y = rise - ya to the points.
    unsafe fn finish_y(rise: &Self, ya: &Self, points: &[*mut Self::Packed; 4]);
}

/// a·b/R. The result may take a factor's place.
///
/// SAFETY: as `Coordinate`.
#[inline(always)]
pub unsafe fn product(out: *mut Quad, a: *const Quad, b: *const Quad) {
    unsafe { products::product(out, a, b, &FQ) }
}

/// x = square - 2·xa - d as digits, and xa - x. The limbs of 2·xa + d are those of xa + xb.
///
/// SAFETY: as `Coordinate`.
#[inline(always)]
pub(super) unsafe fn abscissa(square: &Quad, xa: &Quad, d: &Quad) -> ([__m256i; 5], Quad) {
    unsafe {
        let sum = plus(&plus(xa, xa), d);
        let x = digits(&minus(square, &sum));
        let h = minus(xa, &of_digits(&x));
        (x, h)
    }
}

/// In the first group, in p and in 2^50 for top limbs, where 0.7562·a is enough:
///
/// | | at most | top limb |
/// |---|---|---|
/// | running products of d, from 1 on | 1 + 0.3789·1.62 ≤ 1.62 | 1.23 |
/// | of two chains, of all four | 2.00, 2.52 | 1.91 |
/// | inverse, from `inverted` | 0.501 | |
/// | of two chains, of one | 1.38, 1.85 | 1.41 |
/// | running inverses | 1 + 0.3789·1.85 ≤ 1.85 | 1.41 |
/// | inverse of one d | 1 + 0.3781·1.85·1.62 ≤ 2.14 | 1.63 |
/// | slope | 1 + 0.3789·2.14 ≤ 1.82 | 1.39 |
/// | its square, less xa + xb | 2.26, 3.27 | |
/// | slope·h, less ya | 1.69, 2.20 | |
///
/// Lower limbs of products are at most 2^50 + 2^10, so that no partial product passes 2^51·1.63·2^50,
/// nor twice one of the slope's square 2·1.39·2^50·(2^50 + 2^10).
impl Coordinate for Quad {
    type Packed = Packed1;
    type Norm = ();

    const ZERO: Self = Quad::all([0.0; 5]);
    const NO_NORM: () = ();

    #[inline(always)]
    unsafe fn x(points: &[*const Packed1; 4]) -> Self {
        unsafe { read(points, 0) }
    }

    #[inline(always)]
    unsafe fn y(points: &[*const Packed1; 4]) -> Self {
        unsafe { read(points, 1) }
    }

    #[inline(always)]
    unsafe fn negated(&self, signs: __m256d) -> Self {
        unsafe { negated(self, signs) }
    }

    #[inline(always)]
    unsafe fn minus(a: &Self, b: &Self) -> Self {
        unsafe { minus(a, b) }
    }

    #[inline(always)]
    unsafe fn fraction(numerator: *mut Self, _: *mut (), dy: &Self, _: *const Self) {
        unsafe { numerator.write(*dy) }
    }

    #[inline(always)]
    unsafe fn denominator(d: *const Self, _: *const ()) -> *const Quad {
        d
    }

    #[inline(always)]
    unsafe fn slope(slope: *mut Self, numerator: *const Self, inverse: *const Quad) {
        unsafe { product(slope, numerator, inverse) }
    }

    #[inline(always)]
    unsafe fn square(square: *mut Self, slope: *const Self) {
        unsafe { products::square(square, slope, &FQ) }
    }

    #[inline(always)]
    unsafe fn finish_x(square: &Self, xa: &Self, d: &Self, points: &[*mut Packed1; 4]) -> Self {
        unsafe {
            let (x, h) = abscissa(square, xa, d);
            write(&x, points, 0);
            h
        }
    }

    #[inline(always)]
    unsafe fn rise(rise: *mut Self, slope: *const Self, h: *const Self) {
        unsafe { product(rise, slope, h) }
    }

    #[inline(always)]
    unsafe fn finish_y(rise: &Self, ya: &Self, points: &[*mut Packed1; 4]) {
        unsafe { write(&digits(&minus(rise, ya)), points, 1) }
    }
}
