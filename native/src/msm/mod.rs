//! Sums of multiples of fixed points with a witness's scalars, which are mostly zero, one, short
//! or short negatives.
//!
//! Pippenger's buckets with signed digits. All additions, in buckets and between them, are batches
//! of affine pairs (`sums`), which one kernel for each kind of arithmetic carries out (`kernel`).
pub mod buckets;
pub mod digits;
#[cfg(target_arch = "x86_64")]
pub mod eights;
pub mod endomorphism;
#[cfg(target_arch = "x86_64")]
pub mod equal;
#[cfg(target_arch = "x86_64")]
pub mod finder;
#[cfg(target_arch = "x86_64")]
pub mod fours;
#[cfg(target_arch = "x86_64")]
pub mod groups;
#[cfg(target_arch = "x86_64")]
pub mod in_words;
pub mod kernel;
pub mod narrow;
pub mod pairs;
pub mod prefetch;
pub mod sums;
#[cfg(target_arch = "x86_64")]
pub mod wide;

use std::ops::{Range, RangeInclusive};

use ark_ec::short_weierstrass::{Affine, Projective};
use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::Zero;
use rayon::prelude::*;

use buckets::{Weighted, doubled, weighted_sums};
pub use digits::Scalars;
use digits::Windows;
use endomorphism::Endomorphism;
use kernel::{Base, Kernel, Point};
use pairs::{Pair, Pool};
use sums::{NONE, Summer};

use crate::memory::Huge;

/// Points of a key in a kernel's representation, without those at infinity.
pub struct Bases<K: Kernel> {
    /// Two points whose abscissas differ, then the key's, then their images under the endomorphism.
    points: Huge<K::Point>,
    /// For each of the key's points, the scalar that multiplies it.
    scalars: Vec<u32>,
}

const SPARE: u32 = 2;

/// Digits that are worth a part of their own.
const PART: usize = 1 << 19;

/// Bytes of the points that are summed up at a time; their sums take half of it in a near cache.
const BLOCK: usize = 1 << 21;

impl<K: Kernel> Bases<K> {
    /// The point i of the list is multiplied by the scalar `first` + i.
    pub fn new(points: &[Point<K>], first: usize) -> Self {
        Self::joined(&[(points, first)])
    }

    /// The points of several lists, each with the place of its first scalar.
    pub fn joined(lists: &[(&[Point<K>], usize)]) -> Self {
        let generator = Point::<K>::generator();
        let double = (generator + generator).into_affine();
        let numbered = || lists.iter().flat_map(|(points, first)| (*first..).zip(*points));
        let scalars: Vec<u32> =
            numbered().filter_map(|(i, point)| (!point.is_zero()).then_some(i as u32)).collect();
        let finite = numbered().filter_map(|(_, point)| point.xy());
        let images = finite.clone().map(|(x, y)| (x * Base::<K>::beta(), y));
        let spare = [generator, double];
        let all = spare.iter().filter_map(AffineRepr::xy).chain(finite).chain(images);
        let mut packed = Huge::zeroed(SPARE as usize + 2 * scalars.len());
        packed.iter_mut().zip(all).for_each(|(slot, (x, y))| *slot = K::pack(x, y));
        Self { points: packed, scalars }
    }

    /// The sum of the points' multiples.
    pub fn msm(&self, scalars: &Scalars) -> Projective<K::Curve> {
        self.msm_while(scalars, &|| true).expect("a sum that was wanted to its end")
    }

    /// The same; None if it was not wanted any more before one of its parts.
    pub fn msm_while(
        &self,
        scalars: &Scalars,
        wanted: &(dyn Fn() -> bool + Sync),
    ) -> Option<Projective<K::Curve>> {
        let windows = Windows::new(scalars, &self.scalars, SPARE);
        let count = windows.reach.len();
        // More parts than cores, so that none waits long for another's end; but few windows at once
        // make small batches of pairs.
        let digits: usize = windows.reach.iter().sum();
        let parts = (digits / PART).max(rayon::current_num_threads()).min(count);
        let ranges: Vec<_> =
            (0..parts).map(|i| i * count / parts..(i + 1) * count / parts).collect();
        let part = |range: &Range<usize>| wanted().then(|| self.windows(&windows, range.clone()));
        let sums: Vec<_> = ranges.par_iter().map(part).collect::<Option<_>>()?;
        let total =
            ranges.iter().zip(sums).rev().fold(Projective::zero(), |total, (range, sum)| {
                doubled(total, windows.width * range.len() as u32) + sum
            });
        Some(total)
    }

    /// Σ over the range of 2^(c·(window - first))·(sum of the window).
    fn windows(&self, windows: &Windows, range: Range<usize>) -> Projective<K::Curve> {
        let buckets = windows.buckets();
        let widest = range.clone().map(|window| windows.reach[window]).max().unwrap_or(0);
        // A window's sums take a slot for every two entries. Rows and columns of all windows' buckets
        // take as many slots as there are buckets, and the lists that they leave half as many: up to
        // 5/8 at a width of 4, whose 32 windows at most need 32 slots more.
        let kept = range.len() * buckets;
        let own = 1 + kept + (widest / 2 + 1).max(kept + kept / 2 + 64);
        let pool = Pool::new(&self.points, own);
        let start = pool.own_start();
        let mut summer = Summer::<K>::new(pool, Pair { a: 0, b: 2, out: start });
        let keep = start + 1;
        let scratch = keep + kept as u32;
        let mut lists = Vec::new();
        for (place, window) in range.enumerate() {
            let (mut entries, starts) = windows.sorted(window);
            let mut sums = Vec::with_capacity(buckets);
            for block in blocks(&starts, BLOCK / size_of::<K::Point>()) {
                summer.top = scratch;
                for entry in summer.sums(&mut entries, &starts[block]) {
                    // Anything else is a point of the key, kept already, or nothing.
                    if entry != NONE && entry >> 1 >= scratch {
                        let slot = keep + (place * buckets + sums.len()) as u32;
                        let point = *summer.pool.read(entry >> 1);
                        summer.pool.write(slot, point);
                        sums.push(slot << 1 | entry & 1);
                    } else {
                        sums.push(entry);
                    }
                }
            }
            lists.push(Weighted { entries: sums, bits: windows.width - 1, offset: 1 });
        }
        summer.top = scratch;
        weighted_sums(&mut summer, lists)
            .into_iter()
            .rev()
            .fold(Projective::zero(), |total, sum| doubled(total, windows.width) + sum)
    }
}

/// Ranges of starts that lead to about so many entries each: bucket by bucket, each with its end.
fn blocks(starts: &[u32], size: usize) -> Vec<RangeInclusive<usize>> {
    let (mut blocks, mut first) = (Vec::new(), 0);
    for (bucket, ends) in starts.iter().enumerate().skip(1) {
        if (ends - starts[first]) as usize >= size || bucket + 1 == starts.len() {
            blocks.push(first..=bucket);
            first = bucket;
        }
    }
    blocks
}

/// The sum as arkworks computes it, for tests and benchmarks.
pub fn reference<K: Kernel>(
    points: &[Affine<K::Curve>],
    scalars: &[[u64; 4]],
) -> Projective<K::Curve> {
    use ark_ec::scalar_mul::variable_base::VariableBaseMSM;
    let numbers: Vec<_> = scalars.iter().map(|s| ark_ff::BigInt::new(*s)).collect();
    Projective::<K::Curve>::msm_bigint(points, &numbers)
}
