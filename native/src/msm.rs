//! Sums of multiples with a witness's scalars: mostly zero, one or short.

use ark_bn254::Fr;
use ark_ec::{AffineRepr, VariableBaseMSM};
use ark_ff::{BigInteger, One, PrimeField, Zero};
use rayon::prelude::*;

const SHORT_BITS: usize = 64;

/// A witness sorted by size, for use with several lists of points.
pub struct Scalars {
    ones: Vec<u32>,
    short: Vec<(u32, u64)>,
    long: Vec<(u32, <Fr as PrimeField>::BigInt)>,
}

impl Scalars {
    pub fn new(values: &[Fr]) -> Self {
        let mut sorted = Self { ones: Vec::new(), short: Vec::new(), long: Vec::new() };
        for (wire, value) in values.iter().enumerate() {
            let wire = wire as u32;
            if value.is_one() {
                sorted.ones.push(wire);
            } else if !value.is_zero() {
                let number = value.into_bigint();
                if number.num_bits() <= SHORT_BITS as u32 {
                    sorted.short.push((wire, number.0[0]));
                } else {
                    sorted.long.push((wire, number));
                }
            }
        }
        sorted
    }

    /// The sum of value[i] * point[i].
    pub fn msm<G>(&self, points: &[G::MulBase]) -> G
    where
        G: VariableBaseMSM<ScalarField = Fr>,
        G::MulBase: AffineRepr<Group = G>,
    {
        let pick = |wire: u32| points[wire as usize];
        let ones: G = self
            .ones
            .par_chunks(1 << 12)
            .map(|wires| wires.iter().fold(G::zero(), |sum, wire| sum + pick(*wire)))
            .reduce(G::zero, |x, y| x + y);
        let bases: Vec<_> = self.long.iter().map(|(wire, _)| pick(*wire)).collect();
        let numbers: Vec<_> = self.long.iter().map(|(_, number)| *number).collect();
        ones + short_msm::<G>(&self.short, points) + G::msm_bigint(&bases, &numbers)
    }
}

/// Pippenger's buckets for scalars of 64 bits, one task for each window.
fn short_msm<G>(scalars: &[(u32, u64)], points: &[G::MulBase]) -> G
where
    G: VariableBaseMSM<ScalarField = Fr>,
    G::MulBase: AffineRepr<Group = G>,
{
    let window = (scalars.len().max(4).ilog2() as usize).saturating_sub(2).clamp(2, 12);
    let sums: Vec<G> = (0..SHORT_BITS.div_ceil(window))
        .into_par_iter()
        .map(|index| {
            let mut buckets = vec![G::zero(); (1 << window) - 1];
            for (wire, number) in scalars {
                let digit = (number >> (index * window)) as usize & ((1 << window) - 1);
                if digit > 0 {
                    buckets[digit - 1] += points[*wire as usize];
                }
            }
            let (mut running, mut sum) = (G::zero(), G::zero());
            for bucket in buckets.iter().rev() {
                running += bucket;
                sum += running;
            }
            sum
        })
        .collect();
    sums.iter().rev().fold(G::zero(), |mut total, sum| {
        for _ in 0..window {
            total.double_in_place();
        }
        total + sum
    })
}
