//! Sums of many pairs of affine points: one inversion for each chunk.
//!
//! For A ≠ ±B the chord gives λ = (yb - ya)/(xb - xa), x = λ² - xa - xb, y = λ(xa - x) - ya. The
//! denominators of a chunk are multiplied up (pass 1) and divided out again from the back
//! (pass 2), in four independent chains so that the multiplier never waits for one product.
//!
//! Unsafe code as in `ifma`.

#![allow(unsafe_code)]

use std::arch::x86_64::_MM_HINT_T1;

use super::eights::{Eights, GROUP, Operands, prefetch};
use super::equal::apart;
use super::finder::Finder;
use super::pairs::{Pair, Pool, Run};
use crate::ifma;
use crate::ifma::coordinate::{Coordinate, ONE, Q, invert_lanes};
use crate::ifma::field::Lanes;

/// Pairs that share an inversion. The temporary values of a chunk stay in the L2 cache.
pub const CHUNK: usize = 1024;
const CHAINS: usize = GROUP / 8;
/// How many vectors ahead of their use points are asked for.
const AHEAD: usize = 4;

/// What pass 1 leaves for pass 2, for eight pairs.
#[derive(Clone, Copy)]
#[repr(C, align(64))]
pub struct Temporary<C: Coordinate> {
    d: C,
    norm: C::Norm,
    numerator: C,
    before: Lanes,
    xa: C,
    ya: C,
}

/// Memory for one caller's chunks.
pub struct Workspace<C: Coordinate> {
    temporaries: Vec<Temporary<C>>,
}

impl<C: Coordinate> Workspace<C> {
    pub fn new() -> Self {
        Self { temporaries: Vec::with_capacity(CHUNK / 8) }
    }
}

impl<C: Coordinate> Default for Workspace<C> {
    fn default() -> Self {
        Self::new()
    }
}

/// Writes the sum of each pair to its slot; returns the positions of the pairs whose sum is
/// infinity, whose slots are then undefined.
///
/// `spare` is a pair of different points that are not each other's negative, and a free slot.
pub fn add_pairs<C: Coordinate>(
    pool: &mut Pool<'_, C::Packed>,
    pairs: Run<'_>,
    spare: Pair,
    workspace: &mut Workspace<C>,
) -> Vec<usize> {
    assert!(ifma::available());
    pool.assert_has(pairs, spare);
    let mut infinite = Vec::new();
    let mut chunks = pairs.chunks(CHUNK).enumerate().peekable();
    while let Some((number, chunk)) = chunks.next() {
        let next = chunks.peek().map(|(_, next)| *next);
        // SAFETY: the kernels' features are there, and every slot is inside the pool.
        if unsafe { add_chunk(pool, chunk, next, spare, &mut workspace.temporaries) } {
            continue;
        }
        let found = apart(pool, chunk, spare, |pool, rest| {
            // SAFETY: as above.
            unsafe { add_chunk(pool, rest, None, spare, &mut workspace.temporaries) }
        });
        infinite.extend(found.into_iter().map(|position| number * CHUNK + position));
    }
    infinite
}

