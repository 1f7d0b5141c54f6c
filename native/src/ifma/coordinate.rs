//! The coordinates of both groups in lanes: Fq for G1, Fq2 = Fq[i] / (i² + 1) for G2.
//!
//! "Reduced" is below 1.07·p, "loose" is below 4.2·p; every value here is normal (limbs of 52
//! bits) unless its function says otherwise.
//!
//! Long for one file: the same operations for both fields, side by side, with their bounds.

use ark_bn254::{Fq, Fq2};
use ark_ff::{BigInt, PrimeField};

use super::addresses::Eight;
use super::field::{Field, Lanes, add_product, join, split};
use super::instructions::{
    __m512i, _mm512_add_epi64, _mm512_alignr_epi64, _mm512_load_si512, _mm512_setzero_si512,
    _mm512_store_si512, _mm512_sub_epi64,
};
use super::lanes::{pack, transpose, unpack};
use crate::memory::Plain;
use crate::words::invert::inverse;
use crate::words::packed::Packed;

pub type Q = Field<Fq>;

/// 2^8: arkworks reads a lane's limbs v·2^260 as v·2^4; of the inverse it would write
/// v^-1·2^-4·2^256, and the lane wants v^-1·2^260.
const TO_LANE: u64 = 256;

/// 2^260 modulo p: what arkworks has of 16.
const SIXTEEN: Fq = ark_ff::MontFp!("16");
pub const ONE: [u64; 5] = split(SIXTEEN.0.0);

/// A coordinate of eight points.
///
/// SAFETY of all functions: `ifma::available()` is true; the points that are read or written are
/// valid and aligned as their type says, and no other thread has those that are written.
#[allow(clippy::missing_safety_doc)]
pub trait Coordinate: Copy + Send + 'static {
    /// One point in memory: x, then y, packed, with R = 2^260.
    type Packed: Packed + Plain;
    /// The denominator of a slope, where it is not the difference itself.
    type Norm: Copy + Send;

    unsafe fn load(points: &Eight) -> (Self, Self);
    unsafe fn store(x: &Self, y: &Self, points: &Eight);
    /// Reduced to at most 2·p: 2·p - self where the mask says so.
    unsafe fn negate_where(&self, mask: u8) -> Self;
    /// a - b + 2·p for b of at most 2·p.
    unsafe fn sub(a: &Self, b: &Self) -> Self;
    /// dy/d as a numerator and what is kept of its denominator, which is in the prime field.
    unsafe fn fraction(dy: &Self, d: &Self) -> (Self, Self::Norm);
    /// The denominator, which is zero only where d is.
    unsafe fn denominator<'a>(d: &'a Self, norm: &'a Self::Norm) -> &'a Lanes;
    /// A numerator times the inverse of its denominator: below 1.3·p.
    unsafe fn scaled(&self, factor: &Lanes) -> Self;
    /// slope² - 2·xa - d + 6·p, reduced.
    unsafe fn chord_x(slope: &Self, xa: &Self, d: &Self) -> Self;
    /// slope·h - ya + 3·p, reduced.
    unsafe fn chord_y(slope: &Self, h: &Self, ya: &Self) -> Self;
}

/// A point of G1: one cache line.
#[derive(Clone, Copy)]
#[repr(C, align(64))]
pub struct Packed1([[u64; 4]; 2]);

/// A point of G2: two cache lines.
#[derive(Clone, Copy)]
#[repr(C, align(128))]
pub struct Packed2([[[u64; 4]; 2]; 2]);

// SAFETY: both are arrays of words that fill them.
unsafe impl Plain for Packed1 {}
unsafe impl Plain for Packed2 {}

impl Packed for Packed1 {
    type Scalar = Fq;

    fn pack(x: Fq, y: Fq) -> Self {
        Self([to_words(x), to_words(y)])
    }

    fn unpack(&self) -> (Fq, Fq) {
        (from_words(self.0[0]), from_words(self.0[1]))
    }
}

impl Packed for Packed2 {
    type Scalar = Fq2;

    fn pack(x: Fq2, y: Fq2) -> Self {
        Self([x, y].map(|value| [to_words(value.c0), to_words(value.c1)]))
    }

    fn unpack(&self) -> (Fq2, Fq2) {
        let [x, y] = self.0.map(|words| Fq2::new(from_words(words[0]), from_words(words[1])));
        (x, y)
    }
}

/// v·2^260, from arkworks's v·2^256.
fn to_words(value: Fq) -> [u64; 4] {
    (value * Fq::from(16u64)).0.0
}

/// The inverse of `to_words`, for numbers below 2·p.
fn from_words(words: [u64; 4]) -> Fq {
    residue(words) * sixteenth()
}

/// Words below 2·p, taken as arkworks's inner representation.
fn residue(words: [u64; 4]) -> Fq {
    let mut number = BigInt::new(words);
    if number >= Fq::MODULUS {
        ark_ff::BigInteger::sub_with_borrow(&mut number, &Fq::MODULUS);
    }
    Fq::new_unchecked(number)
}

