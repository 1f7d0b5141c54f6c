//! Sums of many pairs of affine points in four lanes: as `wide`, with every product's result written
//! where it is needed, since a function's result in ten registers would be copied.
//!
//! Unsafe code as in `quad`.

#![allow(unsafe_code)]

use std::arch::x86_64::*;

use super::equal::apart;
use super::in_words::add_in_words;
use super::pairs::{Pair, Pool, Run};
use crate::memory::Plain;
use crate::quad::coordinate::{Coordinate, product};
use crate::quad::invert::inverted;
use crate::quad::points::ONE;
use crate::quad::{self, Quad};
use crate::words;
use crate::words::packed::Packed;

/// Pairs that share an inversion. The temporary values of a chunk stay in the L2 cache.
pub const CHUNK: usize = 1024;
const LANES: usize = 4;
const CHAINS: usize = 4;
const GROUP: usize = LANES * CHAINS;
/// How many vectors ahead of their use points are asked for.
const AHEAD: usize = 8;

/// What pass 1 leaves for pass 2, for four pairs.
#[derive(Clone, Copy)]
struct Temporary<C: Coordinate> {
    d: C,
    norm: C::Norm,
    numerator: C,
    before: Quad,
    xa: C,
    ya: C,
}

/// What pass 2 has of one chain at a time.
#[derive(Clone, Copy)]
struct Chain<C: Coordinate> {
    /// The inverse of the product of all denominators up to here.
    inverse: Quad,
    /// The inverse of one denominator.
    one: Quad,
    slope: C,
    square: C,
    h: C,
}

/// Memory for one caller's chunks.
pub struct Workspace<C: Coordinate> {
    temporaries: Vec<Temporary<C>>,
    chains: Box<[Chain<C>; CHAINS]>,
    products: Box<[Quad; CHAINS]>,
}

impl<C: Coordinate> Default for Workspace<C> {
    fn default() -> Self {
        let (d, before) = (C::ZERO, ONE);
        let blank = Temporary { d, norm: C::NO_NORM, numerator: d, before, xa: d, ya: d };
        let chain = Chain { inverse: before, one: before, slope: d, square: d, h: d };
        Self {
            temporaries: vec![blank; CHUNK / LANES],
            chains: Box::new([chain; CHAINS]),
            products: Box::new([ONE; CHAINS]),
        }
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
) -> Vec<usize>
where
    Scalar<C>: words::coordinate::Coordinate,
    (Scalar<C>, Scalar<C>): Plain,
{
    assert!(quad::available());
    pool.assert_has(pairs, spare);
    let mut infinite = Vec::new();
    for (number, chunk) in pairs.chunks(CHUNK).enumerate() {
        let found = if !quad::trusted() {
            add_in_words(pool, chunk)
        // SAFETY, here and below: the kernels' features are there, and every slot is inside the pool.
        } else if unsafe { add_chunk(pool, chunk, spare, workspace) } {
            continue;
        } else {
            apart(pool, chunk, spare, |pool, rest| unsafe {
                add_chunk(pool, rest, spare, workspace)
            })
        };
        infinite.extend(found.into_iter().map(|position| number * CHUNK + position));
    }
    infinite
}

type Scalar<C> = <<C as Coordinate>::Packed as Packed>::Scalar;

type Groups<'a> = super::groups::Groups<'a, LANES, GROUP>;

/// Where a pool's points are.
#[derive(Clone, Copy)]
struct Places<P> {
    shared: *const P,
    own: *mut P,
    first_own: u32,
}

impl<P: Plain> Places<P> {
    fn new(pool: &mut Pool<'_, P>) -> Self {
        let first_own = pool.own_start();
        let (shared, own) = pool.starts();
        Self { shared, own, first_own }
    }

    #[inline(always)]
    fn at(&self, slot: u32) -> *const P {
        match slot.checked_sub(self.first_own) {
            None => self.shared.wrapping_add(slot as usize),
            Some(own) => self.own.wrapping_add(own as usize),
        }
    }

    #[inline(always)]
    fn operands(&self, entries: &[u32; LANES]) -> [*const P; LANES] {
        let [a, b, c, d] = entries;
        [self.at(a >> 1), self.at(b >> 1), self.at(c >> 1), self.at(d >> 1)]
    }

    /// For slots of the thread's own.
    #[inline(always)]
    fn outputs(&self, slots: &[u32; LANES]) -> [*mut P; LANES] {
        let [a, b, c, d] = slots;
        let at = |slot: &u32| self.own.wrapping_add((slot - self.first_own) as usize);
        [at(a), at(b), at(c), at(d)]
    }

