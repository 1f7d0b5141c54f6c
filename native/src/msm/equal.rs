//! Pairs whose abscissas are equal, which lanes notice once for a chunk.
#![forbid(unsafe_code)]

use ark_ff::Field;

use super::pairs::{Pair, Pairs, Pool, Run};
use crate::memory::Plain;
use crate::words::packed::Packed;

/// Adds a chunk in which some pair's abscissas are equal: those pairs apart, one by one, the others
/// by `add`, with the spare pair in their place. Returns the positions of the pairs whose sum is
/// infinity.
#[cold]
pub fn apart<P: Packed + Plain>(
    pool: &mut Pool<'_, P>,
    chunk: Run<'_>,
    spare: Pair,
    mut add: impl FnMut(&mut Pool<'_, P>, Run<'_>) -> bool,
) -> Vec<usize> {
    let mut rest: Vec<Pair> = chunk.iter().collect();
    let (mut sums, mut infinite) = (Vec::new(), Vec::new());
    for (position, pair) in chunk.iter().enumerate() {
        let (xa, ya) = signed(pool, pair.a);
        let (xb, yb) = signed(pool, pair.b);
        if xa != xb {
            continue;
        }
        rest[position] = spare;
        match double(xa, ya).filter(|_| ya == yb) {
            Some(sum) => sums.push((pair.out, sum)),
            None => infinite.push(position),
        }
    }
    let rest: Pairs = rest.into_iter().collect();
    assert!(add(pool, rest.all()), "the spare pair has equal abscissas");
    // Only now: a slot may be the operand of its own pair and of no other.
    for (slot, (x, y)) in sums {
        pool.write(slot, P::pack(x, y));
    }
    infinite
}

fn signed<P: Packed + Plain>(pool: &Pool<'_, P>, entry: u32) -> (P::Scalar, P::Scalar) {
    let (x, y) = pool.read(entry >> 1).unpack();
    (x, if entry & 1 == 1 { -y } else { y })
}

fn double<F: Field>(x: F, y: F) -> Option<(F, F)> {
    let square = x.square();
    let slope = (square.double() + square) * y.double().inverse()?;
    let doubled = slope.square() - x.double();
    Some((doubled, slope * (x - doubled) - y))
}
