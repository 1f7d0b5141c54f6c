//! Circuits in .r1cs files, version 1, and the evaluation of their constraints.
//!
//! Checked: every length, every wire and label in range, every coefficient below r, no custom
//! gates (they would be constraints that this prover does not prove).
#![forbid(unsafe_code)]

use std::io::{self, Write};

use ark_bn254::Fr;
use ark_ff::{AdditiveGroup, PrimeField};
use rayon::prelude::*;

use crate::fault::Result;
use crate::files::binary::{Reader, Sections, put_prime, write_header, write_section};
use crate::files::elements::{SCALAR, put_limbs, scalar, u32_at};

/// Wires and their coefficients.
pub type Row = Vec<(u32, Fr)>;

const TERM: usize = 4 + SCALAR;

pub struct R1cs {
    pub wires: usize,
    /// Outputs and public inputs: wires 1 to `public`.
    pub public: usize,
    /// A, B and C of each constraint A * B = C.
    pub constraints: Vec<[Row; 3]>,
    pub header: Header,
    /// The signal of each wire; empty when the file does not say.
    pub labels: Vec<u64>,
}

/// What only the file's header tells apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Header {
    pub outputs: u32,
    pub public_inputs: u32,
    pub private_inputs: u32,
    pub labels: u64,
}

impl R1cs {
    pub fn read(data: &[u8]) -> Result<Self> {
        let all = Sections::read(data, "r1cs", 1, &[1..=5])?;
        let mut reader = all.get(1)?;
        reader.prime(Fr::MODULUS)?;
        let wires = reader.u32()? as usize;
        let header = Header {
            outputs: reader.u32()?,
            public_inputs: reader.u32()?,
            private_inputs: reader.u32()?,
            labels: reader.u64()?,
        };
        let count = reader.u32()? as usize;
        reader.end()?;
        let public = header.outputs as usize + header.public_inputs as usize;
        if public >= wires {
            return reader.fault("has more public signals than wires");
        }
        for number in [4, 5] {
            if let Some(mut gates) = all.find(number) {
                if gates.u32()? != 0 {
                    return gates.fault("lists custom gates, which Groth16 cannot prove");
                }
                gates.end()?;
            }
        }
        let labels = match all.find(3) {
            Some(mut section) => labels(&mut section, wires, header.labels)?,
            None => Vec::new(),
        };
        let mut body = all.get(2)?;
        if labels.is_empty() && wires > 1 + body.remaining() / TERM {
            return body.fault("has fewer terms than wires, and section 3 does not list them");
        }
        let constraints = constraints(&mut body, count, wires)?;
        Ok(Self { wires, public, constraints, header, labels })
    }

    pub fn write(&self, out: &mut impl Write) -> io::Result<()> {
        let mut head = Vec::new();
        put_prime(&mut head, Fr::MODULUS);
        let Header { outputs, public_inputs, private_inputs, labels } = self.header;
        for number in [self.wires as u32, outputs, public_inputs, private_inputs] {
            head.extend_from_slice(&number.to_le_bytes());
        }
        head.extend_from_slice(&labels.to_le_bytes());
        head.extend_from_slice(&(self.constraints.len() as u32).to_le_bytes());
        let map: Vec<u8> = self.labels.iter().flat_map(|label| label.to_le_bytes()).collect();
        let mut body = Vec::new();
        for row in self.constraints.iter().flatten() {
            body.extend_from_slice(&(row.len() as u32).to_le_bytes());
            for (wire, value) in row {
                body.extend_from_slice(&wire.to_le_bytes());
                let at = body.len();
                body.resize(at + SCALAR, 0);
                put_limbs(&mut body[at..], &value.into_bigint());
            }
        }
        // circom's order.
        write_header(out, "r1cs", 1, if map.is_empty() { 2 } else { 3 })?;
        write_section(out, 2, &body)?;
        write_section(out, 1, &head)?;
        if map.is_empty() { Ok(()) } else { write_section(out, 3, &map) }
    }

    /// Returns the index of the first constraint that the witness breaks.
    pub fn first_unsatisfied(&self, witness: &[Fr]) -> Option<usize> {
        self.constraints
            .par_iter()
            .position_first(|[a, b, c]| dot(a, witness) * dot(b, witness) != dot(c, witness))
    }
}

fn labels(section: &mut Reader<'_>, wires: usize, count: u64) -> Result<Vec<u64>> {
    section.all(wires, 8, |bytes| {
        let label = bytes.iter().rev().fold(0, |acc, byte| acc << 8 | u64::from(*byte));
        if label < count { Ok(label) } else { Err("names a label that the header does not count") }
    })
}

/// Constraints differ in length: their bounds are found in one pass, their terms on all cores.
fn constraints(body: &mut Reader<'_>, count: usize, wires: usize) -> Result<Vec<[Row; 3]>> {
    let mut bounds = Vec::with_capacity(count.min(body.remaining() / 12));
    for _ in 0..count {
        let mut rows: [&[u8]; 3] = [&[]; 3];
        for row in &mut rows {
            let terms = body.u32()? as usize;
            *row = body.bytes(terms.saturating_mul(TERM))?;
        }
        bounds.push(rows);
    }
    body.end()?;
    let term = |bytes: &[u8]| -> Result<(u32, Fr)> {
        let wire = u32_at(bytes, 0);
        if wire as usize >= wires {
            return body.fault(format!("names wire {wire} of {wires}"));
        }
        Ok((wire, scalar(&bytes[4..]).or_else(|text| body.fault(text))?))
    };
    let parse = |row: &[u8]| row.chunks_exact(TERM).map(term).collect::<Result<Row>>();
    bounds
        .par_iter()
        .with_min_len(64)
        .map(|[a, b, c]| Ok([parse(a)?, parse(b)?, parse(c)?]))
        .collect()
}

fn dot(row: &Row, witness: &[Fr]) -> Fr {
    row.iter().fold(Fr::ZERO, |sum, (wire, value)| sum + *value * witness[*wire as usize])
}
