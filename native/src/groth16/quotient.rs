//! The quotient polynomial's numerator A·B - C on the odd coset of the constraints' domain, which
//! is the basis of snarkjs's keys. C is taken as the product of A and B on the domain itself.
#![forbid(unsafe_code)]

use ark_bn254::Fr;
use ark_ff::{AdditiveGroup, FftField, Field, PrimeField};
use ark_poly::{EvaluationDomain, Radix2EvaluationDomain};
use rayon::prelude::*;

use crate::files::binary::{Result, fault};
use crate::files::zkey::Zkey;

/// A canonical number of the scalar field in four words, the lowest first.
pub type Words = [u64; 4];

/// Computes quotients for one key.
pub trait Quotient: Send + Sync + Sized {
    fn new(key: &Zkey) -> Result<Self>;

    /// Values on the odd coset in natural order, for a witness with as many numbers as the key
    /// has wires.
    fn of(&self, witness: &[Words]) -> Vec<Words>;

    /// The passage of some 2^bits elements to the odd coset, to be timed: two transforms.
    fn transform(bits: u32) -> Result<Box<dyn FnMut()>>;
}

/// The matrices row by row, and arkworks's transforms.
pub struct Plain {
    rows: [Vec<(u32, Fr)>; 2],
    starts: [Vec<u32>; 2],
    domain: Domain,
    coset: Domain,
}

impl Quotient for Plain {
    fn new(key: &Zkey) -> Result<Self> {
        let (domain, coset) = domains(key.domain)?;
        let [(a, starts_a), (b, starts_b)] = [0, 1].map(|matrix| by_row(key, matrix));
        Ok(Self { rows: [a, b], starts: [starts_a, starts_b], domain, coset })
    }

    fn of(&self, witness: &[Words]) -> Vec<Words> {
        let witness: Vec<Fr> = witness.par_iter().map(|words| from_words(*words)).collect();
        let [mut a, mut b] = [0, 1].map(|matrix| self.multiply(matrix, &witness));
        let mut c: Vec<Fr> = a.par_iter().zip(&b).map(|(a, b)| *a * b).collect();
        for values in [&mut a, &mut b, &mut c] {
            self.domain.ifft_in_place(values);
            self.coset.fft_in_place(values);
        }
        let values = a.par_iter().zip(&b).zip(&c);
        values.map(|((a, b), c)| (*a * b - c).into_bigint().0).collect()
    }

    fn transform(bits: u32) -> Result<Box<dyn FnMut()>> {
        let (domain, coset) = domains(1 << bits)?;
        let mut values: Vec<Fr> = (0..1u64 << bits).map(Fr::from).collect();
        Ok(Box::new(move || {
            domain.ifft_in_place(&mut values);
            coset.fft_in_place(&mut values);
        }))
    }
}

type Domain = Radix2EvaluationDomain<Fr>;

/// The domain of that size and its odd coset.
fn domains(size: usize) -> Result<(Domain, Domain)> {
    let shift = Fr::get_root_of_unity(2 * size as u64);
    let (Some(domain), Some(shift)) = (Domain::new(size), shift) else {
        return fault("the field has no domain of this size");
    };
    match domain.get_coset(shift) {
        Some(coset) => Ok((domain, coset)),
        None => fault("the field has no coset of this domain"),
    }
}

impl Plain {
    fn multiply(&self, matrix: usize, witness: &[Fr]) -> Vec<Fr> {
        let (rows, starts) = (&self.rows[matrix], &self.starts[matrix]);
        starts
            .par_windows(2)
            .map(|range| {
                let row = &rows[range[0] as usize..range[1] as usize];
                row.iter().fold(Fr::ZERO, |sum, (wire, value)| {
                    let number = witness[*wire as usize];
                    sum + if *value == Fr::ONE { number } else { *value * number }
                })
            })
            .collect()
    }
}

/// A matrix's entries sorted by row, and where each row starts.
fn by_row(key: &Zkey, matrix: u32) -> (Vec<(u32, Fr)>, Vec<u32>) {
    let entries = || key.coefficients.iter().filter(|entry| entry.matrix == matrix);
    let mut starts = vec![0u32; key.domain + 1];
    entries().for_each(|entry| starts[entry.row as usize + 1] += 1);
    for row in 0..key.domain {
        starts[row + 1] += starts[row];
    }
    let mut next = starts.clone();
    let mut rows = vec![(0, Fr::ZERO); starts[key.domain] as usize];
    for entry in entries() {
        let at = &mut next[entry.row as usize];
        rows[*at as usize] = (entry.wire, entry.value);
        *at += 1;
    }
    (rows, starts)
}

/// The field element of a canonical number.
pub fn from_words(words: Words) -> Fr {
    Fr::from_bigint(ark_ff::BigInt::new(words)).unwrap_or_default()
}
