//! Multiples of BabyJubJub's points. Nothing here runs in constant time.

use std::sync::OnceLock;

use ark_bn254::Fr;
use ark_ff::{BigInt, BigInteger};

use crate::edwards::{Extended, Projective, Summand};
use crate::word;

/// Order of the prime subgroup; the curve has eight times as many points.
pub const SUBGROUP_ORDER: BigInt<4> =
    BigInt([0x677297dc392126f1, 0xab3eedb83920ee0a, 0x370a08b6d0302b0b, 0x060c89ce5c263405]);
const BASE8: [&str; 2] = [
    "5299619240641551281634865583518297030282874472190772894086521144482721001553",
    "16950150798460657717958625567821834550301663161624707787222815936182638968203",
];

/// Width of the signed windows of a multiple of any point.
const WINDOW: usize = 5;
const ODD_MULTIPLES: usize = 1 << (WINDOW - 2);
/// Windows of 4 bits of the multiples of Base8, for scalars of 256 bits.
const NIBBLES: usize = 64;

/// One point's odd multiples, for several scalars.
pub struct Multiples([Summand; ODD_MULTIPLES]);

impl Multiples {
    pub fn of(point: &Extended) -> Self {
        let twice = point.double().summand();
        let mut next = *point;
        Self(std::array::from_fn(|_| {
            let summand = next.summand();
            next = next.add(&twice);
            summand
        }))
    }

    /// Whether the point is in the prime subgroup.
    pub fn are_in_subgroup(&self) -> bool {
        self.times(SUBGROUP_ORDER).is_identity()
    }

    /// The point's multiple by a scalar.
    pub fn times(&self, scalar: BigInt<4>) -> Extended {
        let mut total = Projective::IDENTITY;
        for digit in signed_windows(scalar).iter().rev() {
            let twice = total.double();
            let multiple = &self.0[usize::from(digit.unsigned_abs() / 2)];
            total = match digit {
                0 => twice.projective(),
                1.. => twice.extended().sum(multiple).projective(),
                ..0 => twice.extended().sum(&multiple.negated()).projective(),
            };
        }
        total.extended()
    }
}

/// Digits that are zero or odd, -15 to 15; of five neighbours at most one is not zero.
fn signed_windows(mut scalar: BigInt<4>) -> Vec<i8> {
    let mut digits = Vec::with_capacity(257);
    while !scalar.is_zero() {
        let mut digit = 0;
        // A negative digit may carry out of 256 bits.
        let mut carry = false;
        if scalar.is_odd() {
            digit = (scalar.0[0] & ((1 << WINDOW) - 1)) as i8;
            if digit >= 1 << (WINDOW - 1) {
                digit -= 1 << WINDOW;
            }
            if digit > 0 {
                scalar.sub_with_borrow(&BigInt::from(digit as u64));
            } else {
                carry = scalar.add_with_carry(&BigInt::from(digit.unsigned_abs()));
            }
        }
        digits.push(digit);
        scalar.div2();
        scalar.0[3] |= u64::from(carry) << 63;
    }
    digits
}

/// The multiple of Base8 by a scalar.
pub fn times_base8(scalar: BigInt<4>) -> Extended {
    static TABLE: OnceLock<Vec<[Summand; 16]>> = OnceLock::new();
    let table = TABLE.get_or_init(base8_table);
    let nibbles = scalar.0.iter().flat_map(|limb| (0..16).map(move |i| limb >> (4 * i) & 15));
    let mut total = Extended::IDENTITY;
    for (multiples, nibble) in table.iter().zip(nibbles).filter(|(_, nibble)| *nibble != 0) {
        total = total.add(&multiples[nibble as usize]);
    }
    total
}

fn base8_table() -> Vec<[Summand; 16]> {
    let [x, y] = BASE8.map(|text| text.parse().unwrap_or_default());
    let mut base = Extended::from_affine(x, y).unwrap_or(Extended::IDENTITY);
    let mut table = Vec::with_capacity(NIBBLES);
    for _ in 0..NIBBLES {
        let own = base.summand();
        let mut next = Extended::IDENTITY;
        table.push(std::array::from_fn(|_| {
            let summand = next.summand();
            next = next.add(&own);
            summand
        }));
        base = next;
    }
    table
}

/// The multiple of a point by a big-endian scalar of any length; None off the curve.
pub fn multiply(x: Fr, y: Fr, scalar: &[u8]) -> Option<(Fr, Fr)> {
    let multiples = Multiples::of(&Extended::from_affine(x, y)?);
    let mut total = Extended::IDENTITY;
    // 32 bytes at a time, the first ones shorter.
    let (first, rest) = scalar.split_at(scalar.len() % 32);
    for part in std::iter::once(first).chain(rest.chunks_exact(32)) {
        if !total.is_identity() {
            (0..8 * part.len()).for_each(|_| total = total.double());
        }
        total = total.plus(&multiples.times(from_big_endian(part)));
    }
    Some(total.to_affine())
}

/// Whether a point is on the curve and in its prime subgroup; the identity is.
pub fn in_subgroup(x: Fr, y: Fr) -> bool {
    Extended::from_affine(x, y).is_some_and(|point| Multiples::of(&point).are_in_subgroup())
}

fn from_big_endian(bytes: &[u8]) -> BigInt<4> {
    let mut limbs = [0; 4];
    for (i, byte) in bytes.iter().rev().enumerate() {
        limbs[i / 8] |= u64::from(*byte) << (8 * (i % 8));
    }
    BigInt(limbs)
}

/// The number of 32 big-endian bytes, if it is below the subgroup's order.
pub fn subgroup_scalar(word: &[u8]) -> Option<BigInt<4>> {
    word::integer(word).filter(|value| *value < SUBGROUP_ORDER)
}
