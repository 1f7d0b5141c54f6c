//! The operations of circom's language on field elements, as its WASM runtime computes them.
#![forbid(unsafe_code)]

use std::cmp::Ordering;

use ark_bn254::Fr;
use ark_ff::{AdditiveGroup, BigInt, BigInteger, Field, PrimeField, Zero};

use crate::words::invert;

macro_rules! operations {
    ($($name:ident),* $(,)?) => {
        /// An operation; its number is its byte in traces and tapes.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(u8)]
        pub enum Op { $($name),* }

        impl Op {
            const ALL: &[Op] = &[$(Op::$name),*];
        }
    };
}

operations!(
    // circom's operators
    Add, Sub, Mul, Div, Idiv, Mod, Pow, Shl, Shr, Band, Bor, Bxor, Eq, Neq, Lt, Gt, Leq, Geq, Land,
    Lor, Neg, Bnot, Lnot, // what a trace has besides
    Copy, CopyN, IsTrue, ToInt, // what a graph or a tape has besides
    Const, Input, Inverse, Integer, Bit, Inverses, // what a trace tells of conditions
    Fork, Else, Join, Enter, Leave, Return,
);

impl Op {
    pub fn from_number(number: u32) -> Option<Self> {
        Self::ALL.get(number as usize).copied()
    }

    pub fn takes_one(self) -> bool {
        matches!(self, Op::Neg | Op::Bnot | Op::Lnot | Op::Inverse | Op::Integer)
    }

    /// Whether every result is 0 or 1.
    pub fn is_boolean(self) -> bool {
        use Op::*;
        matches!(self, Eq | Neq | Lt | Gt | Leq | Geq | Land | Lor | Lnot | Bit)
    }

    /// Whether the operands may change places.
    pub fn is_symmetric(self) -> bool {
        use Op::*;
        matches!(self, Add | Mul | Band | Bor | Bxor | Eq | Neq | Land | Lor)
    }
}

/// How far circom's shifts go: the bits of the modulus.
const BITS: u64 = 254;
const TOP_MASK: u64 = (1 << (BITS - 192)) - 1;

/// Returns the result of one of circom's operators, None for a division by zero.
pub fn evaluate(op: Op, a: Fr, b: Fr) -> Option<Fr> {
    Some(match op {
        Op::Add => a + b,
        Op::Sub => a - b,
        Op::Mul => a * b,
        Op::Div => a * inverse(b),
        Op::Idiv => divide(a, b)?.0,
        Op::Mod => divide(a, b)?.1,
        Op::Pow => a.pow(b.into_bigint()),
        Op::Shl => shift(a, b, true),
        Op::Shr => shift(a, b, false),
        Op::Band => bitwise(a, b, |x, y| x & y),
        Op::Bor => bitwise(a, b, |x, y| x | y),
        Op::Bxor => bitwise(a, b, |x, y| x ^ y),
        Op::Bnot => bitwise(a, a, |x, _| !x),
        Op::Eq => Fr::from(a == b),
        Op::Neq => Fr::from(a != b),
        Op::Lt => Fr::from(compare(a, b) == Ordering::Less),
        Op::Gt => Fr::from(compare(a, b) == Ordering::Greater),
        Op::Leq => Fr::from(compare(a, b) != Ordering::Greater),
        Op::Geq => Fr::from(compare(a, b) != Ordering::Less),
        Op::Land => Fr::from(!a.is_zero() && !b.is_zero()),
        Op::Lor => Fr::from(!a.is_zero() || !b.is_zero()),
        Op::Neg => -a,
        Op::Lnot => Fr::from(a.is_zero()),
        Op::Inverse => inverse(a),
        Op::Integer => Fr::new_unchecked(a.into_bigint()),
        _ => return None,
    })
}

/// The inverse; of zero, zero.
pub fn inverse(a: Fr) -> Fr {
    invert::inverse(&a).unwrap_or(Fr::ZERO)
}

/// A bit of a number that `Op::Integer` made.
#[inline(always)]
pub fn bit(integer: Fr, index: u32) -> Fr {
    let word = integer.0.0[(index as usize >> 6) & 3];
    if word >> (index & 63) & 1 == 1 { Fr::ONE } else { Fr::ZERO }
}

/// Above half the modulus a number is negative.
fn is_negative(a: &BigInt<4>) -> bool {
    *a > Fr::MODULUS_MINUS_ONE_DIV_TWO
}

fn compare(a: Fr, b: Fr) -> Ordering {
    let (a, b) = (a.into_bigint(), b.into_bigint());
    is_negative(&b).cmp(&is_negative(&a)).then(a.cmp(&b))
}

/// A negative distance shifts the other way; one of 254 or more leaves nothing.
fn shift(a: Fr, by: Fr, left: bool) -> Fr {
    let distance = by.into_bigint();
    let (distance, left) =
        if is_negative(&distance) { ((-by).into_bigint(), !left) } else { (distance, left) };
    if distance >= BigInt::from(BITS) {
        return Fr::ZERO;
    }
    let number = a.into_bigint();
    let distance = distance.0[0] as u32;
    if left {
        reduce(number << distance)
    } else {
        Fr::from_bigint(number >> distance).unwrap_or_default()
    }
}

fn bitwise(a: Fr, b: Fr, word: impl Fn(u64, u64) -> u64) -> Fr {
    let (a, b) = (a.into_bigint().0, b.into_bigint().0);
    reduce(BigInt::new([0, 1, 2, 3].map(|i| word(a[i], b[i]))))
}

/// The low 254 bits, less the modulus once where they reach it.
fn reduce(mut number: BigInt<4>) -> Fr {
    number.0[3] &= TOP_MASK;
    if number >= Fr::MODULUS {
        number.sub_with_borrow(&Fr::MODULUS);
    }
    Fr::from_bigint(number).unwrap_or_default()
}

/// Quotient and remainder of the numbers.
fn divide(a: Fr, b: Fr) -> Option<(Fr, Fr)> {
    let (mut rest, den) = (a.into_bigint(), b.into_bigint());
    if den.is_zero() {
        return None;
    }
    let mut quotient = BigInt::<4>::zero();
    let top = rest.num_bits().saturating_sub(den.num_bits());
    for place in (0..=top).rev() {
        let part = den << place;
        // No bit is lost: the part is at most as long as the dividend.
        if rest >= part {
            rest.sub_with_borrow(&part);
            quotient.0[place as usize / 64] |= 1 << (place % 64);
        }
    }
    Some((Fr::from_bigint(quotient)?, Fr::from_bigint(rest)?))
}

#[cfg(test)]
mod tests {
    use ark_ff::One;

    use super::*;

    #[test]
    fn numbers_name_their_operations() {
        for (number, op) in Op::ALL.iter().enumerate() {
            assert_eq!(*op as usize, number);
            assert_eq!(Op::from_number(number as u32), Some(*op));
        }
        assert_eq!(Op::from_number(Op::ALL.len() as u32), None);
    }

    #[test]
    fn division_of_extremes() {
        let last = -Fr::one();
        assert_eq!(divide(last, last), Some((Fr::ONE, Fr::ZERO)));
        assert_eq!(divide(last, Fr::ONE), Some((last, Fr::ZERO)));
        assert_eq!(divide(Fr::ONE, last), Some((Fr::ZERO, Fr::ONE)));
        assert_eq!(divide(last, Fr::ZERO), None);
    }
}
