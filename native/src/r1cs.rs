//! circom's .r1cs file: the constraints A·w * B·w = C·w over the wires w.

use ark_bn254::Fr;
use ark_ff::Zero;
use rayon::prelude::*;

use crate::error::{Error, Result};
use crate::field;
use crate::iden3::{Container, Cursor, Section};

const HEADER: Section = Section { id: 1, name: "1 (header)" };
const CONSTRAINTS: Section = Section { id: 2, name: "2 (constraints)" };
const CUSTOM_GATES: Section = Section { id: 4, name: "4 (custom gates)" };
const TERM_BYTES: usize = 4 + 32;

/// A matrix by rows: row i has the terms starts[i]..starts[i + 1].
#[derive(Clone, Debug, Default)]
pub struct Matrix {
    pub starts: Vec<usize>,
    pub wires: Vec<u32>,
    pub values: Vec<Fr>,
}

impl Matrix {
    pub fn rows(&self) -> usize {
        self.starts.len() - 1
    }

    pub fn row(&self, index: usize) -> impl Iterator<Item = (usize, Fr)> + '_ {
        let terms = self.starts[index]..self.starts[index + 1];
        let wires = self.wires[terms.clone()].iter().map(|&w| w as usize);
        wires.zip(self.values[terms].iter().copied())
    }

    /// The product of one row and the witness.
    pub fn dot(&self, index: usize, witness: &[Fr]) -> Fr {
        self.row(index).map(|(wire, value)| value * witness[wire]).sum()
    }
}

/// Every wire of every matrix is below `wires`; wires 1..=public are the public signals.
#[derive(Debug)]
pub struct R1cs {
    pub wires: usize,
    pub public: usize,
    pub a: Matrix,
    pub b: Matrix,
    pub c: Matrix,
}

impl R1cs {
    pub fn constraints(&self) -> usize {
        self.a.rows()
    }

    pub fn parse(bytes: &[u8]) -> Result<Self> {
        let container = Container::parse(bytes, "r1cs", &[1])?;
        let mut header = container.section(HEADER)?;
        if header.u32()? != 32 || header.array()? != &field::modulus::<Fr>() {
            return Err(header.error("the field is not BN254's scalar field"));
        }
        let wires = header.u32()? as usize;
        let outputs = header.u32()? as usize;
        let inputs = header.u32()? as usize;
        let private = header.u32()? as usize;
        let _labels = header.u64()?;
        let constraints = header.u32()? as usize;
        // 64-bit sums of 32-bit numbers cannot wrap.
        if wires <= outputs + inputs + private {
            return Err(header.error("fewer wires than signals"));
        }
        header.finish()?;
        if container.has(CUSTOM_GATES) {
            let mut gates = container.section(CUSTOM_GATES)?;
            if gates.remaining() > 0 && gates.u32()? != 0 {
                return Err(gates.error("custom gates are not constraints of a Groth16 circuit"));
            }
        }
        let [a, b, c] = read_constraints(container.section(CONSTRAINTS)?, constraints, wires)?;
        Ok(Self { wires, public: outputs + inputs, a, b, c })
    }

    /// The index of the first constraint that the witness breaks.
    pub fn first_unsatisfied(&self, witness: &[Fr]) -> Result<Option<usize>> {
        if witness.len() != self.wires {
            return Err(Error::refused(format!(
                "the witness has {} values, the constraints {} wires",
                witness.len(),
                self.wires
            )));
        }
        Ok((0..self.constraints()).into_par_iter().with_min_len(1024).find_first(|&i| {
            self.a.dot(i, witness) * self.b.dot(i, witness) != self.c.dot(i, witness)
        }))
    }
}

fn read_constraints(mut cursor: Cursor<'_>, count: usize, wires: usize) -> Result<[Matrix; 3]> {
    // Each constraint has three lengths, so a false count cannot make us reserve much.
    if cursor.remaining() / 12 < count {
        return Err(cursor.error(format!("too short for {count} constraints")));
    }
    let mut matrices: [Matrix; 3] = Default::default();
    for matrix in &mut matrices {
        matrix.starts.reserve(count + 1);
        matrix.starts.push(0);
    }
    for index in 0..count {
        for matrix in &mut matrices {
            read_row(&mut cursor, matrix, wires)
                .map_err(|detail| cursor.error(format!("constraint {index}: {detail}")))?;
        }
    }
    cursor.finish()?;
    Ok(matrices)
}

/// A wire's index and its coefficient's bytes.
fn split_term(term: &[u8; TERM_BYTES]) -> (u32, field::Bytes) {
    let mut wire = [0; 4];
    let mut value = [0; 32];
    wire.copy_from_slice(&term[..4]);
    value.copy_from_slice(&term[4..]);
    (u32::from_le_bytes(wire), value)
}

fn read_row(
    cursor: &mut Cursor<'_>,
    matrix: &mut Matrix,
    wires: usize,
) -> std::result::Result<(), String> {
    let short = |_| "the section ends inside it".to_owned();
    let terms = cursor.u32().map_err(short)? as usize;
    for term in cursor.records::<TERM_BYTES>(terms).map_err(short)? {
        let (wire, value) = split_term(term);
        if wire as usize >= wires {
            return Err(format!("wire {wire} does not exist"));
        }
        let value: Fr = field::from_plain(&value).ok_or("a coefficient is not below r")?;
        if !value.is_zero() {
            matrix.wires.push(wire);
            matrix.values.push(value);
        }
    }
    matrix.starts.push(matrix.wires.len());
    Ok(())
}
