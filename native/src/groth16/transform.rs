//! Values on a domain to values on its odd coset, on 64-bit words.
//!
//! Down from natural order to bit-reversed, scaled there, up again: nothing is ever permuted. Down,
//! node k of a level holds a polynomial modulo X^m - z² and leaves it modulo X^(m/2) - z and
//! X^(m/2) + z, where z is the power k of the root with its bits reversed, whatever the level. The
//! way up is the transpose. Both work depth first with two levels a pass.
//!
//! Down, values are below 4·p between passes; up, below 2·p (Harvey, "Faster arithmetic for
//! number-theoretic transforms", 2014). A number below 4·p is a product's left operand, which
//! leaves (1 + 0.1891·4)·p.
#![forbid(unsafe_code)]

use std::marker::PhantomData;

use ark_bn254::{Fr, FrConfig};
use ark_ff::{FftField, Field};
use rayon::prelude::*;

use crate::words::number::{Number, difference, double, reduced_once, sum};
use crate::words::{Multiply, modulus};

const TWICE_P: Number = double(modulus::<FrConfig>());

/// Elements up to which a transform stays on one core, and all its levels in its nearest cache.
const LEAF: usize = 1 << 10;
/// Elements of a quarter that one core takes at a time.
const PASS: usize = 512;

/// The passage from a domain to its odd coset.
pub struct Coset<M> {
    /// Powers of the inverse root and of the root, by their exponents' bits reversed.
    down: Vec<Number>,
    up: Vec<Number>,
    /// shift^k / n where coefficient k lies after the way down.
    scale: Vec<Number>,
    by: PhantomData<M>,
}

impl<M: Multiply> Coset<M> {
    /// None if the field has no such domain or coset.
    pub fn new(size: usize) -> Option<Self> {
        let root = Fr::get_root_of_unity(size as u64)?;
        let shift = Fr::get_root_of_unity(2 * size as u64)?;
        let share = Fr::from(size as u64).inverse()?;
        Some(Self {
            down: reversed_powers(Fr::ONE, root.inverse()?, size / 2),
            up: reversed_powers(Fr::ONE, root, size / 2),
            scale: reversed_powers(share, shift, size),
            by: PhantomData,
        })
    }

    /// Replaces values on the domain, below 4·p, by those on the odd coset, below 2·p.
    pub fn extend(&self, values: &mut [Number]) {
        assert_eq!(values.len(), self.scale.len());
        self.down_from(values, 0);
        let scaled = values.par_iter_mut().zip(&self.scale).with_min_len(LEAF);
        scaled.for_each(|(value, scale)| *value = times::<M>(value, scale));
        self.up_to(values, 0);
    }

    fn down_from(&self, values: &mut [Number], node: usize) {
        if values.len() <= LEAF {
            return self.down_leaf(values, node);
        }
        in_quarters(values, |quarters| down_pass::<M>(quarters, &self.down, node));
        let quarter = values.len() / 4;
        let parts = values.par_chunks_exact_mut(quarter).enumerate();
        parts.for_each(|(i, part)| self.down_from(part, 4 * node + i));
    }

    fn up_to(&self, values: &mut [Number], node: usize) {
        if values.len() <= LEAF {
            return self.up_leaf(values, node);
        }
        let quarter = values.len() / 4;
        let parts = values.par_chunks_exact_mut(quarter).enumerate();
        parts.for_each(|(i, part)| self.up_to(part, 4 * node + i));
        in_quarters(values, |quarters| up_pass::<M>(quarters, &self.up, node));
    }

    fn down_leaf(&self, values: &mut [Number], node: usize) {
        let (len, mut size) = (values.len(), values.len());
        while size > 1 {
            let first = node * (len / size);
            for (part, node) in values.chunks_exact_mut(size).zip(first..) {
                match part {
                    [a, b] => (*a, *b) = down(a, &times::<M>(b, &self.down[node])),
                    _ => down_pass::<M>(quarters(part), &self.down, node),
                }
            }
            size /= 4;
        }
    }

    fn up_leaf(&self, values: &mut [Number], node: usize) {
        let len = values.len();
        // A single level where their number is odd, then two at a time.
        let mut size = if len.ilog2() % 2 == 1 { 2 } else { 4 };
        while size <= len {
            let first = node * (len / size);
            for (part, node) in values.chunks_exact_mut(size).zip(first..) {
                match part {
                    [a, b] => (*a, *b) = up::<M>(a, b, &self.up[node]),
                    _ => up_pass::<M>(quarters(part), &self.up, node),
                }
            }
            size *= 4;
        }
    }
}

/// start·base^k at the place whose bits are k's reversed.
fn reversed_powers(start: Fr, base: Fr, count: usize) -> Vec<Number> {
    let mut powers = vec![[0; 4]; count];
    let mut power = start;
    for k in 0..count {
        // One power has no bits to reverse.
        let place = k.reverse_bits().checked_shr(usize::BITS - count.ilog2()).unwrap_or(0);
        powers[place] = power.0.0;
        power *= base;
    }
    powers
}

type Quarters<'a> = [&'a mut [Number]; 4];

fn quarters(values: &mut [Number]) -> Quarters<'_> {
    let quarter = values.len() / 4;
    let (a, rest) = values.split_at_mut(quarter);
    let (b, rest) = rest.split_at_mut(quarter);
    let (c, d) = rest.split_at_mut(quarter);
    [a, b, c, d]
}

