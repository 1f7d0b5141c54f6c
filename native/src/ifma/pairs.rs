//! Sums of many pairs of affine points: one inversion for each 2048 pairs.
//!
//! For A ≠ ±B the chord gives λ = (yb - ya)/(xb - xa), x = λ² - xa - xb, y = λ(xa - x) - ya. The
//! denominators of a chunk are multiplied up (pass 1) and divided out again from the back
//! (pass 2), in four independent chains so that the multiplier never waits for one product.

use ark_ff::{AdditiveGroup, Field as _};

use super::coordinate::Coordinate;
use crate::memory::Plain;
use crate::msm::pairs::{Pair, Pool};

/// Pairs that share an inversion. The temporary values of a chunk stay in the L2 cache.
pub const CHUNK: usize = 2048;
const CHAINS: usize = 4;
/// The kernel works on whole groups of this many pairs.
const GROUP: usize = 8 * CHAINS;
/// How many vectors ahead of their use points are asked for.
const AHEAD: usize = 2;

/// What pass 1 leaves for pass 2, for eight pairs.
#[derive(Clone, Copy)]
#[repr(C, align(64))]
pub struct Temporary<C> {
    d: C,
    before: C,
    xa: C,
    ya: C,
    dy: C,
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
    pairs: &[Pair],
    spare: Pair,
    workspace: &mut Workspace<C>,
) -> Vec<usize> {
    assert!(super::available());
    let slots = pool.len();
    let highest = pairs.iter().chain([&spare]).fold(0, |max, pair| max.max(pair.highest()));
    let outputs = pairs.iter().chain([&spare]).all(|pair| pool.writable(pair.out));
    assert!(highest < slots && outputs, "a pair names a slot that the pool does not have");
    let mut infinite = Vec::new();
    for (number, chunk) in pairs.chunks(CHUNK).enumerate() {
        // SAFETY: the kernels' features are there, and every slot is inside the pool.
        if unsafe { add_chunk(pool, chunk, spare, &mut workspace.temporaries) } {
            continue;
        }
        let found = add_unequal::<C>(pool, chunk, spare, workspace);
        infinite.extend(found.into_iter().map(|position| number * CHUNK + position));
    }
    infinite
}

/// A chunk in which some pair's abscissas are equal: those pairs apart, one by one.
#[cold]
fn add_unequal<C: Coordinate>(
    pool: &mut Pool<'_, C::Packed>,
    chunk: &[Pair],
    spare: Pair,
    workspace: &mut Workspace<C>,
) -> Vec<usize> {
    let mut rest = chunk.to_vec();
    let (mut sums, mut infinite) = (Vec::new(), Vec::new());
    for (position, pair) in chunk.iter().enumerate() {
        let (xa, ya) = signed::<C>(pool, pair.a);
        let (xb, yb) = signed::<C>(pool, pair.b);
        if xa != xb {
            continue;
        }
        rest[position] = spare;
        match double::<C>(xa, ya).filter(|_| ya == yb) {
            Some(sum) => sums.push((pair.out, sum)),
            None => infinite.push(position),
        }
    }
    // SAFETY: as in `add_pairs`.
    let done = unsafe { add_chunk(pool, &rest, spare, &mut workspace.temporaries) };
    assert!(done, "the spare pair has equal abscissas");
    // Only now: a slot may be the operand of its own pair and of no other.
    for (slot, (x, y)) in sums {
        pool.write(slot, C::pack(x, y));
    }
    infinite
}

fn signed<C: Coordinate>(pool: &Pool<'_, C::Packed>, entry: u32) -> (C::Scalar, C::Scalar) {
    let (x, y) = C::unpack(pool.read(entry >> 1));
    (x, if entry & 1 == 1 { -y } else { y })
}

fn double<C: Coordinate>(x: C::Scalar, y: C::Scalar) -> Option<(C::Scalar, C::Scalar)> {
    let square = x.square();
    let slope = (square.double() + square) * y.double().inverse()?;
    let doubled = slope.square() - x.double();
    Some((doubled, slope * (x - doubled) - y))
}

