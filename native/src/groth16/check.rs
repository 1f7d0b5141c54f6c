//! Checks a witness against a circuit's constraints, quickly enough to do before every proof.
//!
//! Rows that stand in several constraints, as the three of an S-box do, are computed once; a row's
//! products are added up before they are reduced.
#![forbid(unsafe_code)]

use std::collections::HashMap;

use ark_bn254::{Fr, FrConfig};
use ark_ff::{AdditiveGroup, Field, MontConfig, PrimeField};
use rayon::prelude::*;

use crate::fault::{Result, fault};
use crate::files::r1cs::R1cs;

/// Fewest rows for one thread to take at a time.
const CHUNK: usize = 1 << 10;

pub struct Checker {
    wires: usize,
    /// Rows A, B and C of each constraint.
    constraints: Vec<[u32; 3]>,
    /// Where each row's terms end.
    ends: Vec<usize>,
    /// Wire and position of the coefficient.
    terms: Vec<(u32, u32)>,
    coefficients: Vec<Fr>,
}

impl Checker {
    pub fn new(r1cs: &R1cs) -> Result<Self> {
        let mut checker = Self {
            wires: r1cs.wires,
            constraints: Vec::with_capacity(r1cs.constraints.len()),
            ends: Vec::new(),
            terms: Vec::new(),
            coefficients: Vec::new(),
        };
        let mut known_coefficients = HashMap::new();
        let mut known_rows: HashMap<Vec<(u32, u32)>, u32> = HashMap::new();
        for rows in &r1cs.constraints {
            let mut ids = [0; 3];
            for (id, row) in ids.iter_mut().zip(rows) {
                let mut terms = Vec::with_capacity(row.len());
                for (wire, value) in row {
                    let next = known_coefficients.len() as u32;
                    let position = *known_coefficients.entry(value.0.0).or_insert(next);
                    if position == next {
                        checker.coefficients.push(*value);
                    }
                    terms.push((*wire, position));
                }
                *id = match known_rows.get(&terms) {
                    Some(known) => *known,
                    None => checker.add(terms, &mut known_rows)?,
                };
            }
            checker.constraints.push(ids);
        }
        Ok(checker)
    }

    fn add(
        &mut self,
        terms: Vec<(u32, u32)>,
        known: &mut HashMap<Vec<(u32, u32)>, u32>,
    ) -> Result<u32> {
        let Ok(id) = u32::try_from(self.ends.len()) else {
            return fault("the r1cs has too many rows");
        };
        self.terms.extend_from_slice(&terms);
        self.ends.push(self.terms.len());
        known.insert(terms, id);
        Ok(id)
    }

    /// How many constraints there are.
    pub fn constraints(&self) -> usize {
        self.constraints.len()
    }

    /// Returns the index of the first constraint that the witness breaks.
    pub fn first_unsatisfied(&self, witness: &[Fr]) -> Result<Option<usize>> {
        if witness.len() != self.wires {
            return fault(format!(
                "the witness has {} wires, the circuit {}",
                witness.len(),
                self.wires
            ));
        }
        let rows: Vec<Fr> = (0..self.ends.len())
            .into_par_iter()
            .with_min_len(CHUNK)
            .map(|row| self.row(row, witness))
            .collect();
        let broken =
            |[a, b, c]: &[u32; 3]| rows[*a as usize] * rows[*b as usize] != rows[*c as usize];
        Ok(self.constraints.par_iter().with_min_len(CHUNK).position_first(broken))
    }

    fn row(&self, row: usize, witness: &[Fr]) -> Fr {
        let start = row.checked_sub(1).map_or(0, |before| self.ends[before]);
        let terms = &self.terms[start..self.ends[row]];
        if let [(wire, position)] = terms {
            let coefficient = self.coefficients[*position as usize];
            let value = witness[*wire as usize];
            return if coefficient == Fr::ONE { value } else { coefficient * value };
        }
        let mut sum = Wide::default();
        for four in terms.chunks(4) {
            for (wire, position) in four {
                sum.add_product(
                    &self.coefficients[*position as usize].0.0,
                    &witness[*wire as usize].0.0,
                );
            }
            sum.fold();
        }
        sum.reduce()
    }
}

/// A sum of products that are not reduced, below r * 2^256 after `fold`.
#[derive(Default)]
struct Wide([u64; 8]);

const MODULUS: [u64; 4] = Fr::MODULUS.0;

