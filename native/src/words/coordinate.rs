//! The coordinates of both groups on 64-bit words, without branches on their values: a branch on a
//! borrow is mispredicted every second time.
#![forbid(unsafe_code)]

use ark_bn254::{Fq, Fq2, FqConfig};
use ark_ff::{BigInt, Field, MontConfig};

use super::{Element, Multiply, invert, modulus};

/// A coordinate of a point.
pub trait Coordinate: Field {
    fn product<M: Multiply>(&self, other: &Self) -> Self;
    fn squared<M: Multiply>(&self) -> Self;
    fn minus(&self, other: &Self) -> Self;
    /// p - self where asked; self is not zero.
    fn negated_if(&self, negate: bool) -> Self;
    /// What `inverse` returns, four times as fast.
    fn inverted(&self) -> Option<Self>;
}

impl Coordinate for Fq {
    #[inline(always)]
    fn product<M: Multiply>(&self, other: &Self) -> Self {
        M::mul::<FqConfig>(self, other)
    }

    #[inline(always)]
    fn squared<M: Multiply>(&self) -> Self {
        M::square::<FqConfig>(self)
    }

    #[inline(always)]
    fn minus(&self, other: &Self) -> Self {
        subtract::<FqConfig>(self, other)
    }

    #[inline(always)]
    fn negated_if(&self, negate: bool) -> Self {
        let (negative, _) = difference(modulus::<FqConfig>(), self.0.0);
        Self::new_unchecked(BigInt::new(pick(negate, negative, self.0.0)))
    }

    fn inverted(&self) -> Option<Self> {
        invert::inverse(self)
    }
}

impl Coordinate for Fq2 {
    #[inline(always)]
    fn product<M: Multiply>(&self, other: &Self) -> Self {
        let real = self.c0.product::<M>(&other.c0);
        let imaginary = self.c1.product::<M>(&other.c1);
        let sums = plus(&self.c0, &self.c1).product::<M>(&plus(&other.c0, &other.c1));
        Self::new(real.minus(&imaginary), sums.minus(&real).minus(&imaginary))
    }

    #[inline(always)]
    fn squared<M: Multiply>(&self) -> Self {
        let sum = plus(&self.c0, &self.c1);
        let real = sum.product::<M>(&self.c0.minus(&self.c1));
        let half = self.c0.product::<M>(&self.c1);
        Self::new(real, plus(&half, &half))
    }

    #[inline(always)]
    fn minus(&self, other: &Self) -> Self {
        Self::new(self.c0.minus(&other.c0), self.c1.minus(&other.c1))
    }

    #[inline(always)]
    fn negated_if(&self, negate: bool) -> Self {
        // One part may be zero, and p - 0 is not below p.
        let zero = Fq::new_unchecked(BigInt::new([0; 4]));
        let pick = |part: &Fq| pick(negate, zero.minus(part).0.0, part.0.0);
        let [c0, c1] = [&self.c0, &self.c1].map(|part| Fq::new_unchecked(BigInt::new(pick(part))));
        Self::new(c0, c1)
    }

    fn inverted(&self) -> Option<Self> {
        // 1/(s + t·i) = (s - t·i)/(s² + t²)
        let scale = invert::inverse(&(self.c0.square() + self.c1.square()))?;
        Some(Self::new(self.c0 * scale, -(self.c1 * scale)))
    }
}

/// a - b, and whether it borrowed.
#[inline(always)]
pub fn difference(a: [u64; 4], b: [u64; 4]) -> ([u64; 4], bool) {
    let (d0, borrow) = a[0].overflowing_sub(b[0]);
    let (d1, borrow) = sub_borrow(a[1], b[1], borrow);
    let (d2, borrow) = sub_borrow(a[2], b[2], borrow);
    let (d3, borrow) = sub_borrow(a[3], b[3], borrow);
    ([d0, d1, d2, d3], borrow)
}

/// a + b below 2^256.
#[inline(always)]
fn sum(a: [u64; 4], b: [u64; 4]) -> [u64; 4] {
    let (s0, carry) = a[0].overflowing_add(b[0]);
    let (s1, carry) = add_carry(a[1], b[1], carry);
    let (s2, carry) = add_carry(a[2], b[2], carry);
    let (s3, _) = add_carry(a[3], b[3], carry);
    [s0, s1, s2, s3]
}

#[inline(always)]
fn sub_borrow(a: u64, b: u64, borrow: bool) -> (u64, bool) {
    #[cfg(target_arch = "x86_64")]
    {
        let mut d = 0;
        let borrow = core::arch::x86_64::_subborrow_u64(u8::from(borrow), a, b, &mut d);
        (d, borrow != 0)
    }
    #[cfg(not(target_arch = "x86_64"))]
    {
        let (d, first) = a.overflowing_sub(b);
        let (d, second) = d.overflowing_sub(u64::from(borrow));
        (d, first | second)
    }
}

#[inline(always)]
fn add_carry(a: u64, b: u64, carry: bool) -> (u64, bool) {
    #[cfg(target_arch = "x86_64")]
    {
        let mut s = 0;
        let carry = core::arch::x86_64::_addcarry_u64(u8::from(carry), a, b, &mut s);
        (s, carry != 0)
    }
    #[cfg(not(target_arch = "x86_64"))]
    {
        let (s, first) = a.overflowing_add(b);
        let (s, second) = s.overflowing_add(u64::from(carry));
        (s, first | second)
    }
}

/// Which of two numbers, without a branch.
#[inline(always)]
pub fn pick(first: bool, a: [u64; 4], b: [u64; 4]) -> [u64; 4] {
    let mask = u64::from(first).wrapping_neg();
    [0, 1, 2, 3].map(|i| b[i] ^ (mask & (a[i] ^ b[i])))
}

#[inline(always)]
fn subtract<C: MontConfig<4>>(a: &Element<C>, b: &Element<C>) -> Element<C> {
    let (d, borrow) = difference(a.0.0, b.0.0);
    let mask = u64::from(borrow).wrapping_neg();
    Element::<C>::new_unchecked(BigInt::new(sum(d, modulus::<C>().map(|word| word & mask))))
}

/// a + b: below 2·p < 2^255, so the sum has no carry.
#[inline(always)]
fn plus(a: &Fq, b: &Fq) -> Fq {
    let sum = sum(a.0.0, b.0.0);
    let (reduced, borrow) = difference(sum, modulus::<FqConfig>());
    Fq::new_unchecked(BigInt::new(pick(borrow, sum, reduced)))
}
