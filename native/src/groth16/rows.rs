//! A sparse matrix times a vector, row by row, on 64-bit words. The few different coefficients are
//! stored once; most are one or minus one, which need no product.
#![forbid(unsafe_code)]

use std::collections::HashMap;
use std::marker::PhantomData;

use ark_bn254::{Fr, FrConfig};
use ark_ff::Field;
use rayon::prelude::*;

use crate::words::number::{Number, difference_modulo, double, reduced_once, sum};
use crate::words::{Multiply, modulus};

const TWICE_P: Number = double(modulus::<FrConfig>());

/// Places of the first coefficients.
const ONE: u32 = 0;
const MINUS_ONE: u32 = 1;

/// Rows that one core takes at a time.
const PART: usize = 256;

/// A matrix over the scalar field.
pub struct Rows<M> {
    coefficients: Vec<Number>,
    /// The place of each entry's coefficient, and its column.
    entries: Vec<(u32, u32)>,
    /// Where each row starts in the entries.
    starts: Vec<u32>,
    by: PhantomData<M>,
}

impl<M: Multiply> Rows<M> {
    /// A matrix of `rows` rows from its entries (row, column, value), in any order.
    pub fn new(rows: usize, entries: impl Iterator<Item = (u32, u32, Fr)> + Clone) -> Self {
        let mut starts = vec![0u32; rows + 1];
        entries.clone().for_each(|(row, ..)| starts[row as usize + 1] += 1);
        for row in 0..rows {
            starts[row + 1] += starts[row];
        }
        let mut coefficients = vec![Fr::ONE.0.0, (-Fr::ONE).0.0];
        let mut places = HashMap::from([(coefficients[0], ONE), (coefficients[1], MINUS_ONE)]);
        let mut next = starts.clone();
        let mut sorted = vec![(ONE, 0); starts[rows] as usize];
        for (row, column, value) in entries {
            let place = *places.entry(value.0.0).or_insert_with(|| {
                coefficients.push(value.0.0);
                coefficients.len() as u32 - 1
            });
            let at = &mut next[row as usize];
            sorted[*at as usize] = (place, column);
            *at += 1;
        }
        Self { coefficients, entries: sorted, starts, by: PhantomData }
    }

    /// The product with a vector of numbers below 2·p, in numbers below 2·p.
    pub fn times(&self, vector: &[Number]) -> Vec<Number> {
        let rows = self.starts.par_windows(2).with_min_len(PART);
        rows.map(|range| self.row(range[0] as usize..range[1] as usize, vector)).collect()
    }

    #[inline(always)]
    fn row(&self, range: std::ops::Range<usize>, vector: &[Number]) -> Number {
        self.entries[range].iter().fold([0; 4], |total, (place, column)| {
            let number = vector[*column as usize];
            let added = match *place {
                ONE => number,
                MINUS_ONE => return difference_modulo(total, number, TWICE_P),
                // Below (1 + 0.1891·2)·p.
                _ => M::product::<FrConfig>(&number, &self.coefficients[*place as usize]),
            };
            reduced_once(sum(total, added), TWICE_P)
        })
    }
}

#[cfg(test)]
mod tests {
    use ark_ff::{AdditiveGroup, BigInt, UniformRand};
    use rand::{Rng, SeedableRng};
    use rand_chacha::ChaCha20Rng;

    use super::*;
    use crate::words::Generic;
    #[cfg(target_arch = "x86_64")]
    use crate::words::adx::Adx;

    const ROWS: usize = 300;
    const COLUMNS: usize = 50;

    fn agrees<M: Multiply>() {
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        let few = [Fr::ONE, -Fr::ONE, Fr::ZERO, Fr::rand(&mut rng), Fr::rand(&mut rng)];
        let entries: Vec<_> = (0..2000)
            .map(|_| {
                let row = rng.gen_range(0..ROWS as u32 / 2);
                (row, rng.gen_range(0..COLUMNS as u32), few[rng.gen_range(0..few.len())])
            })
            .collect();
        // Elements as they are, and plus p.
        let p = modulus::<FrConfig>();
        let mut vector: Vec<Number> = (0..COLUMNS).map(|_| Fr::rand(&mut rng).0.0).collect();
        vector[0] = [0; 4];
        vector[1] = p;
        vector[2] = (-Fr::new_unchecked(BigInt::new([1, 0, 0, 0]))).0.0;
        vector.iter_mut().skip(2).step_by(2).for_each(|number| *number = sum(*number, p));
        let element = |number: &Number| Fr::new_unchecked(BigInt::new(reduced_once(*number, p)));
        let mut expected = [Fr::ZERO; ROWS];
        for (row, column, value) in &entries {
            expected[*row as usize] += element(&vector[*column as usize]) * value;
        }
        let found = Rows::<M>::new(ROWS, entries.iter().copied()).times(&vector);
        assert_eq!(found.iter().map(element).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn rows_are_sums_of_products() {
        agrees::<Generic>();
        #[cfg(target_arch = "x86_64")]
        if Adx::detect().is_some() {
            agrees::<Adx>();
        }
    }
}