fn sixteenth() -> Fq {
    const SIXTEENTH: Fq = ark_ff::MontFp!(
        "12312136615409592312513603231707217237391675025980025810262583815737939742328"
    );
    SIXTEENTH
}

/// One cache line of each point.
#[inline(always)]
unsafe fn rows(points: &Eight, line: usize) -> [__m512i; 8] {
    // No closure: only what is inlined into the kernel is compiled with its features.
    unsafe {
        let mut rows = [_mm512_setzero_si512(); 8];
        let mut i = 0;
        while i < 8 {
            rows[i] = _mm512_load_si512(points.read::<__m512i>(i).add(line));
            i += 1;
        }
        rows
    }
}

/// One lane's number.
fn lane(v: &[[u64; 8]; 5], index: usize) -> [u64; 4] {
    join([v[0][index], v[1][index], v[2][index], v[3][index], v[4][index]])
}

/// The eight inverses with one inversion, or None if a lane is zero; for lanes below 1.6·p. Lanes
/// are multiplied up and divided out with their neighbours at a distance of 4, 2 and 1.
#[inline(always)]
pub unsafe fn invert_lanes(v: &Lanes) -> Option<Lanes> {
    unsafe {
        let four = rotated::<4>(v);
        let pairs = Q::mul(v, &four);
        let two = rotated::<2>(&pairs);
        let fours = Q::mul(&pairs, &two);
        let one = rotated::<1>(&fours);
        let product = Q::mul(&fours, &one);
        let inverse = inverse(&residue(lane(product.words(), 0)))? * Fq::from(TO_LANE);
        let inverse = Q::mul(&Q::broadcast(split(inverse.0.0)), &one);
        Some(Q::mul(&Q::mul(&inverse, &two), &four))
    }
}

/// Lane i + N modulo 8 in lane i.
#[inline(always)]
unsafe fn rotated<const N: i32>(v: &Lanes) -> Lanes {
    unsafe {
        let mut r = *v;
        let mut limb = 0;
        while limb < 5 {
            r.0[limb] = _mm512_alignr_epi64::<N>(v.0[limb], v.0[limb]);
            limb += 1;
        }
        r
    }
}

impl Coordinate for Lanes {
    type Packed = Packed1;
    type Norm = ();

    #[inline(always)]
    unsafe fn load(points: &Eight) -> (Self, Self) {
        unsafe {
            let [a, b, c, d, e, f, g, h] = transpose(rows(points, 0));
            (unpack([a, b, c, d]), unpack([e, f, g, h]))
        }
    }

    #[inline(always)]
    unsafe fn store(x: &Self, y: &Self, points: &Eight) {
        unsafe { store_line(x, y, points, 0) }
    }

    #[inline(always)]
    unsafe fn negate_where(&self, mask: u8) -> Self {
        // Not normal: only sums follow, which are made normal.
        unsafe { Q::negate_where::<2>(self, mask) }
    }

    #[inline(always)]
    unsafe fn sub(a: &Self, b: &Self) -> Self {
        unsafe { Q::sub::<2>(a, b) }
    }

    #[inline(always)]
    unsafe fn fraction(dy: &Self, _: &Self) -> (Self, ()) {
        (*dy, ())
    }

    #[inline(always)]
    unsafe fn denominator<'a>(d: &'a Self, (): &'a ()) -> &'a Lanes {
        d
    }

    #[inline(always)]
    unsafe fn scaled(&self, factor: &Lanes) -> Self {
        unsafe { Q::mul(self, factor) }
    }

    #[inline(always)]
    unsafe fn chord_x(slope: &Self, xa: &Self, d: &Self) -> Self {
        unsafe { finish_x(&Q::square_wide(slope), xa, d) }
    }

    #[inline(always)]
    unsafe fn chord_y(slope: &Self, h: &Self, ya: &Self) -> Self {
        unsafe { Q::reduce(&Q::sub_wide::<3>(&Q::mul_wide(slope, h), ya)) }
    }
}

impl Coordinate for [Lanes; 2] {
    type Packed = Packed2;
    type Norm = Lanes;

    #[inline(always)]
    unsafe fn load(points: &Eight) -> (Self, Self) {
        unsafe {
            let [a, b, c, d, e, f, g, h] = transpose(rows(points, 0));
            let x = [unpack([a, b, c, d]), unpack([e, f, g, h])];
            let [a, b, c, d, e, f, g, h] = transpose(rows(points, 1));
            (x, [unpack([a, b, c, d]), unpack([e, f, g, h])])
        }
    }

    #[inline(always)]
    unsafe fn store(x: &Self, y: &Self, points: &Eight) {
        unsafe {
            store_line(&x[0], &x[1], points, 0);
            store_line(&y[0], &y[1], points, 1);
        }
    }

