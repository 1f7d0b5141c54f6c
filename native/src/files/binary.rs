//! Bounded reading and writing of iden3 binary files: a magic, a version and numbered sections.
//!
//! A reader never allocates more than the section that it reads is long, and every error names
//! the section.
#![forbid(unsafe_code)]

use std::fmt;
use std::io::{self, Write};
use std::ops::RangeInclusive;

use ark_bn254::{Fr, G1Affine, G2Affine};
use ark_ec::AffineRepr;
use ark_ff::BigInt;
use rayon::prelude::*;

use crate::fault::{Result, fault};
use crate::files::elements::{G1, G2, SCALAR, g1, g2, limbs, put_limbs, scalar, u32_at};

/// A file's sections by number.
pub struct Sections<'a> {
    magic: &'static str,
    /// Number, offset in the file, content.
    all: Vec<(u32, usize, &'a [u8])>,
}

impl<'a> Sections<'a> {
    /// Splits a file; a section may stand anywhere, but only once. A section with a number that is
    /// not `known` would mean something that nobody here takes into account.
    pub fn read(
        data: &'a [u8],
        magic: &'static str,
        version: u32,
        known: &[RangeInclusive<u32>],
    ) -> Result<Self> {
        let mut reader = Reader::new(data, format!("{magic} header"));
        if reader.bytes(4)? != magic.as_bytes() {
            return fault(format!("{magic} header: not a .{magic} file"));
        }
        let found = reader.u32()?;
        if found != version {
            return fault(format!("{magic} header: version {found} is not supported"));
        }
        let count = reader.u32()?;
        let mut all: Vec<(u32, usize, &[u8])> = Vec::new();
        for _ in 0..count {
            reader.name = format!("{magic} table of sections");
            let (number, size) = (reader.u32()?, reader.u64()?);
            reader.name = format!("{magic} section {number}");
            if !known.iter().any(|range| range.contains(&number)) {
                return reader.fault("is not known");
            }
            if all.iter().any(|(seen, ..)| *seen == number) {
                return fault(format!("{} stands twice", reader.name));
            }
            let Ok(size) = usize::try_from(size) else {
                return fault(format!("{} ends early", reader.name));
            };
            all.push((number, data.len() - reader.remaining(), reader.bytes(size)?));
        }
        reader.name = format!("{magic} file");
        reader.end()?;
        Ok(Self { magic, all })
    }

    /// Returns a section's reader, or an error when the section is missing.
    pub fn get(&self, number: u32) -> Result<Reader<'a>> {
        match self.find(number) {
            Some(reader) => Ok(reader),
            None => fault(format!("{} section {number} is missing", self.magic)),
        }
    }

    /// The offset in the file at which a section ends.
    pub fn end_of(&self, number: u32) -> Option<usize> {
        self.all.iter().find(|(found, ..)| *found == number).map(|(_, at, data)| at + data.len())
    }

    pub fn find(&self, number: u32) -> Option<Reader<'a>> {
        let (_, _, data) = self.all.iter().find(|(found, ..)| *found == number)?;
        Some(Reader::new(data, format!("{} section {number}", self.magic)))
    }
}

pub struct Reader<'a> {
    rest: &'a [u8],
    pub name: String,
}

impl<'a> Reader<'a> {
    pub fn new(data: &'a [u8], name: String) -> Self {
        Self { rest: data, name }
    }

    pub fn fault<T>(&self, text: impl fmt::Display) -> Result<T> {
        fault(format!("{} {text}", self.name))
    }

    pub fn bytes(&mut self, count: usize) -> Result<&'a [u8]> {
        match self.rest.split_at_checked(count) {
            Some((head, tail)) => {
                self.rest = tail;
                Ok(head)
            }
            None => self.fault("ends early"),
        }
    }

    pub fn remaining(&self) -> usize {
        self.rest.len()
    }

    pub fn end(&self) -> Result<()> {
        match self.rest.len() {
            0 => Ok(()),
            left => self.fault(format!("has {left} bytes too many")),
        }
    }

    /// All that is left, which must be `count` elements of `size` bytes.
    pub fn array(&mut self, count: usize, size: usize) -> Result<&'a [u8]> {
        if count.checked_mul(size) != Some(self.rest.len()) {
            let found = self.rest.len();
            return self.fault(format!("has {found} bytes for {count} elements of {size}"));
        }
        self.bytes(count * size)
    }

    pub fn u32(&mut self) -> Result<u32> {
        Ok(u32_at(self.bytes(4)?, 0))
    }

    pub fn u64(&mut self) -> Result<u64> {
        Ok(u64::from(self.u32()?) | u64::from(self.u32()?) << 32)
    }

    pub fn limbs(&mut self) -> Result<BigInt<4>> {
        Ok(limbs(self.bytes(SCALAR)?))
    }

    /// A canonical element of the scalar field, not in Montgomery form.
    pub fn scalar(&mut self) -> Result<Fr> {
        let bytes = self.bytes(SCALAR)?;
        scalar(bytes).or_else(|text| self.fault(text))
    }

    /// A prime with its length in bytes, as headers give it.
    pub fn prime(&mut self, expected: BigInt<4>) -> Result<()> {
        if self.u32()? != SCALAR as u32 || self.limbs()? != expected {
            return self.fault("is over another field than BN254's");
        }
        Ok(())
    }

    pub fn g1(&mut self) -> Result<G1Affine> {
        let bytes = self.bytes(G1)?;
        g1(bytes).or_else(|text| self.fault(text))
    }

    pub fn g2(&mut self) -> Result<G2Affine> {
        let bytes = self.bytes(G2)?;
        g2(bytes).or_else(|text| self.fault(text))
    }

    /// A point of the prime subgroup that is not infinity.
    pub fn g2_generator(&mut self) -> Result<G2Affine> {
        let point = self.g2()?;
        if point.is_zero() || !point.is_in_correct_subgroup_assuming_on_curve() {
            return self.fault("holds a point that does not generate the second group");
        }
        Ok(point)
    }

    pub fn g1_generator(&mut self) -> Result<G1Affine> {
        let point = self.g1()?;
        if point.is_zero() { self.fault("holds a point at infinity") } else { Ok(point) }
    }

    /// The whole rest of the section as elements, checked on all cores.
    pub fn all<T: Send>(
        &mut self,
        count: usize,
        size: usize,
        parse: impl Fn(&[u8]) -> std::result::Result<T, &'static str> + Sync,
    ) -> Result<Vec<T>> {
        let data = self.array(count, size)?;
        data.par_chunks_exact(size)
            .with_min_len(256)
            .map(|bytes| parse(bytes).or_else(|text| self.fault(text)))
            .collect()
    }
}

pub fn put_prime(out: &mut Vec<u8>, prime: BigInt<4>) {
    out.extend_from_slice(&(SCALAR as u32).to_le_bytes());
    let at = out.len();
    out.resize(at + SCALAR, 0);
    put_limbs(&mut out[at..], &prime);
}

pub fn write_header(out: &mut impl Write, magic: &str, version: u32, count: u32) -> io::Result<()> {
    out.write_all(magic.as_bytes())?;
    out.write_all(&version.to_le_bytes())?;
    out.write_all(&count.to_le_bytes())
}

pub fn write_section(out: &mut impl Write, number: u32, content: &[u8]) -> io::Result<()> {
    out.write_all(&number.to_le_bytes())?;
    out.write_all(&(content.len() as u64).to_le_bytes())?;
    out.write_all(content)
}
