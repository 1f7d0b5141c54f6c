//! Reads .r1cs files and evaluates their constraints.

use ark_bn254::Fr;
use ark_ff::{AdditiveGroup, PrimeField};
use rayon::prelude::*;

use crate::binary::{Result, fault, section, sections};

/// Wires and their coefficients.
pub type Row = Vec<(u32, Fr)>;

pub struct R1cs {
    pub wires: usize,
    /// Outputs and public inputs: wires 1 to `public`.
    pub public: usize,
    /// A, B and C of each constraint A * B = C.
    pub constraints: Vec<[Row; 3]>,
}

impl R1cs {
    pub fn read(data: &[u8]) -> Result<Self> {
        let all = sections(data, "r1cs", 1)?;
        let mut header = section(&all, "r1cs", 1)?;
        if header.u32()? != 32 || header.limbs()? != Fr::MODULUS {
            return fault("the r1cs is not over BN254's scalar field");
        }
        let wires = header.u32()? as usize;
        let public = header.u32()? as usize + header.u32()? as usize;
        let _private = header.u32()?;
        let _labels = header.u64()?;
        let count = header.u32()? as usize;
        header.end()?;
        if public >= wires {
            return fault("r1cs section 1 has more public signals than wires");
        }
        let mut body = section(&all, "r1cs", 2)?;
        let mut constraints = Vec::with_capacity(count.min(body.remaining() / 12));
        for _ in 0..count {
            let mut rows = [Vec::new(), Vec::new(), Vec::new()];
            for row in &mut rows {
                let terms = body.u32()? as usize;
                row.reserve(terms.min(body.remaining() / 36));
                for _ in 0..terms {
                    let wire = body.u32()?;
                    if wire as usize >= wires {
                        return fault(format!("r1cs section 2 names wire {wire} of {wires}"));
                    }
                    row.push((wire, body.scalar()?));
                }
            }
            constraints.push(rows);
        }
        body.end()?;
        Ok(Self { wires, public, constraints })
    }

    /// Returns the index of the first constraint that the witness breaks.
    pub fn first_unsatisfied(&self, witness: &[Fr]) -> Option<usize> {
        self.constraints
            .par_iter()
            .position_first(|[a, b, c]| dot(a, witness) * dot(b, witness) != dot(c, witness))
    }
}

fn dot(row: &Row, witness: &[Fr]) -> Fr {
    row.iter().fold(Fr::ZERO, |sum, (wire, value)| sum + *value * witness[*wire as usize])
}
