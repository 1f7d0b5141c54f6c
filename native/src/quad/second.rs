//! The second group's coordinates: a0 + a1·i with i² = -1, each part a number.

use std::arch::x86_64::__m256d;

use super::Quad;
use super::coordinate::{Coordinate, abscissa, product};
use super::field::{carried, digits, minus, negated, negative, plus, small};
use super::points::{Packed2, read, write};
use super::products::{self, FQ};

type Pair = [Quad; 2];

/// a0·b0 + a1·b1 over R.
#[inline(always)]
unsafe fn two_products(out: *mut Quad, a: *const Pair, b: *const Pair) {
    unsafe { products::two_products(out, a, b, &FQ) }
}

/// As in the first group; a slope's numerator and its norm are sums of two products, and the norm and
/// the slope are made small before they are multiplied:
///
/// | | at most | top limb |
/// |---|---|---|
/// | numerator, norm | 1 + 0.7577·1.002 ≤ 1.76 | 1.34 |
/// | running products of norms of at most 0.501 | 1 + 0.1895·1.24 ≤ 1.24 | 0.94 |
/// | of two chains, of all four | 1.59, 1.96 | 1.49 |
/// | inverse, from `inverted` | 0.501 | |
/// | of two chains, of one | 1.31, 1.62 | 1.23 |
/// | running inverses | 1 + 0.1895·1.62 ≤ 1.62 | 1.23 |
/// | inverse of one norm | 1 + 0.3781·1.62·1.24 ≤ 1.77 | 1.34 |
/// | slope | 1 + 0.3781·1.76·1.77 ≤ 2.18, then 0.501 | 1.65, 0.38 |
/// | parts of its square, less xa + xb | 1.39, 2.40 | |
/// | parts of slope·h, less ya | 1.38, 1.89 | |
///
/// Differences of coordinates have lower limbs of at most 2^51, and 2^51·2^51 is the largest partial
/// product there may be. A small slope's are at most 2^50 + 2^3; where the sum of both parts meets
/// their difference, it is carried first.
impl Coordinate for Pair {
    type Packed = Packed2;
    type Norm = Quad;

    const ZERO: Self = [Quad::all([0.0; 5]); 2];
    const NO_NORM: Quad = Quad::all([0.0; 5]);

    #[inline(always)]
    unsafe fn x(points: &[*const Packed2; 4]) -> Self {
        unsafe { [read(points, 0), read(points, 1)] }
    }

    #[inline(always)]
    unsafe fn y(points: &[*const Packed2; 4]) -> Self {
        unsafe { [read(points, 2), read(points, 3)] }
    }

    #[inline(always)]
    unsafe fn negated(&self, signs: __m256d) -> Self {
        unsafe { [negated(&self[0], signs), negated(&self[1], signs)] }
    }

    #[inline(always)]
    unsafe fn minus(a: &Self, b: &Self) -> Self {
        unsafe { [minus(&a[0], &b[0]), minus(&a[1], &b[1])] }
    }

    /// 1/(s + t·i) = (s - t·i)/(s² + t²): -1 is no square, so the norm is zero only where both are.
    #[inline(always)]
    unsafe fn fraction(numerator: *mut Self, norm: *mut Quad, dy: &Self, d: *const Self) {
        unsafe {
            let turned = [negative(&(*d)[1]), (*d)[0]];
            two_products(&raw mut (*numerator)[0], dy, d);
            two_products(&raw mut (*numerator)[1], dy, &raw const turned);
            two_products(norm, d, d);
            *norm = small(&*norm);
        }
    }

    #[inline(always)]
    unsafe fn denominator(_: *const Self, norm: *const Quad) -> *const Quad {
        norm
    }

    #[inline(always)]
    unsafe fn slope(slope: *mut Self, numerator: *const Self, inverse: *const Quad) {
        unsafe {
            product(&raw mut (*slope)[0], &raw const (*numerator)[0], inverse);
            product(&raw mut (*slope)[1], &raw const (*numerator)[1], inverse);
            *slope = [small(&(*slope)[0]), small(&(*slope)[1])];
        }
    }

    /// (s + t·i)² = (s + t)(s - t) + 2·s·t·i.
    #[inline(always)]
    unsafe fn square(square: *mut Self, slope: *const Self) {
        unsafe {
            let [s, t] = &*slope;
            let sum = carried(&plus(s, t));
            let difference = minus(s, t);
            let twice = plus(s, s);
            product(&raw mut (*square)[0], &raw const sum, &raw const difference);
            product(&raw mut (*square)[1], &raw const twice, &raw const (*slope)[1]);
        }
    }

    #[inline(always)]
    unsafe fn finish_x(square: &Self, xa: &Self, d: &Self, points: &[*mut Packed2; 4]) -> Self {
        unsafe {
            let (first, first_h) = abscissa(&square[0], &xa[0], &d[0]);
            write(&first, points, 0);
            let (second, second_h) = abscissa(&square[1], &xa[1], &d[1]);
            write(&second, points, 1);
            [first_h, second_h]
        }
    }

    #[inline(always)]
    unsafe fn rise(rise: *mut Self, slope: *const Self, h: *const Self) {
        unsafe {
            let [h0, h1] = &*h;
            let (straight, across) = ([*h0, negative(h1)], [*h1, *h0]);
            two_products(&raw mut (*rise)[0], slope, &raw const straight);
            two_products(&raw mut (*rise)[1], slope, &raw const across);
        }
    }

    #[inline(always)]
    unsafe fn finish_y(rise: &Self, ya: &Self, points: &[*mut Packed2; 4]) {
        unsafe {
            write(&digits(&minus(&rise[0], &ya[0])), points, 2);
            write(&digits(&minus(&rise[1], &ya[1])), points, 3);
        }
    }
}
