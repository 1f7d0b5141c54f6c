//! Many multiples of one point: signed windows over a table, sums of affine points.
//!
//! A chunk of sums takes one window after the other, so that all its divisions share one
//! inversion: an addition costs six multiplications, against eleven in projective coordinates.
#![forbid(unsafe_code)]

use ark_bn254::Fr;
use ark_ec::short_weierstrass::{Affine, Projective, SWCurveConfig};
use ark_ec::{AdditiveGroup, AffineRepr, CurveGroup};
use ark_ff::{Field, PrimeField};
use rayon::prelude::*;

const SCALAR_BITS: usize = 254;
/// Sums that share an inversion.
const CHUNK: usize = 512;

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
        let mut digits = vec![0; scalars.len() * self.windows.len()];
        for (index, scalar) in scalars.iter().enumerate() {
            for (window, digit) in self.digits(scalar).enumerate() {
                digits[window * scalars.len() + index] = digit;
            }
        }
        let mut adder = Adder::new(sums.len());
        for (table, digits) in self.windows.iter().zip(digits.chunks_exact(scalars.len())) {
            for (index, digit) in digits.iter().enumerate().filter(|(_, digit)| **digit != 0) {
                adder.push(sums, index, table, *digit);
            }
            adder.flush(sums, table);
        }
    }

    /// Digits from -2^(bits - 1) to 2^(bits - 1), lowest first.
    fn digits(&self, scalar: &Fr) -> impl Iterator<Item = i32> {
        let limbs = scalar.into_bigint().0;
        let bits = self.bits;
        let (half, full) = (1i64 << (bits - 1), 1i64 << bits);
        let mut carry = 0;
        (0..self.windows.len()).map(move |window| {
            let (limb, shift) = (window * bits / 64, window * bits % 64);
            let low = limbs.get(limb).map_or(0, |value| value >> shift);
            let high = match limbs.get(limb + 1) {
                Some(value) if shift > 0 => value << (64 - shift),
                _ => 0,
            };
            let digit = ((low | high) & (full - 1) as u64) as i64 + carry;
            carry = i64::from(digit > half);
            (digit - carry * full) as i32
        })
    }
}

/// Additions to different sums that wait for their common inversion.
struct Adder<F> {
    /// The sum and the digit of each addition.
    waiting: Vec<(u32, i32)>,
    /// Products of the differences of x before each addition.
    products: Vec<F>,
    product: F,
}

impl<F: Field> Adder<F> {
    fn new(capacity: usize) -> Self {
        Self {
            waiting: Vec::with_capacity(capacity),
            products: Vec::with_capacity(capacity),
            product: F::ONE,
        }
    }

    fn push<P: SWCurveConfig<BaseField = F>>(
        &mut self,
        sums: &mut [Affine<P>],
        index: usize,
        table: &[Affine<P>],
        digit: i32,
    ) {
        let sum = &mut sums[index];
        let point = &table[digit.unsigned_abs() as usize - 1];
        let difference = point.x - sum.x;
        if sum.infinity || difference.is_zero() {
            // Nothing to add to; or the same point or its negative: the chord has no slope.
            let point = if digit < 0 { -*point } else { *point };
            *sum = (*sum + point).into_affine();
            return;
        }
        self.products.push(self.product);
        self.product *= difference;
        self.waiting.push((index as u32, digit));
    }

    fn flush<P: SWCurveConfig<BaseField = F>>(
        &mut self,
        sums: &mut [Affine<P>],
        table: &[Affine<P>],
    ) {
        // A product of differences that are not zero has an inverse.
        let mut inverse = self.product.inverse().unwrap_or(F::ONE);
        for ((index, digit), product) in self.waiting.drain(..).zip(self.products.drain(..)).rev() {
            let (sum, point) =
                (&mut sums[index as usize], &table[digit.unsigned_abs() as usize - 1]);
            let y = if digit < 0 { -point.y } else { point.y };
            let slope = (y - sum.y) * inverse * product;
            inverse *= point.x - sum.x;
            let x = slope.square() - sum.x - point.x;
            sum.y = slope * (sum.x - x) - sum.y;
            sum.x = x;
        }
        self.product = F::ONE;
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
        let expected: Vec<_> = scalars.iter().map(|scalar| point * scalar).collect();
        for bits in [3, 7, 14] {
            let found = Table::new(point, bits).multiples(&scalars);
            for ((scalar, found), expected) in scalars.iter().zip(found).zip(&expected) {
                assert_eq!(found, expected.into_affine(), "{bits} bits, {scalar}");
            }
        }
    }

    #[test]
    fn multiples_are_those_of_double_and_add() {
        agree(G1Affine::generator());
        agree(G2Affine::generator());
    }
}
