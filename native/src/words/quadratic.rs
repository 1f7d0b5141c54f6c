//! The second group's coordinates: a0 + a1·i with i² = -1. Both parts of a product are sums of two
//! products, reduced once.
#![forbid(unsafe_code)]

use ark_bn254::{Fq, Fq2, FqConfig};
use ark_ff::BigInt;

use super::coordinate::{Coordinate, TWICE_P, canonical};
use super::number::{Number, difference, difference_modulo, pick, reduced_once, sum};
use super::{Multiply, modulus};

const P: Number = modulus::<FqConfig>();

/// Of numbers below 2·p and an element: below (1 + 0.1891·4)·p.
#[inline(always)]
fn times<M: Multiply>(a: &[Number; 2], b: &Fq2) -> [Number; 2] {
    let [b0, b1] = b.loose();
    let real = M::two_products::<FqConfig>(&[b0, difference(P, b1).0], a);
    let imaginary = M::two_products::<FqConfig>(&[b1, b0], a);
    [real, imaginary]
}

/// (a0 + a1)(a0 - a1) and 2·a0·a1 of numbers below 2·p: below (1 + 0.1891·8)·p.
#[inline(always)]
fn square<M: Multiply>([a0, a1]: &[Number; 2]) -> [Number; 2] {
    let difference = difference_modulo(*a0, *a1, TWICE_P);
    let real = M::product::<FqConfig>(&sum(*a0, *a1), &difference);
    let imaginary = M::product::<FqConfig>(&sum(*a0, *a0), a1);
    [real, imaginary]
}

/// From below 3·p.
#[inline(always)]
fn reduced_twice(number: Number) -> Fq {
    canonical(reduced_once(number, P))
}

impl Coordinate for Fq2 {
    type Loose = [Number; 2];

    #[inline(always)]
    fn loose(&self) -> [Number; 2] {
        [self.c0.0.0, self.c1.0.0]
    }

    #[inline(always)]
    fn reduced(loose: &[Number; 2]) -> Self {
        Self::new(canonical(loose[0]), canonical(loose[1]))
    }

    #[inline(always)]
    fn minus(&self, other: &Self) -> Self {
        Self::new(self.c0.minus(&other.c0), self.c1.minus(&other.c1))
    }

    #[inline(always)]
    fn negated_if(&self, negate: bool) -> Self {
        // One part may be zero, and p - 0 is not below p.
        let negated = |part: &Fq| {
            let negative = difference_modulo([0; 4], part.0.0, P);
            Fq::new_unchecked(BigInt::new(pick(negate, negative, part.0.0)))
        };
        Self::new(negated(&self.c0), negated(&self.c1))
    }

    /// (n0 + n1·i)(d0 - d1·i) over d0² + d1², which is zero for no other d: -1 is not a square. All
    /// are below (1 + 0.1891·2)·p.
    #[inline(always)]
    fn fraction<M: Multiply>(numerator: &Self, denominator: &Self) -> ([Number; 2], Number) {
        let ([n0, n1], d) = (numerator.loose(), denominator.loose());
        let real = M::two_products::<FqConfig>(&d, &[n0, n1]);
        let imaginary = M::two_products::<FqConfig>(&[d[0], difference(P, d[1]).0], &[n1, n0]);
        ([real, imaginary], M::two_products::<FqConfig>(&d, &d))
    }

    /// Below (1 + 0.1891·4)·p.
    #[inline(always)]
    fn scaled<M: Multiply>(a: &[Number; 2], by: &Number) -> [Number; 2] {
        [M::product::<FqConfig>(&a[0], by), M::product::<FqConfig>(&a[1], by)]
    }

    #[inline(always)]
    fn chord<M: Multiply>(slope: &[Number; 2], xa: &Self, xb: &Self, ya: &Self) -> (Self, Self) {
        let square = square::<M>(slope);
        let (xa_parts, xb_parts) = (xa.loose(), xb.loose());
        let [x0, x1] = [0, 1].map(|i| {
            reduced_twice(difference_modulo(square[i], sum(xa_parts[i], xb_parts[i]), TWICE_P))
        });
        let x = Self::new(x0, x1);
        let product = times::<M>(slope, &xa.minus(&x));
        let ya = ya.loose();
        let [y0, y1] = [0, 1].map(|i| canonical(difference_modulo(product[i], ya[i], P)));
        (x, Self::new(y0, y1))
    }
}
