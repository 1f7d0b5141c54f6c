//! circom's .wtns file: the value of every wire, the constant one first.

use ark_bn254::Fr;
use ark_ff::One;
use rayon::prelude::*;

use crate::error::Result;
use crate::field;
use crate::iden3::{Container, Section};

const HEADER: Section = Section { id: 1, name: "1 (header)" };
const VALUES: Section = Section { id: 2, name: "2 (values)" };

pub fn parse(bytes: &[u8]) -> Result<Vec<Fr>> {
    let container = Container::parse(bytes, "wtns", &[1, 2])?;
    let mut header = container.section(HEADER)?;
    if header.u32()? != 32 || header.array()? != &field::modulus::<Fr>() {
        return Err(header.error("the field is not BN254's scalar field"));
    }
    let count = header.u32()? as usize;
    header.finish()?;

    let mut section = container.section(VALUES)?;
    let records = section.records::<32>(count)?;
    let values: Vec<Fr> = records
        .par_iter()
        .enumerate()
        .with_min_len(4096)
        .map(|(i, bytes)| {
            field::from_plain(bytes).ok_or_else(|| section.error(format!("value {i} is not below r")))
        })
        .collect::<Result<_>>()?;
    section.clone().finish()?;
    if values.first().is_none_or(|one| !one.is_one()) {
        return Err(section.error("the first value is not one"));
    }
    Ok(values)
}
