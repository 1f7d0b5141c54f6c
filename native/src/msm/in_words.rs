//! A chunk of a lanes' pool on 64-bit words, where the lanes' arithmetic cannot be trusted.
#![forbid(unsafe_code)]

use super::narrow::{self, Workspace};
use super::pairs::{Pair, Pairs, Pool, Run};
use crate::memory::Plain;
use crate::words::adx::Adx;
use crate::words::coordinate::Coordinate;
use crate::words::packed::Packed;
use crate::words::{Generic, Multiply};

/// Writes the sum of each pair to its slot; returns the positions of the pairs whose sum is
/// infinity.
#[cold]
pub fn add_in_words<P: Packed + Plain>(pool: &mut Pool<'_, P>, pairs: Run<'_>) -> Vec<usize>
where
    P::Scalar: Coordinate,
    (P::Scalar, P::Scalar): Plain,
{
    match Adx::detect() {
        Some(_) => add::<P, Adx>(pool, pairs),
        None => add::<P, Generic>(pool, pairs),
    }
}

fn add<P: Packed + Plain, M: Multiply>(pool: &mut Pool<'_, P>, pairs: Run<'_>) -> Vec<usize>
where
    P::Scalar: Coordinate,
    (P::Scalar, P::Scalar): Plain,
{
    let operands: Vec<_> =
        pairs.a.iter().chain(pairs.b).map(|entry| pool.read(entry >> 1).unpack()).collect();
    let count = pairs.len() as u32;
    // The operands by their places, with their signs; sums behind them.
    let placed = |place: u32, entry: u32| place << 1 | entry & 1;
    let renamed = (0..count).zip(pairs.iter()).map(|(place, pair)| Pair {
        a: placed(place, pair.a),
        b: placed(count + place, pair.b),
        out: 2 * count + place,
    });
    let renamed: Pairs = renamed.collect();
    let mut plain = Pool::new(&operands, pairs.len());
    let infinite =
        narrow::add_pairs::<P::Scalar, M>(&mut plain, renamed.all(), &mut Workspace::default());
    for (place, out) in (2 * count..).zip(pairs.out) {
        let (x, y) = *plain.read(place);
        pool.write(*out, P::pack(x, y));
    }
    infinite
}
