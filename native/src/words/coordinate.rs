//! What sums of points ask of a coordinate, and the first group's coordinates on 64-bit words.
//!
//! BN254's p is below 0.1891·2^256, so a·b / 2^256 of numbers below s·p and t·p is below
//! 0.1891·s·t·p. Every bound here and in `quadratic` is made of this.
#![forbid(unsafe_code)]

use ark_bn254::{Fq, FqConfig};
use ark_ff::{BigInt, Field};

use super::number::{Number, difference_modulo, double, reduced_once, sum};
use super::{Multiply, modulus};

/// A coordinate of a point, in canonical form: below p, in each part.
pub trait Coordinate: Field {
    /// What products leave: below 2·p, in each part.
    type Loose: Copy + Send;

    fn loose(&self) -> Self::Loose;
    fn reduced(loose: &Self::Loose) -> Self;
    fn minus(&self, other: &Self) -> Self;
    /// The negative where asked; self is not zero.
    fn negated_if(&self, negate: bool) -> Self;

    /// numerator / denominator as a fraction over a number below 2·p that is zero only where the
    /// denominator is: one inverse modulo p serves both groups.
    fn fraction<M: Multiply>(numerator: &Self, denominator: &Self) -> (Self::Loose, Number);
    fn scaled<M: Multiply>(a: &Self::Loose, by: &Number) -> Self::Loose;
    /// The sum of the points a and b on a line of that slope: x = λ² - xa - xb, y = λ(xa - x) - ya.
    fn chord<M: Multiply>(slope: &Self::Loose, xa: &Self, xb: &Self, ya: &Self) -> (Self, Self);
}

const P: Number = modulus::<FqConfig>();
const P_AND_ONE: Number = [P[0] + 1, P[1], P[2], P[3]];
pub(super) const TWICE_P: Number = double(P);

/// From below 2·p.
#[inline(always)]
pub(super) fn canonical(number: Number) -> Fq {
    Fq::new_unchecked(BigInt::new(reduced_once(number, P)))
}

impl Coordinate for Fq {
    type Loose = Number;

    #[inline(always)]
    fn loose(&self) -> Number {
        self.0.0
    }

    #[inline(always)]
    fn reduced(loose: &Number) -> Self {
        canonical(*loose)
    }

    #[inline(always)]
    fn minus(&self, other: &Self) -> Self {
        Self::new_unchecked(BigInt::new(difference_modulo(self.0.0, other.0.0, P)))
    }

    #[inline(always)]
    fn negated_if(&self, negate: bool) -> Self {
        // p - y is p + 1 + !y modulo 2^256.
        let mask = u64::from(negate).wrapping_neg();
        let (flipped, more) = (self.0.0.map(|word| word ^ mask), P_AND_ONE.map(|word| word & mask));
        Self::new_unchecked(BigInt::new(sum(flipped, more)))
    }

    #[inline(always)]
    fn fraction<M: Multiply>(numerator: &Self, denominator: &Self) -> (Number, Number) {
        (numerator.loose(), denominator.loose())
    }

    /// Below (1 + 0.1891·4)·p.
    #[inline(always)]
    fn scaled<M: Multiply>(a: &Number, by: &Number) -> Number {
        M::product::<FqConfig>(a, by)
    }

    #[inline(always)]
    fn chord<M: Multiply>(slope: &Number, xa: &Self, xb: &Self, ya: &Self) -> (Self, Self) {
        // The square is below 1.76·p, what it is lessened by below 2·p.
        let square = M::product::<FqConfig>(slope, slope);
        let x = canonical(difference_modulo(square, sum(xa.0.0, xb.0.0), TWICE_P));
        let product = Self::scaled::<M>(slope, &xa.minus(&x).loose());
        (x, canonical(difference_modulo(product, ya.0.0, P)))
    }
}