/// Adds at most `CHUNK` pairs; false, with nothing written, if a denominator is zero. The points of
/// the next chunk are asked for meanwhile.
///
/// # Safety
/// `ifma::available()`, and all slots of `chunk` and `spare` are inside the pool.
#[cfg_attr(
    not(undertow_software),
    target_feature(enable = "avx512f,avx512dq,avx512ifma,avx512vbmi2")
)]
unsafe fn add_chunk<C: Coordinate>(
    pool: &mut Pool<'_, C::Packed>,
    chunk: Run<'_>,
    next: Option<Run<'_>>,
    spare: Pair,
    temporaries: &mut Vec<Temporary<C>>,
) -> bool {
    if chunk.is_empty() {
        return true;
    }
    let groups = chunk.len().div_ceil(GROUP);
    let vectors = groups * CHAINS;
    let eights = Eights::new(chunk, spare);
    let finder = Finder::new(pool);
    let next = next.filter(|next| finder.far(next.a[0]));
    temporaries.clear();
    temporaries.reserve(vectors);
    let spaces = temporaries.spare_capacity_mut().as_mut_ptr().cast::<Temporary<C>>();

    // SAFETY, for the whole block: `spaces` has room for as many values as there are vectors, of
    // which pass 1 writes each before pass 2 reads it; the addresses are of slots inside the pool.
    unsafe {
        // Pass 1: the running products of the denominators.
        let mut ring = [Operands::NONE; AHEAD];
        for (vector, place) in ring.iter_mut().enumerate().take(vectors) {
            *place = Operands::asked_for::<C::Packed>(&finder, eights.get(vector));
        }
        let mut products = [Q::broadcast(ONE); CHAINS];
        for group in 0..groups {
            for (chain, product) in products.iter_mut().enumerate() {
                let vector = group * CHAINS + chain;
                // Part by part, or they all would be made on the stack first.
                let t = spaces.add(vector);
                let at = &ring[vector % AHEAD];
                let (a_negative, b_negative) = (at.a_negative, at.b_negative);
                let (xa, ya) = C::load(&at.a);
                (&raw mut (*t).xa).write(xa);
                let ya = ya.negate_where(a_negative);
                (&raw mut (*t).ya).write(ya);
                let (xb, yb) = C::load(&at.b);
                let yb = yb.negate_where(b_negative);
                let d = C::sub(&xb, &xa);
                (&raw mut (*t).d).write(d);
                let (numerator, norm) = C::fraction(&C::sub(&yb, &ya), &d);
                (&raw mut (*t).numerator).write(numerator);
                (&raw mut (*t).norm).write(norm);
                (&raw mut (*t).before).write(*product);
                *product = Q::mul(product, C::denominator(&d, &norm));
                if vector + AHEAD < vectors {
                    let next = eights.get(vector + AHEAD);
                    ring[vector % AHEAD] = Operands::asked_for::<C::Packed>(&finder, next);
                }
            }
        }
        let [p0, p1, p2, p3] = products;
        let (p01, p23) = (Q::mul(&p0, &p1), Q::mul(&p2, &p3));
        let Some(inverse) = invert_lanes(&Q::mul(&p01, &p23)) else { return false };
        let (i01, i23) = (Q::mul(&inverse, &p23), Q::mul(&inverse, &p01));
        let mut inverses =
            [Q::mul(&i01, &p1), Q::mul(&i01, &p0), Q::mul(&i23, &p3), Q::mul(&i23, &p2)];

        // Pass 2, from the back: 1/d, the slope, the sum.
        for group in (0..groups).rev() {
            let at = spaces.add(group * CHAINS);
            let t = |chain: usize| &*at.add(chain);
            let each = [
                Q::mul(&inverses[0], &t(0).before),
                Q::mul(&inverses[1], &t(1).before),
                Q::mul(&inverses[2], &t(2).before),
                Q::mul(&inverses[3], &t(3).before),
            ];
            for (chain, inverse) in inverses.iter_mut().enumerate() {
                *inverse = Q::mul(inverse, C::denominator(&t(chain).d, &t(chain).norm));
            }
            // What one chain waits for, the next one's product fills.
            let slopes = [
                t(0).numerator.scaled(&each[0]),
                t(1).numerator.scaled(&each[1]),
                t(2).numerator.scaled(&each[2]),
                t(3).numerator.scaled(&each[3]),
            ];
            let sums = [
                C::chord_x(&slopes[0], &t(0).xa, &t(0).d),
                C::chord_x(&slopes[1], &t(1).xa, &t(1).d),
                C::chord_x(&slopes[2], &t(2).xa, &t(2).d),
                C::chord_x(&slopes[3], &t(3).xa, &t(3).d),
            ];
            for (chain, (x, slope)) in sums.iter().zip(&slopes).enumerate() {
                if let Some(next) = next {
                    let vector = vectors - 1 - (group * CHAINS + chain);
                    for entries in [next.a, next.b] {
                        if let Some(eight) = entries.get(8 * vector..8 * vector + 8) {
                            let (points, _) = finder.entries(eight.as_ptr());
                            prefetch::<C::Packed, _MM_HINT_T1>(&points);
                        }
                    }
                }
                let y = C::chord_y(slope, &C::sub(&t(chain).xa, x), &t(chain).ya);
                let [_, _, out] = eights.get(group * CHAINS + chain);
                C::store(x, &y, &finder.outputs(out.as_ptr()));
            }
        }
    }
    true
}