    #[inline(always)]
    unsafe fn negate_where(&self, mask: u8) -> Self {
        unsafe { [Q::negate_where::<2>(&self[0], mask), Q::negate_where::<2>(&self[1], mask)] }
    }

    #[inline(always)]
    unsafe fn sub(a: &Self, b: &Self) -> Self {
        unsafe { [Q::sub::<2>(&a[0], &b[0]), Q::sub::<2>(&a[1], &b[1])] }
    }

    /// 1/(s + t·i) = (s - t·i)/(s² + t²): -1 is no square, so the norm is zero only where both are.
    #[inline(always)]
    unsafe fn fraction(dy: &Self, d: &Self) -> (Self, Lanes) {
        unsafe {
            let conjugate = [d[0], Q::normal(Q::negate_where::<4>(&d[1], 0xff))];
            let [real, imaginary] = product_wide(dy, &conjugate);
            let norm = Q::normal(Q::sum_of_squares_wide(&d[0], &d[1]));
            ([Q::normal(real), Q::normal(imaginary)], norm)
        }
    }

    #[inline(always)]
    unsafe fn denominator<'a>(_: &'a Self, norm: &'a Lanes) -> &'a Lanes {
        norm
    }

    #[inline(always)]
    unsafe fn scaled(&self, factor: &Lanes) -> Self {
        unsafe { [Q::mul(&self[0], factor), Q::mul(&self[1], factor)] }
    }

    #[inline(always)]
    unsafe fn chord_x(slope: &Self, xa: &Self, d: &Self) -> Self {
        unsafe {
            // (s + t·i)² = (s + t)(s - t) + 2·s·t·i; factors below 3.3·p, products below 1.3·p.
            let sum = Q::add(&slope[0], &slope[1]);
            let difference = Q::sub::<2>(&slope[0], &slope[1]);
            let real = Q::mul_wide(&sum, &difference);
            let double = Q::add(&slope[0], &slope[0]);
            let imaginary = Q::mul_wide(&double, &slope[1]);
            [finish_x(&real, &xa[0], &d[0]), finish_x(&imaginary, &xa[1], &d[1])]
        }
    }

    #[inline(always)]
    unsafe fn chord_y(slope: &Self, h: &Self, ya: &Self) -> Self {
        unsafe {
            let [real, imaginary] = product_wide(slope, h);
            [
                Q::reduce(&Q::sub_wide::<3>(&real, &ya[0])),
                Q::reduce(&Q::sub_wide::<3>(&imaginary, &ya[1])),
            ]
        }
    }
}

/// (a0·b0 - a1·b1 + p·R, a0·b1 + a1·b0)/R, not normal, for loose factors: the first is between
/// 0.7·p and 2.4·p, the second below 1.6·p. Three products (Karatsuba), and their differences before
/// any reduction: limbs may be negative.
#[inline(always)]
unsafe fn product_wide(a: &[Lanes; 2], b: &[Lanes; 2]) -> [Lanes; 2] {
    unsafe {
        let zero = _mm512_setzero_si512();
        let (a_sum, b_sum) = (Q::add(&a[0], &a[1]), Q::add(&b[0], &b[1]));
        let first = add_product([zero; 10], &a[0], &b[0]);
        let second = add_product([zero; 10], &a[1], &b[1]);
        let p = Q::broadcast(Q::P);
        let (mut real, mut minus) = ([zero; 10], [zero; 10]);
        let mut i = 0;
        while i < 10 {
            let sum = _mm512_add_epi64(first[i], second[i]);
            minus[i] = _mm512_sub_epi64(zero, sum);
            real[i] = _mm512_sub_epi64(first[i], second[i]);
            if i >= 5 {
                real[i] = _mm512_add_epi64(real[i], p.0[i - 5]);
            }
            i += 1;
        }
        let imaginary = add_product(minus, &a_sum, &b_sum);
        [Q::reduce_product(real), Q::reduce_product(imaginary)]
    }
}

/// square - 2·xa - d + 6·p: from 0.6·p to 7.3·p, so `reduce` takes it.
#[inline(always)]
unsafe fn finish_x(square: &Lanes, xa: &Lanes, d: &Lanes) -> Lanes {
    unsafe {
        let subtrahend = Q::add_wide(&Q::add_wide(xa, xa), d);
        Q::reduce(&Q::sub_wide::<6>(square, &subtrahend))
    }
}

/// Writes two numbers of each point to one of its cache lines.
#[inline(always)]
unsafe fn store_line(first: &Lanes, second: &Lanes, points: &Eight, line: usize) {
    unsafe {
        let [a, b, c, d] = pack(first);
        let [e, f, g, h] = pack(second);
        let rows = transpose([a, b, c, d, e, f, g, h]);
        let mut i = 0;
        while i < 8 {
            _mm512_store_si512(points.write::<__m512i>(i).add(line), rows[i]);
            i += 1;
        }
    }
}
