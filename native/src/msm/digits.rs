//! Scalars as signed digits of c bits, sorted so that short ones cost only their own windows.
#![forbid(unsafe_code)]

use rayon::prelude::*;

use super::endomorphism::{BITS, parts};

const SMALLEST: u32 = 3;
const LARGEST: u32 = 16;

/// Scalars in two parts each: k = k1 + k2·λ.
pub struct Scalars(Vec<[i128; 2]>);

impl Scalars {
    /// Takes canonical scalars.
    pub fn new(scalars: &[[u64; 4]]) -> Self {
        Self(scalars.par_iter().with_min_len(1024).map(|scalar| parts(*scalar)).collect())
    }

    /// The terms of points, of which the i-th has slot `first` + i, its image under the
    /// endomorphism comes `which.len()` slots later, and its scalar is `which[i]`.
    pub fn terms(&self, which: &[u32], first: u32) -> Vec<Term> {
        let images = first + which.len() as u32;
        let mut terms = Vec::with_capacity(2 * which.len());
        for (i, scalar) in (0..).zip(which) {
            let [k1, k2] = self.0[*scalar as usize];
            terms.extend(Term::new(first + i, k1));
            terms.extend(Term::new(images + i, k2));
        }
        terms
    }
}

/// A scalar other than 0 and the point that it multiplies.
#[derive(Clone, Copy)]
pub struct Term {
    /// The point's entry: slot · 2, plus 1 where the magnitude is the negative's.
    entry: u32,
    /// Windows below the topmost one.
    signed_windows: u32,
    magnitude: u128,
}

impl Term {
    fn new(slot: u32, scalar: i128) -> Option<Self> {
        let entry = slot << 1 | u32::from(scalar < 0);
        let magnitude = scalar.unsigned_abs();
        (scalar != 0).then_some(Self { entry, signed_windows: 0, magnitude })
    }

    fn bits(&self) -> u32 {
        128 - self.magnitude.leading_zeros()
    }
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
        let mut lengths = [0usize; BITS as usize + 1];
        terms.iter().for_each(|term| lengths[term.bits() as usize] += 1);
        let width = best_width(&lengths);
        // Adding 2^(c-1) in every window makes the digits signed without a carry to keep: digit
        // = window of the sum - 2^(c-1). The term's topmost window stays as it is.
        for term in &mut terms {
            term.signed_windows = windows(term.bits(), width) - 1;
            for window in 0..term.signed_windows {
                term.magnitude += 1 << (window * width + width - 1);
            }
        }
        let count = terms.iter().map(|term| term.signed_windows as usize + 1).max().unwrap_or(0);
        let mut reach = vec![0; count + 1];
        terms.iter().for_each(|term| reach[term.signed_windows as usize] += 1);
        for window in (0..count).rev() {
            reach[window] += reach[window + 1];
        }
        // Longest first; each length's place is behind the longer ones.
        let mut next = reach[1..].to_vec();
        let mut sorted = terms.clone();
        for term in &terms {
            let place = &mut next[term.signed_windows as usize];
            sorted[*place] = *term;
            *place += 1;
        }
        reach.pop();
        Self { width, terms: sorted, reach }
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
        let bits = term.magnitude >> (window * self.width);
        let value = (bits as u32 & ((1 << self.width) - 1)) as i32;
        if window < term.signed_windows { value - (1 << (self.width - 1)) } else { value }
    }
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
