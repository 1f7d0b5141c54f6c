//! Sums of many pairs of affine points with one inversion for each chunk, on 64-bit words.
#![forbid(unsafe_code)]

use super::pairs::{Pool, Run};
use crate::memory::Plain;
use crate::words::Multiply;
use crate::words::coordinate::Coordinate;

const CHUNK: usize = 1024;

/// What one pair needs until its chunk's inverse is known.
struct Temporary<F> {
    denominator: F,
    numerator: F,
    before: F,
    xa: F,
    xb: F,
    ya: F,
}

/// Memory for one caller's chunks.
pub struct Workspace<F>(Vec<Temporary<F>>);

impl<F> Default for Workspace<F> {
    fn default() -> Self {
        Self(Vec::with_capacity(CHUNK))
    }
}

/// Writes the sum of each pair to its slot; returns the positions of the pairs whose sum is
/// infinity. The chord and the tangent share their formulas and so one inversion.
pub fn add_pairs<F: Coordinate, M: Multiply>(
    pool: &mut Pool<'_, (F, F)>,
    pairs: Run<'_>,
    workspace: &mut Workspace<F>,
) -> Vec<usize>
where
    (F, F): Plain,
{
    let mut infinite = Vec::new();
    for (number, chunk) in pairs.chunks(CHUNK).enumerate() {
        workspace.0.clear();
        let mut product = F::ONE;
        for (position, pair) in chunk.iter().enumerate() {
            let (xa, ya) = signed(pool, pair.a);
            let (xb, yb) = signed(pool, pair.b);
            let (mut numerator, mut denominator) = (yb.minus(&ya), xb.minus(&xa));
            if denominator.is_zero() {
                if ya == yb && !ya.is_zero() {
                    let square = xa.square();
                    (numerator, denominator) = (square.double() + square, ya.double());
                } else {
                    infinite.push(number * CHUNK + position);
                    (numerator, denominator) = (F::ZERO, F::ONE);
                }
            }
            workspace.0.push(Temporary { denominator, numerator, before: product, xa, xb, ya });
            product = product.product::<M>(&denominator);
        }
        let mut inverse = product.inverted().expect("no denominator is zero");
        for (position, t) in workspace.0.iter().enumerate().rev() {
            let slope = inverse.product::<M>(&t.before).product::<M>(&t.numerator);
            inverse = inverse.product::<M>(&t.denominator);
            let x = slope.squared::<M>().minus(&t.xa).minus(&t.xb);
            let y = slope.product::<M>(&t.xa.minus(&x)).minus(&t.ya);
            pool.write(chunk.out[position], (x, y));
        }
    }
    infinite
}

#[inline(always)]
fn signed<F: Coordinate>(pool: &Pool<'_, (F, F)>, entry: u32) -> (F, F)
where
    (F, F): Plain,
{
    let (x, y) = *pool.read(entry >> 1);
    (x, y.negated_if(entry & 1 == 1))
}
