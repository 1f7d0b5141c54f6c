//! Poseidon's round constants and matrix from the Grain LFSR of the Poseidon paper, with
//! circomlib's parameters; undertow/crypto/poseidon_constants.py is the specification.
#![forbid(unsafe_code)]

use ark_bn254::Fr;
use ark_ff::{BigInt, BigInteger, Field, PrimeField};

pub const FULL_ROUNDS: usize = 8;
pub const MAX_ARITY: usize = 16;
/// By arity, from 1.
const PARTIAL_ROUNDS: [usize; MAX_ARITY] =
    [56, 57, 56, 60, 60, 63, 64, 63, 60, 66, 60, 65, 70, 60, 64, 68];
const FIELD_BITS: usize = 254;
const STATE_BITS: usize = 80;
const SKIPPED: usize = 160;

/// What the plain rounds of one width add and multiply by.
pub struct Plain {
    pub width: usize,
    pub partial_rounds: usize,
    /// One for each round and element.
    pub constants: Vec<Fr>,
    /// Rows one after the other.
    pub matrix: Vec<Fr>,
}

/// Returns the constants for 1 to 16 inputs.
pub fn plain(arity: usize) -> Plain {
    let width = arity + 1;
    let partial_rounds = PARTIAL_ROUNDS[arity - 1];
    let mut grain = Grain::new(width, partial_rounds);
    let mut constants = Vec::with_capacity(width * (FULL_ROUNDS + partial_rounds));
    while constants.len() < constants.capacity() {
        // A number that is not below r is passed over.
        constants.extend(Fr::from_bigint(grain.number()));
    }
    let mut xy: Vec<Fr> = Vec::new();
    while has_repeats(&xy) || xy.is_empty() {
        xy = (0..2 * width).map(|_| reduced(grain.number())).collect();
    }
    let (xs, ys) = xy.split_at(width);
    let entry = |x: &Fr, y: &Fr| (*x + y).inverse().expect("circomlib's x + y are not zero");
    let matrix = xs.iter().flat_map(|x| ys.iter().map(move |y| entry(x, y))).collect();
    Plain { width, partial_rounds, constants, matrix }
}

fn has_repeats(values: &[Fr]) -> bool {
    values.iter().enumerate().any(|(i, value)| values[..i].contains(value))
}

fn reduced(mut value: BigInt<4>) -> Fr {
    while value >= Fr::MODULUS {
        value.sub_with_borrow(&Fr::MODULUS);
    }
    Fr::from_bigint(value).expect("below r")
}

struct Grain {
    bits: [bool; STATE_BITS],
    at: usize,
}

impl Grain {
    fn new(width: usize, partial_rounds: usize) -> Self {
        let description = [
            (1, 2), // a prime field
            (0, 4), // the S-box is a power
            (FIELD_BITS, 12),
            (width, 12),
            (FULL_ROUNDS, 10),
            (partial_rounds, 10),
            ((1 << 30) - 1, 30),
        ];
        let mut bits = [false; STATE_BITS];
        let digits = description
            .iter()
            .flat_map(|(value, count)| (0..*count).rev().map(move |bit| value >> bit & 1 == 1));
        bits.iter_mut().zip(digits).for_each(|(bit, digit)| *bit = digit);
        let mut grain = Self { bits, at: 0 };
        for _ in 0..SKIPPED {
            grain.raw();
        }
        grain
    }

    fn raw(&mut self) -> bool {
        let bit = [0, 13, 23, 38, 51, 62]
            .iter()
            .fold(false, |sum, tap| sum ^ self.bits[(self.at + tap) % STATE_BITS]);
        self.bits[self.at] = bit;
        self.at = (self.at + 1) % STATE_BITS;
        bit
    }

    /// Of each pair of bits the second counts if the first is 1.
    fn bit(&mut self) -> bool {
        loop {
            let (keep, bit) = (self.raw(), self.raw());
            if keep {
                return bit;
            }
        }
    }

    fn number(&mut self) -> BigInt<4> {
        let mut limbs = [0; 4];
        for place in (0..FIELD_BITS).rev() {
            limbs[place / 64] |= u64::from(self.bit()) << (place % 64);
        }
        BigInt(limbs)
    }
}