impl Wide {
    /// At most four products between two folds: each is below r^2 < r * 2^256 / 5.
    #[inline(always)]
    fn add_product(&mut self, a: &[u64; 4], b: &[u64; 4]) {
        for (i, x) in a.iter().enumerate() {
            let mut carry = 0u128;
            for (j, y) in b.iter().enumerate() {
                carry += u128::from(self.0[i + j]) + u128::from(*x) * u128::from(*y);
                self.0[i + j] = carry as u64;
                carry >>= 64;
            }
            for word in &mut self.0[i + 4..] {
                carry += u128::from(*word);
                *word = carry as u64;
                carry >>= 64;
            }
        }
    }

    /// Takes r * 2^256 away where the sum reaches it.
    #[inline(always)]
    fn fold(&mut self) {
        let high = [self.0[4], self.0[5], self.0[6], self.0[7]];
        self.0[4..].copy_from_slice(&less_modulus(high));
    }

    /// Montgomery's reduction.
    fn reduce(mut self) -> Fr {
        for i in 0..4 {
            let factor = self.0[i].wrapping_mul(FrConfig::INV);
            let mut carry = 0u128;
            for (j, word) in MODULUS.iter().enumerate() {
                carry += u128::from(self.0[i + j]) + u128::from(factor) * u128::from(*word);
                self.0[i + j] = carry as u64;
                carry >>= 64;
            }
            for word in &mut self.0[i + 4..] {
                carry += u128::from(*word);
                *word = carry as u64;
                carry >>= 64;
            }
        }
        let [_, _, _, _, a, b, c, d] = self.0;
        let mut value = Fr::ZERO;
        value.0.0 = less_modulus([a, b, c, d]);
        value
    }
}

/// The number, less the modulus where it is not below it.
#[inline(always)]
fn less_modulus(number: [u64; 4]) -> [u64; 4] {
    let mut less = [0; 4];
    let mut borrow = false;
    for i in 0..4 {
        let (first, under) = number[i].overflowing_sub(MODULUS[i]);
        let (second, again) = first.overflowing_sub(u64::from(borrow));
        less[i] = second;
        borrow = under || again;
    }
    if borrow { number } else { less }
}

#[cfg(test)]
mod tests {
    use ark_ff::UniformRand;
    use rand::{Rng, SeedableRng};
    use rand_chacha::ChaCha20Rng;

    use super::*;
    use crate::files::r1cs::Header;

    const WIRES: usize = 50;

    fn number(rng: &mut ChaCha20Rng) -> Fr {
        match rng.gen_range(0..5) {
            0 => Fr::ZERO,
            1 => Fr::ONE,
            2 => -Fr::ONE,
            _ => Fr::rand(rng),
        }
    }

    /// C has a wire of its own, which makes the constraint hold.
    fn random(rng: &mut ChaCha20Rng) -> (R1cs, Vec<Fr>) {
        let mut witness: Vec<Fr> = (0..WIRES).map(|_| number(rng)).collect();
        let dot = |row: &[(u32, Fr)], witness: &[Fr]| -> Fr {
            row.iter().map(|(wire, value)| *value * witness[*wire as usize]).sum()
        };
        let mut constraints = Vec::new();
        for _ in 0..40 {
            let mut row = || -> Vec<(u32, Fr)> {
                let length = rng.gen_range(0..30);
                (0..length).map(|_| (rng.gen_range(0..WIRES) as u32, number(rng))).collect()
            };
            let (a, b) = (row(), row());
            let c = vec![(witness.len() as u32, Fr::ONE)];
            witness.push(dot(&a, &witness) * dot(&b, &witness));
            constraints.push([a.clone(), b, c.clone()]);
            constraints.push([a, vec![(0, Fr::ONE)], Vec::new()]);
        }
        let r1cs = R1cs {
            wires: witness.len(),
            public: 1,
            constraints,
            header: Header::default(),
            labels: Vec::new(),
        };
        (r1cs, witness)
    }

    #[test]
    fn agrees_with_the_plain_check() {
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        for _ in 0..50 {
            let (mut r1cs, mut witness) = random(&mut rng);
            let checker = Checker::new(&r1cs).unwrap();
            let found = checker.first_unsatisfied(&witness).unwrap();
            assert_eq!(found, r1cs.first_unsatisfied(&witness));
            r1cs.constraints = r1cs.constraints.into_iter().step_by(2).collect();
            let checker = Checker::new(&r1cs).unwrap();
            assert_eq!(checker.first_unsatisfied(&witness).unwrap(), None);
            let wire = rng.gen_range(0..witness.len());
            witness[wire] += Fr::rand(&mut rng);
            let found = checker.first_unsatisfied(&witness).unwrap();
            assert_eq!(found, r1cs.first_unsatisfied(&witness));
            assert!(checker.first_unsatisfied(&witness[1..]).is_err());
        }
    }
}
