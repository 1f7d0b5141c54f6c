//! Scalars as signed digits of c bits, sorted so that short ones cost only their own windows.

use ark_bn254::Fr;
use ark_ff::{BigInt, BigInteger, PrimeField};
use rayon::prelude::*;

/// Bits of a scalar's magnitude: it is below r/2.
const BITS: u32 = 253;
const SMALLEST: u32 = 3;
const LARGEST: u32 = 16;

/// The magnitudes of a list of scalars.
pub struct Scalars(Vec<Scalar>);

#[derive(Clone, Copy)]
struct Scalar {
    magnitude: [u64; 4],
    bits: u32,
    negative: bool,
}

impl Scalars {
    /// Takes canonical scalars.
    pub fn new(scalars: &[[u64; 4]]) -> Self {
        Self(scalars.par_iter().with_min_len(1024).map(|scalar| Scalar::new(*scalar)).collect())
    }

    /// The terms of points, of which the i-th has slot `first` + i and the scalar `which[i]`.
    pub fn terms(&self, which: &[u32], first: u32) -> Vec<Term> {
        let mut terms = Vec::with_capacity(which.len());
        for (slot, scalar) in (first..).zip(which) {
            let Scalar { magnitude, bits, negative } = self.0[*scalar as usize];
            if bits > 0 {
                terms.push(Term { entry: slot << 1 | u32::from(negative), bits, magnitude });
            }
        }
        terms
    }
}

impl Scalar {
    fn new(scalar: [u64; 4]) -> Self {
        let mut magnitude = BigInt::new(scalar);
        let negative = magnitude > Fr::MODULUS_MINUS_ONE_DIV_TWO;
        if negative {
            let mut difference = Fr::MODULUS;
            difference.sub_with_borrow(&magnitude);
            magnitude = difference;
        }
        Self { magnitude: magnitude.0, bits: magnitude.num_bits(), negative }
    }
}

/// A scalar other than 0 and the point that it multiplies.
#[derive(Clone, Copy)]
pub struct Term {
    /// The point's entry: slot · 2, plus 1 where the magnitude is the negative's.
    entry: u32,
    bits: u32,
    magnitude: [u64; 4],
}

/// How the terms of one product are cut into windows.
pub struct Windows {
    /// Bits of a digit.
    pub width: u32,
    /// Terms, those with most windows first.
    terms: Vec<Term>,
    /// For each window how many of the terms have a digit there.
    pub reach: Vec<usize>,
}

/// How many windows a magnitude of so many bits needs; the topmost digit is not signed, so it
/// leaves one bit for the carry.
fn windows(bits: u32, width: u32) -> u32 {
    (bits + 1).div_ceil(width)
}

impl Windows {
    pub fn new(mut terms: Vec<Term>) -> Self {
        let mut lengths = [0usize; BITS as usize + 2];
        terms.iter().for_each(|term| lengths[term.bits as usize] += 1);
        let width = best_width(&lengths);
        terms.sort_by_key(|term| std::cmp::Reverse(windows(term.bits, width)));
        let count = terms.first().map_or(0, |term| windows(term.bits, width));
        let reach = (0..count)
            .map(|window| terms.partition_point(|term| windows(term.bits, width) > window))
            .collect();
        // Adding 2^(c-1) in every window makes the digits signed without a carry to keep: digit
        // = window of the sum - 2^(c-1). The term's topmost window stays as it is.
        for term in &mut terms {
            let top = windows(term.bits, width) - 1;
            let mut offset = BigInt::<4>::zero();
            for window in 0..top {
                set_bit(&mut offset.0, window * width + width - 1);
            }
            let mut sum = BigInt::new(term.magnitude);
            sum.add_with_carry(&offset);
            term.magnitude = sum.0;
            term.bits = top;
        }
        Self { width, terms, reach }
    }

    /// Buckets of a window: one for each magnitude of a digit.
    pub fn buckets(&self) -> usize {
        1 << (self.width - 1)
    }

    /// The entries of a window by bucket, and where each bucket starts in them.
    pub fn sorted(&self, window: usize) -> (Vec<u32>, Vec<u32>) {
        let terms = &self.terms[..self.reach[window]];
        let mut starts = vec![0u32; self.buckets() + 2];
        let digits: Vec<i32> = terms.iter().map(|term| self.digit(term, window as u32)).collect();
        for digit in &digits {
            starts[digit.unsigned_abs() as usize + 1] += 1;
        }
        // Digits that are zero fall into a bucket before the first, which is dropped.
        starts[1] = 0;
        for i in 1..starts.len() {
            starts[i] += starts[i - 1];
        }
        let mut entries = vec![0u32; starts[starts.len() - 1] as usize];
        for (term, digit) in terms.iter().zip(&digits) {
            if *digit != 0 {
                let next = &mut starts[digit.unsigned_abs() as usize];
                entries[*next as usize] = term.entry ^ u32::from(*digit < 0);
                *next += 1;
            }
        }
        // Each start was moved to its bucket's end, which is the next bucket's start.
        starts.pop();
        (entries, starts)
    }

    fn digit(&self, term: &Term, window: u32) -> i32 {
        let at = window * self.width;
        let (limb, shift) = ((at / 64) as usize, at % 64);
        let mut bits = term.magnitude[limb] >> shift;
        if shift + self.width > 64 && limb < 3 {
            bits |= term.magnitude[limb + 1] << (64 - shift);
        }
        let value = (bits & ((1 << self.width) - 1)) as i32;
        if window < term.bits { value - (1 << (self.width - 1)) } else { value }
    }
}

fn set_bit(limbs: &mut [u64; 4], bit: u32) {
    limbs[(bit / 64) as usize] |= 1 << (bit % 64);
}

/// The width with the fewest additions: one for each digit, two for each bucket.
fn best_width(lengths: &[usize]) -> u32 {
    let longest = lengths.iter().rposition(|count| *count > 0).unwrap_or(0) as u32;
    let cost = |width: u32| -> usize {
        let digits: usize = lengths
            .iter()
            .enumerate()
            .map(|(bits, count)| count * windows(bits as u32, width) as usize)
            .sum();
        digits + (windows(longest, width) as usize) * (2 << (width - 1))
    };
    (SMALLEST..=LARGEST).min_by_key(|width| cost(*width)).unwrap_or(SMALLEST)
}
