//! Scalars as signed digits of c bits, sorted so that short ones cost only their own windows.
#![forbid(unsafe_code)]

use rayon::prelude::*;

use super::endomorphism::{BITS, parts};
use crate::memory::Scratch;

const SMALLEST: u32 = 3;
const LARGEST: u32 = 16;

/// Scalars in two parts each: k = k1 + k2·λ.
pub struct Scalars(Scratch<[i128; 2]>);

impl Scalars {
    /// Takes canonical scalars.
    pub fn new(scalars: &[[u64; 4]]) -> Self {
        let mut all = Scratch::new(scalars.len());
        split(&mut all, scalars);
        Self(all)
    }

    /// These scalars, and more behind them.
    pub fn followed_by(&self, more: &[[u64; 4]]) -> Self {
        let mut all = Scratch::new(self.0.len() + more.len());
        let (first, rest) = all.split_at_mut(self.0.len());
        first.copy_from_slice(&self.0);
        split(rest, more);
        Self(all)
    }

    /// The parts that are not zero with their points' slots. Of the points, the i-th has slot
    /// `first` + i, its image under the endomorphism comes `which.len()` slots later, and its
    /// scalar is `which[i]`.
    fn terms(&self, which: &[u32], first: u32) -> impl Iterator<Item = (u32, i128)> {
        let images = first + which.len() as u32;
        let both = (0..).zip(which).flat_map(move |(i, scalar)| {
            let [k1, k2] = self.0[*scalar as usize];
            [(first + i, k1), (images + i, k2)]
        });
        both.filter(|(_, part)| *part != 0)
    }
}

fn split(both: &mut [[i128; 2]], scalars: &[[u64; 4]]) {
    let pairs = both.par_iter_mut().zip(scalars).with_min_len(1024);
    pairs.for_each(|(both, scalar)| *both = parts(*scalar));
}

/// The terms of one sum, cut into windows; those with most windows come first.
pub struct Windows {
    /// Bits of a digit.
    pub width: u32,
    /// The terms' points: slot · 2, plus 1 where the magnitude is the negative's.
    entries: Scratch<u32>,
    /// The terms' magnitudes, with what makes their digits signed.
    low: Scratch<u64>,
    high: Scratch<u64>,
    /// For each window how many of the terms have a digit there; there is a window without terms too.
    pub reach: Vec<usize>,
}

/// How many windows a magnitude of so many bits needs; the topmost digit is not signed, so it
/// leaves one bit for the carry.
fn windows(bits: u32, width: u32) -> u32 {
    (bits + 1).div_ceil(width)
}

fn bits(part: i128) -> u32 {
    128 - part.unsigned_abs().leading_zeros()
}

impl Windows {
    /// The windows of Σ scalar·point for points as in `Scalars::terms`.
    pub fn new(scalars: &Scalars, which: &[u32], first: u32) -> Self {
        let mut lengths = [0usize; BITS as usize + 1];
        scalars.terms(which, first).for_each(|(_, part)| lengths[bits(part) as usize] += 1);
        let width = best_width(&lengths);
        let reach = reach(&lengths, width);
        // Adding 2^(c-1) in every window makes the digits signed without a carry to keep: digit
        // = window of the sum - 2^(c-1). The term's topmost window stays as it is.
        let halves: Vec<u128> = (0..reach.len() as u32)
            .map(|windows| (0..windows).fold(0, |sum, w| sum + (1 << (w * width + width - 1))))
            .collect();
        // Longest first; each length's place is behind the longer ones.
        let mut next = [&reach[1..], &[0]].concat();
        let count = reach[0];
        let (mut entries, mut low, mut high) =
            (Scratch::new(count), Scratch::new(count), Scratch::new(count));
        for (slot, part) in scalars.terms(which, first) {
            let below = windows(bits(part), width) as usize - 1;
            let magnitude = part.unsigned_abs() + halves[below];
            let place = next[below];
            next[below] += 1;
            entries[place] = slot << 1 | u32::from(part < 0);
            low[place] = magnitude as u64;
            high[place] = (magnitude >> 64) as u64;
        }
        Self { width, entries, low, high, reach }
    }

    /// Buckets of a window: one for each magnitude of a digit.
    pub fn buckets(&self) -> usize {
        1 << (self.width - 1)
    }

    /// The entries of a window by bucket, and where each bucket starts in them.
    pub fn sorted(&self, window: usize) -> (Scratch<u32>, Vec<u32>) {
        let digits = self.digits(window);
        let mut starts = vec![0u32; self.buckets() + 2];
        for digit in digits.iter() {
            starts[(digit >> 1) as usize + 1] += 1;
        }
        // Digits that are zero fall into a bucket before the first, which is dropped.
        starts[1] = 0;
        for i in 1..starts.len() {
            starts[i] += starts[i - 1];
        }
        let mut sorted = Scratch::new(starts[starts.len() - 1] as usize);
        for (entry, digit) in self.entries.iter().zip(digits.iter()) {
            if digit >> 1 != 0 {
                let next = &mut starts[(digit >> 1) as usize];
                sorted[*next as usize] = entry ^ (digit & 1);
                *next += 1;
            }
        }
        // Each start was moved to its bucket's end, which is the next bucket's start.
        starts.pop();
        (sorted, starts)
    }

    /// The digits of a window: magnitude · 2, plus 1 where it is negative.
    fn digits(&self, window: usize) -> Scratch<u32> {
        let reach = self.reach[window];
        let mut digits = Scratch::new(reach);
        let (low, high) = (&self.low[..reach], &self.high[..reach]);
        let shift = window as u32 * self.width;
        if shift < 64 {
            // In two steps: a shift by 64 is none.
            let word = |low: u64, high: u64| low >> shift | high << 1 << (63 - shift);
            digits.iter_mut().zip(low).zip(high).for_each(|((d, l), h)| *d = word(*l, *h) as u32);
        } else {
            digits.iter_mut().zip(high).for_each(|(d, h)| *d = (h >> (shift - 64)) as u32);
        }
        let half = 1u32 << (self.width - 1);
        let mask = 2 * half - 1;
        let signed = self.reach.get(window + 1).copied().unwrap_or(0);
        let (signed, topmost) = digits.split_at_mut(signed);
        for digit in signed {
            let value = (*digit & mask) as i32 - half as i32;
            *digit = value.unsigned_abs() << 1 | u32::from(value < 0);
        }
        for digit in topmost {
            *digit = (*digit & mask) << 1;
        }
        digits
    }
}

/// For each window how many terms have a digit there, from the terms of each number of bits.
fn reach(lengths: &[usize], width: u32) -> Vec<usize> {
    let reaching = |window: u32| {
        let reaches = |bits: &usize| windows(*bits as u32, width) > window;
        (0..lengths.len()).filter(reaches).map(|bits| lengths[bits]).sum()
    };
    (0..windows(longest(lengths), width)).map(reaching).collect()
}

/// The bits of the longest term, 0 without terms.
fn longest(lengths: &[usize]) -> u32 {
    lengths.iter().rposition(|count| *count > 0).unwrap_or(0) as u32
}

/// The width with the fewest additions: one for each digit, two for each bucket.
fn best_width(lengths: &[usize]) -> u32 {
    let longest = longest(lengths);
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