/// A pass over four quarters, by parts on all cores.
fn in_quarters(values: &mut [Number], pass: impl Fn(Quarters<'_>) + Sync) {
    let [a, b, c, d] = quarters(values).map(|quarter| quarter.par_chunks_mut(PASS));
    a.zip(b).zip(c.zip(d)).for_each(|((a, b), (c, d))| pass([a, b, c, d]));
}

/// Two levels from a node's four quarters; those of node 0 have two powers that are one.
#[inline(always)]
fn down_pass<M: Multiply>([a, b, c, d]: Quarters<'_>, powers: &[Number], node: usize) {
    let (z, z0, z1) = (powers[node], powers[2 * node], powers[2 * node + 1]);
    let rest = b.iter_mut().zip(c.iter_mut().zip(d));
    for (a, (b, (c, d))) in a.iter_mut().zip(rest) {
        let (t, v) = match node {
            0 => (reduced_once(*c, TWICE_P), reduced_once(*d, TWICE_P)),
            _ => (times::<M>(c, &z), times::<M>(d, &z)),
        };
        let ((y0, y2), (y1, y3)) = (down(a, &t), down(b, &v));
        let t = if node == 0 { reduced_once(y1, TWICE_P) } else { times::<M>(&y1, &z0) };
        (*a, *b) = down(&y0, &t);
        (*c, *d) = down(&y2, &times::<M>(&y3, &z1));
    }
}

/// Two levels to a node's four quarters.
#[inline(always)]
fn up_pass<M: Multiply>([a, b, c, d]: Quarters<'_>, powers: &[Number], node: usize) {
    let (z, z0, z1) = (powers[node], powers[2 * node], powers[2 * node + 1]);
    let rest = b.iter_mut().zip(c.iter_mut().zip(d));
    for (a, (b, (c, d))) in a.iter_mut().zip(rest) {
        let (y2, y3) = up::<M>(c, d, &z1);
        if node == 0 {
            let (y0, y1) = up_by_one(a, b);
            ((*a, *c), (*b, *d)) = (up_by_one(&y0, &y2), up_by_one(&y1, &y3));
        } else {
            let (y0, y1) = up::<M>(a, b, &z0);
            ((*a, *c), (*b, *d)) = (up::<M>(&y0, &y2, &z), up::<M>(&y1, &y3, &z));
        }
    }
}

/// a + t and a - t below 4·p, for a below 4·p and t below 2·p.
#[inline(always)]
fn down(a: &Number, t: &Number) -> (Number, Number) {
    let a = reduced_once(*a, TWICE_P);
    (sum(a, *t), difference(sum(a, TWICE_P), *t).0)
}

/// a + b and (a - b)·z, all below 2·p.
#[inline(always)]
fn up<M: Multiply>(a: &Number, b: &Number, z: &Number) -> (Number, Number) {
    let apart = difference(sum(*a, TWICE_P), *b).0;
    (reduced_once(sum(*a, *b), TWICE_P), times::<M>(&apart, z))
}

#[inline(always)]
fn up_by_one(a: &Number, b: &Number) -> (Number, Number) {
    let apart = difference(sum(*a, TWICE_P), *b).0;
    (reduced_once(sum(*a, *b), TWICE_P), reduced_once(apart, TWICE_P))
}

/// a·b below 2·p, for a below 4·p and an element b.
#[inline(always)]
fn times<M: Multiply>(a: &Number, b: &Number) -> Number {
    M::product::<FrConfig>(a, b)
}

#[cfg(test)]
mod tests {
    use ark_ff::{BigInt, UniformRand};
    use ark_poly::{EvaluationDomain, Radix2EvaluationDomain};
    use rand::{Rng, SeedableRng};
    use rand_chacha::ChaCha20Rng;

    use super::*;
    use crate::words::Generic;
    #[cfg(target_arch = "x86_64")]
    use crate::words::adx::Adx;

    /// An element and a number below 4·p that stands for it.
    fn any(rng: &mut ChaCha20Rng) -> (Fr, Number) {
        let p = modulus::<FrConfig>();
        let element = match rng.gen_range(0..4) {
            0 => Fr::new_unchecked(BigInt::new([0; 4])),
            1 => Fr::new_unchecked(BigInt::new(difference(p, [1, 0, 0, 0]).0)),
            _ => Fr::rand(rng),
        };
        let multiple = rng.gen_range(0..4);
        (element, (0..multiple).fold(element.0.0, |number, _| sum(number, p)))
    }

    fn agrees<M: Multiply>() {
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        for bits in 0..=13 {
            let (mut expected, mut values): (Vec<Fr>, Vec<Number>) =
                (0..1 << bits).map(|_| any(&mut rng)).unzip();
            let domain = Radix2EvaluationDomain::<Fr>::new(values.len()).expect("a domain");
            let shift = Fr::get_root_of_unity(2 << bits).expect("a root");
            domain.ifft_in_place(&mut expected);
            domain.get_coset(shift).expect("a coset").fft_in_place(&mut expected);
            Coset::<M>::new(1 << bits).expect("a domain").extend(&mut values);
            for (value, expected) in values.iter().zip(expected) {
                assert!(difference(*value, TWICE_P).1);
                assert_eq!(reduced_once(*value, modulus::<FrConfig>()), expected.0.0, "2^{bits}");
            }
        }
    }

    #[test]
    fn it_is_arkworkss_passage_to_the_coset() {
        agrees::<Generic>();
        #[cfg(target_arch = "x86_64")]
        if Adx::detect().is_some() {
            agrees::<Adx>();
        }
    }

    #[test]
    fn the_field_ends_at_two_to_the_28() {
        assert!(Coset::<Generic>::new(1 << 28).is_none());
    }
}