/// Adds at most `CHUNK` pairs; false, with nothing written, if a denominator is zero.
///
/// # Safety
/// `ifma::available()`, and all slots of `chunk` and `spare` are inside the pool.
#[target_feature(enable = "avx512f,avx512dq,avx512ifma,avx512vbmi2")]
unsafe fn add_chunk<C: Coordinate>(
    pool: &mut Pool<'_, C::Packed>,
    chunk: &[Pair],
    spare: Pair,
    temporaries: &mut Vec<Temporary<C>>,
) -> bool {
    if chunk.is_empty() {
        return true;
    }
    let whole = chunk.len() / GROUP * GROUP;
    let mut tail = [spare; GROUP];
    tail[..chunk.len() - whole].copy_from_slice(&chunk[whole..]);
    let groups = chunk.len().div_ceil(GROUP);
    let eight = |vector: usize| -> &[Pair] {
        let at = vector * 8;
        if at < whole { &chunk[at..at + 8] } else { &tail[at - whole..at - whole + 8] }
    };
    temporaries.clear();
    temporaries.reserve(groups * CHAINS);
    let spaces = temporaries.spare_capacity_mut().as_mut_ptr().cast::<Temporary<C>>();

    // SAFETY, for the whole block: `spaces` has room for groups * CHAINS values, of which pass 1
    // writes each before pass 2 reads it; the pool's addresses are of slots inside it.
    unsafe {
        // Pass 1: the running products of the denominators.
        let mut products = [None::<C>; CHAINS];
        for group in 0..groups {
            for (chain, product) in products.iter_mut().enumerate() {
                let vector = group * CHAINS + chain;
                let pairs = eight(vector);
                if (vector + AHEAD) * 8 < whole {
                    prefetch(pool, eight(vector + AHEAD));
                }
                let (xa, ya) = C::load(addresses(pool, pairs, |pair| pair.a));
                let (xb, yb) = C::load(addresses(pool, pairs, |pair| pair.b));
                let ya = ya.negate_where(signs(pairs, |pair| pair.a));
                let yb = yb.negate_where(signs(pairs, |pair| pair.b));
                let d = C::sub(&xb, &xa);
                let dy = C::sub(&yb, &ya);
                let before = product.unwrap_or(d);
                *product = Some(if group == 0 { d } else { C::mul(&before, &d) });
                spaces.add(vector).write(Temporary { d, before, xa, ya, dy });
            }
        }
        let [Some(p0), Some(p1), Some(p2), Some(p3)] = products else { return true };
        let (p01, p23) = (C::mul(&p0, &p1), C::mul(&p2, &p3));
        let Some(inverse) = C::mul(&p01, &p23).invert() else { return false };
        let (i01, i23) = (C::mul(&inverse, &p23), C::mul(&inverse, &p01));
        let mut inverses =
            [C::mul(&i01, &p1), C::mul(&i01, &p0), C::mul(&i23, &p3), C::mul(&i23, &p2)];

        // Pass 2, from the back: 1/d, the slope, the sum.
        for group in (0..groups).rev() {
            let at = spaces.add(group * CHAINS);
            let mut slopes = inverses;
            if group > 0 {
                for chain in 0..CHAINS {
                    let t = &*at.add(chain);
                    slopes[chain] = C::mul(&inverses[chain], &t.before);
                    inverses[chain] = C::mul(&inverses[chain], &t.d);
                }
            }
            for (chain, slope) in slopes.iter_mut().enumerate() {
                *slope = C::mul(&(*at.add(chain)).dy, slope);
            }
            for (chain, slope) in slopes.iter().enumerate() {
                let t = &*at.add(chain);
                let x = C::chord_x(slope, &t.xa, &t.d);
                let y = C::chord_y(slope, &C::sub(&t.xa, &x), &t.ya);
                let pairs = eight(group * CHAINS + chain);
                C::store(&x, &y, outputs(pool, pairs));
            }
        }
    }
    true
}

#[inline(always)]
unsafe fn addresses<P: Plain>(
    pool: &Pool<'_, P>,
    pairs: &[Pair],
    operand: impl Fn(&Pair) -> u32,
) -> [*const P; 8] {
    let mut found = [std::ptr::null(); 8];
    for (address, pair) in found.iter_mut().zip(pairs) {
        // SAFETY: the caller's slots are inside the pool.
        *address = unsafe { pool.address(operand(pair) >> 1) };
    }
    found
}

#[inline(always)]
unsafe fn outputs<P: Plain>(pool: &mut Pool<'_, P>, pairs: &[Pair]) -> [*mut P; 8] {
    let mut found = [std::ptr::null_mut(); 8];
    for (address, pair) in found.iter_mut().zip(pairs) {
        // SAFETY: the caller's outputs are inside the pool's writable part.
        *address = unsafe { pool.address_mut(pair.out) };
    }
    found
}

#[inline(always)]
fn signs(pairs: &[Pair], operand: impl Fn(&Pair) -> u32) -> u8 {
    pairs
        .iter()
        .take(8)
        .enumerate()
        .fold(0, |mask, (i, pair)| mask | ((operand(pair) & 1) as u8) << i)
}

#[inline(always)]
unsafe fn prefetch<P: Plain>(pool: &Pool<'_, P>, pairs: &[Pair]) {
    use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
    for pair in pairs {
        for entry in [pair.a, pair.b] {
            // SAFETY: the caller's slots are inside the pool.
            unsafe {
                let address = pool.address(entry >> 1).cast::<i8>();
                _mm_prefetch::<_MM_HINT_T0>(address);
                if size_of::<P>() > 64 {
                    _mm_prefetch::<_MM_HINT_T0>(address.add(64));
                }
            }
        }
    }
}
