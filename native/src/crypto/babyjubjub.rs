//! Multiples of BabyJubJub's points. Nothing here runs in constant time.
#![forbid(unsafe_code)]

use std::sync::OnceLock;

use ark_bn254::Fr;
use ark_ff::BigInt;

use crate::crypto::edwards::{Extended, Projective, Summand};
use crate::crypto::word;

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
/// A scalar is taken in parts of 64 bits, which share their doublings.
const PARTS: usize = 4;
const PART_BITS: usize = 64;
/// Windows of 4 bits of the multiples of Base8, for scalars of 256 bits.
const NIBBLES: usize = 64;

/// The odd multiples of a point, of its multiple by 2^64 and so on, for several scalars.
pub struct Multiples([[Summand; ODD_MULTIPLES]; PARTS]);

impl Multiples {
    pub fn of(point: &Extended) -> Self {
        let mut base = *point;
        Self(std::array::from_fn(|part| {
            if part > 0 {
                (0..PART_BITS).for_each(|_| base = base.double());
            }
            odd_multiples(&base)
        }))
    }

    /// Whether the point is in the prime subgroup.
    pub fn are_in_subgroup(&self) -> bool {
        self.times(SUBGROUP_ORDER).is_identity()
    }

    /// The point's multiple by a scalar.
    pub fn times(&self, scalar: BigInt<PARTS>) -> Extended {
        let digits = scalar.0.map(signed_windows);
        let mut total = Projective::IDENTITY;
        for place in (0..=PART_BITS).rev() {
            let mut sum = total.double();
            for (multiples, digits) in self.0.iter().zip(&digits) {
                let digit = digits[place];
                let multiple = &multiples[usize::from(digit.unsigned_abs() / 2)];
                match digit {
                    0 => {}
                    1.. => sum = sum.extended().sum(multiple),
                    ..0 => sum = sum.extended().sum(&multiple.negated()),
                }
            }
            total = sum.projective();
        }
        total.extended()
    }
}

fn odd_multiples(point: &Extended) -> [Summand; ODD_MULTIPLES] {
    let twice = point.double().summand();
    let mut next = *point;
    std::array::from_fn(|_| {
        let summand = next.summand();
        next = next.add(&twice);
        summand
    })
}

/// Digits that are zero or odd, -15 to 15; of five neighbours at most one is not zero.
fn signed_windows(part: u64) -> [i8; PART_BITS + 1] {
    let mut digits = [0; PART_BITS + 1];
    // A negative digit may carry out of 64 bits.
    let mut rest = u128::from(part);
    for digit in &mut digits {
        if rest & 1 == 1 {
            let low = (rest & ((1 << WINDOW) - 1)) as i8;
            *digit = if low < 1 << (WINDOW - 1) { low } else { low - (1 << WINDOW) };
            rest = rest.wrapping_sub(i128::from(*digit) as u128);
        }
        rest >>= 1;
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
