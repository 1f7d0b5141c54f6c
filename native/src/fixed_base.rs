//! Many multiples of one point: signed windows over a table, sums of affine points.
//!
//! A chunk of sums takes one window after the other, so that all its divisions share one
//! inversion: an addition costs six multiplications, against eleven in projective coordinates.
#![forbid(unsafe_code)]

use ark_bn254::Fr;
use ark_ec::short_weierstrass::{Affine, Projective, SWCurveConfig};
use ark_ec::{AdditiveGroup, AffineRepr, CurveGroup};
use ark_ff::{Field, One, PrimeField, Zero};
use rayon::prelude::*;

const SCALAR_BITS: usize = 254;
/// Sums that share an inversion.
const CHUNK: usize = 1024;

pub struct Table<P: SWCurveConfig> {
    bits: usize,
    /// For each window, 1 to 2^(bits - 1) times 2^(bits * window) times the point.
    windows: Vec<Vec<Affine<P>>>,
}

impl<P: SWCurveConfig> Table<P> {
    /// A window's table should fit the cache: 2^(bits - 1) points.
    pub fn new(point: Affine<P>, bits: usize) -> Self {
        // One bit more than the scalars have takes the last carry.
        let count = (SCALAR_BITS + 1).div_ceil(bits);
        let mut bases = vec![point.into_group()];
        for window in 1..count {
            let mut base = bases[window - 1];
            (0..bits).for_each(|_| {
                base.double_in_place();
            });
            bases.push(base);
        }
        let windows = bases
            .par_iter()
            .map(|base| {
                let mut multiples = vec![*base];
                for index in 1..1 << (bits - 1) {
                    multiples.push(multiples[index - 1] + base);
                }
                Projective::normalize_batch(&multiples)
            })
            .collect();
        Self { bits, windows }
    }

    pub fn multiples(&self, scalars: &[Fr]) -> Vec<Affine<P>> {
        let mut sums = vec![Affine::identity(); scalars.len()];
        sums.par_chunks_mut(CHUNK)
            .zip(scalars.par_chunks(CHUNK))
            .for_each(|(sums, scalars)| self.fill(sums, scalars));
        sums
    }

    fn fill(&self, sums: &mut [Affine<P>], scalars: &[Fr]) {
        let digits: Vec<Vec<i32>> = scalars.iter().map(|scalar| self.digits(scalar)).collect();
        let mut adder = Adder::new(sums.len());
        for (window, table) in self.windows.iter().enumerate() {
            for (index, digits) in digits.iter().enumerate() {
                let digit = digits[window];
                if digit != 0 {
                    let point = table[digit.unsigned_abs() as usize - 1];
                    adder.push(sums, index, if digit < 0 { -point } else { point });
                }
            }
            adder.flush(sums);
        }
    }

    /// Digits from -2^(bits - 1) to 2^(bits - 1), lowest first.
    fn digits(&self, scalar: &Fr) -> Vec<i32> {
        let limbs = scalar.into_bigint().0;
        let (half, full) = (1i64 << (self.bits - 1), 1i64 << self.bits);
        let mut carry = 0;
        (0..self.windows.len())
            .map(|window| {
                let at = window * self.bits;
                let (limb, shift) = (at / 64, at % 64);
                let low = limbs.get(limb).map_or(0, |value| value >> shift);
                let high = match limbs.get(limb + 1) {
                    Some(value) if shift > 0 => value << (64 - shift),
                    _ => 0,
                };
                let digit = ((low | high) & (full - 1) as u64) as i64 + carry;
                carry = i64::from(digit > half);
                (digit - carry * full) as i32
            })
            .collect()
    }
}

/// Additions to different sums that wait for their common inversion.
struct Adder<P: SWCurveConfig> {
    waiting: Vec<(usize, Affine<P>)>,
    /// Products of the differences of x before each addition.
    products: Vec<P::BaseField>,
    product: P::BaseField,
}

impl<P: SWCurveConfig> Adder<P> {
    fn new(capacity: usize) -> Self {
        Self {
            waiting: Vec::with_capacity(capacity),
            products: Vec::with_capacity(capacity),
            product: P::BaseField::one(),
        }
    }

    fn push(&mut self, sums: &mut [Affine<P>], index: usize, point: Affine<P>) {
        let sum = &mut sums[index];
        if sum.infinity {
            *sum = point;
            return;
        }
        let difference = point.x - sum.x;
        if difference.is_zero() {
            // The same point or its negative: the chord has no slope.
            *sum = (*sum + point).into_affine();
            return;
        }
        self.products.push(self.product);
        self.product *= difference;
        self.waiting.push((index, point));
    }

    fn flush(&mut self, sums: &mut [Affine<P>]) {
        // A product of differences that are not zero has an inverse.
        let mut inverse = self.product.inverse().unwrap_or(P::BaseField::ONE);
        for ((index, point), product) in self.waiting.drain(..).zip(self.products.drain(..)).rev() {
            let sum = &mut sums[index];
            let slope = (point.y - sum.y) * inverse * product;
            inverse *= point.x - sum.x;
            let x = slope.square() - sum.x - point.x;
            sum.y = slope * (sum.x - x) - sum.y;
            sum.x = x;
        }
        self.product = P::BaseField::ONE;
    }
}

#[cfg(test)]
mod tests {
    use ark_bn254::{G1Affine, G2Affine};
    use ark_ff::UniformRand;
    use rand::SeedableRng;
    use rand_chacha::ChaCha20Rng;

    use super::*;

    fn agree<P: SWCurveConfig<ScalarField = Fr>>(point: Affine<P>) {
        let mut rng = ChaCha20Rng::from_seed([7; 32]);
        let two = |power: u64| Fr::from(2).pow([power]);
        let mut scalars = vec![Fr::ZERO, Fr::ONE, -Fr::ONE, Fr::from(2), -Fr::from(2)];
        let edges = (0..254).step_by(11).flat_map(|power| [two(power), two(power) - Fr::ONE]);
        scalars.extend(edges.flat_map(|edge| [edge, -edge]));
        scalars.resize(CHUNK - 8, Fr::ZERO);
        scalars.extend((0..16).map(|_| Fr::rand(&mut rng)));
        // The lower windows sum to the top window's own point, as 3 * 2^252 less the order: the
        // last addition is a doubling.
        scalars.push(Fr::from(6) * two(252));
        for bits in [3, 7, 14] {
            let found = Table::new(point, bits).multiples(&scalars);
            for (scalar, found) in scalars.iter().zip(found) {
                assert_eq!(found, (point * scalar).into_affine(), "{bits} bits, {scalar}");
            }
        }
    }

    #[test]
    fn multiples_are_those_of_double_and_add() {
        agree(G1Affine::generator());
        agree(G2Affine::generator());
    }
}