    #[inline(always)]
    fn ask_for(&self, entries: &[u32; LANES]) {
        for point in self.operands(entries) {
            let line = point.cast::<i8>();
            // SAFETY: no address can be wrong to ask for.
            unsafe {
                _mm_prefetch::<_MM_HINT_T0>(line);
                if size_of::<P>() > 64 {
                    _mm_prefetch::<_MM_HINT_T0>(line.wrapping_add(64));
                }
            }
        }
    }
}

/// The sign bit of each lane whose entry stands for the negative.
///
/// SAFETY: `quad::available()`.
#[inline(always)]
unsafe fn signs(entries: &[u32; LANES]) -> __m256d {
    unsafe {
        let entries = _mm256_cvtepu32_epi64(_mm_loadu_si128(entries.as_ptr().cast()));
        _mm256_castsi256_pd(_mm256_slli_epi64::<63>(entries))
    }
}

/// Adds at most `CHUNK` pairs; false, with nothing written, if a denominator is zero.
///
/// # Safety
/// `quad::available()`, and all slots of `chunk` and `spare` are inside the pool.
#[target_feature(enable = "avx2,fma")]
unsafe fn add_chunk<C: Coordinate>(
    pool: &mut Pool<'_, C::Packed>,
    chunk: Run<'_>,
    spare: Pair,
    workspace: &mut Workspace<C>,
) -> bool {
    let vectors = chunk.len().div_ceil(GROUP) * CHAINS;
    let groups = Groups::new(chunk, spare);
    let places = Places::new(pool);
    let Workspace { temporaries, chains, products } = workspace;
    let temporaries = &mut temporaries[..vectors];
    **products = [ONE; CHAINS];
    // SAFETY: the caller's, and there is a temporary for each vector.
    unsafe {
        for (vector, t) in temporaries.iter_mut().enumerate() {
            if vector + AHEAD < vectors {
                let [a, b, _] = groups.get(vector + AHEAD);
                places.ask_for(a);
                places.ask_for(b);
            }
            begin(&places, groups.get(vector), t);
            let running = &raw mut products[vector % CHAINS];
            t.before = *running;
            product(running, C::denominator(&t.d, &t.norm), running);
        }
        if !divided(products, chains) {
            return false;
        }
        for (group, temporaries) in temporaries.chunks_exact(CHAINS).enumerate().rev() {
            let outputs = |chain: usize| places.outputs(groups.get(group * CHAINS + chain)[2]);
            finish(chains, temporaries, outputs);
        }
    }
    true
}

/// Pass 1: the line through each pair's points.
///
/// SAFETY: `quad::available()`, and the slots are inside the pool.
#[inline(always)]
unsafe fn begin<C: Coordinate>(
    places: &Places<C::Packed>,
    [a, b, _]: [&[u32; LANES]; 3],
    t: &mut Temporary<C>,
) {
    unsafe {
        let (from, to) = (places.operands(a), places.operands(b));
        t.xa = C::x(&from);
        t.ya = C::y(&from).negated(signs(a));
        t.d = C::minus(&C::x(&to), &t.xa);
        let dy = C::minus(&C::y(&to).negated(signs(b)), &t.ya);
        C::fraction(&mut t.numerator, &mut t.norm, &dy, &t.d);
    }
}

/// The inverses of the chains' products with one inversion; false if one is zero.
///
/// SAFETY: `quad::available()`.
#[inline(always)]
unsafe fn divided<C: Coordinate>(
    products: &[Quad; CHAINS],
    chains: &mut [Chain<C>; CHAINS],
) -> bool {
    let [p0, p1, p2, p3] = products;
    let (mut p01, mut p23, mut all) = (ONE, ONE, ONE);
    unsafe {
        product(&mut p01, p0, p1);
        product(&mut p23, p2, p3);
        product(&mut all, &p01, &p23);
        let Some(inverse) = inverted(&all) else { return false };
        product(&mut all, &inverse, &p23);
        product(&mut chains[0].inverse, &all, p1);
        product(&mut chains[1].inverse, &all, p0);
        product(&mut all, &inverse, &p01);
        product(&mut chains[2].inverse, &all, p3);
        product(&mut chains[3].inverse, &all, p2);
    }
    true
}

/// Pass 2, from the back: 1/d, the slope, the sum, one step in all chains before the next: what one
/// waits for, the others' products fill.
///
/// SAFETY: `quad::available()`, and a temporary and outputs for each chain.
#[inline(always)]
unsafe fn finish<C: Coordinate>(
    chains: &mut [Chain<C>; CHAINS],
    temporaries: &[Temporary<C>],
    outputs: impl Fn(usize) -> [*mut C::Packed; LANES],
) {
    unsafe {
        for (chain, t) in chains.iter_mut().zip(temporaries) {
            let inverse = &raw mut chain.inverse;
            product(&mut chain.one, inverse, &t.before);
            product(inverse, C::denominator(&t.d, &t.norm), inverse);
        }
        for (chain, t) in chains.iter_mut().zip(temporaries) {
            C::slope(&mut chain.slope, &t.numerator, &chain.one);
        }
        for chain in chains.iter_mut() {
            C::square(&mut chain.square, &chain.slope);
        }
        for (place, (chain, t)) in chains.iter_mut().zip(temporaries).enumerate() {
            chain.h = C::finish_x(&chain.square, &t.xa, &t.d, &outputs(place));
            C::rise(&mut chain.square, &chain.slope, &chain.h);
        }
        for (place, (chain, t)) in chains.iter_mut().zip(temporaries).enumerate() {
            C::finish_y(&chain.square, &t.ya, &outputs(place));
        }
    }
}
