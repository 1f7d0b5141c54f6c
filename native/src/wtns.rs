//! Reads .wtns files.

use ark_bn254::Fr;
use ark_ff::{One, PrimeField};

use crate::binary::{Result, fault, section, sections};

/// Returns the wires' values; wire 0 is one.
pub fn read(data: &[u8]) -> Result<Vec<Fr>> {
    let all = sections(data, "wtns", 2)?;
    let mut header = section(&all, "wtns", 1)?;
    if header.u32()? != 32 || header.limbs()? != Fr::MODULUS {
        return fault("the witness is not over BN254's scalar field");
    }
    let count = header.u32()? as usize;
    header.end()?;
    let mut body = section(&all, "wtns", 2)?;
    let mut values = Vec::with_capacity(count.min(body.remaining() / 32));
    for _ in 0..count {
        values.push(body.scalar()?);
    }
    body.end()?;
    if values.first().is_none_or(|first| !first.is_one()) {
        return fault("wtns section 2 does not start with one");
    }
    Ok(values)
}
