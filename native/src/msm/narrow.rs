//! Sums of many pairs of affine points with one inversion for each chunk, on 64-bit words.
//!
//! The denominators are multiplied up and divided out again from the back, in independent chains,
//! so that one pair's products need not wait for those of its neighbour.
#![forbid(unsafe_code)]

use ark_bn254::Fq;
use ark_ff::Field;

use super::pairs::{Pair, Pool, Run};
use super::prefetch::prefetch;
use crate::memory::Plain;
use crate::words::Multiply;
use crate::words::coordinate::Coordinate;
use crate::words::invert::inverse;
use crate::words::number::Number;

/// Pairs that share an inversion. Their temporary values, 320 bytes each in the second group, stay in
/// an L2 cache of 256 KiB.
const CHUNK: usize = 512;
const CHAINS: usize = 4;
/// How many pairs ahead of their use points are asked for.
const AHEAD: usize = 8;

/// What one pair needs until its chunk's inverse is known.
struct Temporary<F: Coordinate> {
    numerator: F::Loose,
    denominator: Number,
    before: Number,
    xa: F,
    xb: F,
    ya: F,
}

/// Memory for one caller's chunks.
pub struct Workspace<F: Coordinate>(Vec<Temporary<F>>);

impl<F: Coordinate> Default for Workspace<F> {
    fn default() -> Self {
        let (zero, number) = (F::ZERO, [0; 4]);
        let blank = || Temporary {
            numerator: zero.loose(),
            denominator: number,
            before: number,
            xa: zero,
            xb: zero,
            ya: zero,
        };
        Self((0..CHUNK).map(|_| blank()).collect())
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
    for (start, chunk) in (0..).step_by(CHUNK).zip(pairs.chunks(CHUNK)) {
        let temporaries = &mut workspace.0[..chunk.len()];
        let mut products = [Fq::ONE.loose(); CHAINS];
        for (position, (pair, t)) in chunk.iter().zip(&mut *temporaries).enumerate() {
            if let Some(later) = pairs.get(start + position + AHEAD) {
                prefetch(pool.read(later.a >> 1));
                prefetch(pool.read(later.b >> 1));
            }
            if !begin::<F, M>(pool, pair, t) {
                infinite.push(start + position);
            }
            let product = &mut products[position % CHAINS];
            t.before = *product;
            *product = Fq::scaled::<M>(product, &t.denominator);
        }
        let mut inverses = inverted(products).map(|inverse| inverse.loose());
        for (position, (out, t)) in chunk.out.iter().zip(&*temporaries).enumerate().rev() {
            let inverse = &mut inverses[position % CHAINS];
            let slope = F::scaled::<M>(&t.numerator, &Fq::scaled::<M>(inverse, &t.before));
            *inverse = Fq::scaled::<M>(inverse, &t.denominator);
            pool.write(*out, F::chord::<M>(&slope, &t.xa, &t.xb, &t.ya));
        }
    }
    infinite
}

/// Writes the line through a pair's points; false if their sum is infinity.
#[inline(always)]
fn begin<F: Coordinate, M: Multiply>(
    pool: &Pool<'_, (F, F)>,
    pair: Pair,
    t: &mut Temporary<F>,
) -> bool
where
    (F, F): Plain,
{
    let (xa, ya) = signed(pool, pair.a);
    let (xb, yb) = signed(pool, pair.b);
    // One by one: a value put together elsewhere would be copied.
    (t.xa, t.xb, t.ya) = (xa, xb, ya);
    let (numerator, denominator) = (yb.minus(&ya), xb.minus(&xa));
    (t.numerator, t.denominator) = F::fraction::<M>(&numerator, &denominator);
    !denominator.is_zero() || begin_equal::<F, M>(&yb, t)
}

/// The same where the abscissas are equal.
#[cold]
fn begin_equal<F: Coordinate, M: Multiply>(yb: &F, t: &mut Temporary<F>) -> bool {
    let finite = t.ya == *yb && !yb.is_zero();
    let (numerator, denominator) = if finite { tangent(t.xa, t.ya) } else { (F::ZERO, F::ONE) };
    (t.numerator, t.denominator) = F::fraction::<M>(&numerator, &denominator);
    finite
}

/// The tangent's slope 3·x² / 2·y as a fraction.
fn tangent<F: Coordinate>(x: F, y: F) -> (F, F) {
    let square = x.square();
    (square.double() + square, y.double())
}

/// The inverses of the chains' products, with one inversion.
fn inverted(products: [Number; CHAINS]) -> [Fq; CHAINS] {
    let products = products.map(|product| Fq::reduced(&product));
    let all: Fq = products.iter().product();
    let mut inverse = inverse(&all).expect("no denominator is zero");
    let mut before = [Fq::ONE; CHAINS];
    for i in 1..CHAINS {
        before[i] = before[i - 1] * products[i - 1];
    }
    for i in (0..CHAINS).rev() {
        before[i] *= inverse;
        inverse *= products[i];
    }
    before
}

#[inline(always)]
fn signed<F: Coordinate>(pool: &Pool<'_, (F, F)>, entry: u32) -> (F, F)
where
    (F, F): Plain,
{
    let (x, y) = *pool.read(entry >> 1);
    (x, y.negated_if(entry & 1 == 1))
}
