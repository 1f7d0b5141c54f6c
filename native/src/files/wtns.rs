//! Witnesses in .wtns files, version 2.
//!
//! Checked: every length, every value below r, the first value one. Whether the values satisfy a
//! circuit is not the file's matter: `groth16::check` says.
#![forbid(unsafe_code)]

use std::io::{self, Write};

use ark_bn254::Fr;
use ark_ff::{BigInt, PrimeField};

use crate::fault::Result;
use crate::files::binary::{Sections, put_prime, write_header, write_section};
use crate::files::elements::{SCALAR, all_bytes, limbs, put_limbs, scalar};

/// Returns the wires' values; wire 0 is one.
pub fn read(data: &[u8]) -> Result<Vec<Fr>> {
    elements(data, scalar)
}

/// Returns the wires' values as canonical numbers of four words, the lowest first.
pub fn read_words(data: &[u8]) -> Result<Vec<[u64; 4]>> {
    elements(data, |bytes| {
        let number = limbs(bytes);
        if number < Fr::MODULUS { Ok(number.0) } else { Err("holds a number that is not below r") }
    })
}

fn elements<T: Send>(
    data: &[u8],
    parse: impl Fn(&[u8]) -> std::result::Result<T, &'static str> + Sync,
) -> Result<Vec<T>> {
    let all = Sections::read(data, "wtns", 2, &[1..=2])?;
    let mut header = all.get(1)?;
    header.prime(Fr::MODULUS)?;
    let count = header.u32()? as usize;
    header.end()?;
    let mut body = all.get(2)?;
    let first = all.get(2)?.limbs();
    let values = body.all(count, SCALAR, parse)?;
    if !first.is_ok_and(|number| number == BigInt::one()) {
        return body.fault("does not start with one");
    }
    Ok(values)
}

pub fn write(values: &[Fr], out: &mut impl Write) -> io::Result<()> {
    let mut header = Vec::new();
    put_prime(&mut header, Fr::MODULUS);
    header.extend_from_slice(&(values.len() as u32).to_le_bytes());
    write_header(out, "wtns", 2, 2)?;
    write_section(out, 1, &header)?;
    write_section(out, 2, &to_bytes(values))
}

/// The content of a file.
pub fn file(values: &[Fr]) -> Vec<u8> {
    let mut content = Vec::with_capacity(SCALAR * values.len() + 80);
    // A vector takes every write.
    let written = write(values, &mut content);
    debug_assert!(written.is_ok());
    content
}

/// 32 bytes little-endian for each value.
pub fn to_bytes(values: &[Fr]) -> Vec<u8> {
    all_bytes(values, SCALAR, |slot, value| put_limbs(slot, &value.into_bigint()))
}
