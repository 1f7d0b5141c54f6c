//! Bounded reading and writing of iden3 binary files: a magic, a version and numbered sections.
//!
//! A reader never allocates more than the section that it reads is long, and every error names
//! the section.
#![forbid(unsafe_code)]

use std::fmt;
use std::io::{self, Write};

use ark_bn254::{Fq, Fq2, Fr, G1Affine, G2Affine};
use ark_ec::AffineRepr;
use ark_ff::{AdditiveGroup, BigInt, PrimeField};
use rayon::prelude::*;

pub const SCALAR: usize = 32;
pub const G1: usize = 64;
pub const G2: usize = 128;

/// What is wrong with a file; the text names the section.
#[derive(Debug)]
pub struct FormatError(pub String);

impl fmt::Display for FormatError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

pub type Result<T> = std::result::Result<T, FormatError>;

pub fn fault<T>(text: impl Into<String>) -> Result<T> {
    Err(FormatError(text.into()))
}

/// A file's sections by number.
pub struct Sections<'a> {
    magic: &'static str,
    /// Number, offset in the file, content.
    all: Vec<(u32, usize, &'a [u8])>,
}

impl<'a> Sections<'a> {
    /// Splits a file; a section may stand anywhere, but only once. A section with a number above
    /// `last` would mean something that nobody here takes into account.
    pub fn read(data: &'a [u8], magic: &'static str, version: u32, last: u32) -> Result<Self> {
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
            if number == 0 || number > last {
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

pub fn u32_at(bytes: &[u8], at: usize) -> u32 {
    bytes[at..at + 4].iter().rev().fold(0, |acc, byte| acc << 8 | u32::from(*byte))
}

/// The little-endian number in the first 32 bytes.
pub fn limbs(bytes: &[u8]) -> BigInt<4> {
    let mut limbs = [0u64; 4];
    for (limb, chunk) in limbs.iter_mut().zip(bytes.chunks_exact(8)) {
        *limb = chunk.iter().rev().fold(0, |acc, byte| acc << 8 | u64::from(*byte));
    }
    BigInt::new(limbs)
}

/// A canonical element of the scalar field, not in Montgomery form.
pub fn scalar(bytes: &[u8]) -> std::result::Result<Fr, &'static str> {
    Fr::from_bigint(limbs(bytes)).ok_or("holds a number that is not below r")
}

/// A coordinate in Montgomery form.
fn coordinate(bytes: &[u8]) -> std::result::Result<Fq, &'static str> {
    let limbs = limbs(bytes);
    if limbs >= Fq::MODULUS {
        return Err("holds a coordinate that is not below q");
    }
    Ok(Fq::new_unchecked(limbs))
}

/// A point of the first group; 64 zero bytes are infinity.
pub fn g1(bytes: &[u8]) -> std::result::Result<G1Affine, &'static str> {
    let (x, y) = (coordinate(bytes)?, coordinate(&bytes[32..])?);
    if x == Fq::ZERO && y == Fq::ZERO {
        return Ok(G1Affine::identity());
    }
    let point = G1Affine::new_unchecked(x, y);
    // The curve's order is prime: on the curve means in the group.
    if point.is_on_curve() { Ok(point) } else { Err("holds a point that is not on the curve") }
}

/// A point of the twist. Whether it is in the prime subgroup is not checked.
pub fn g2(bytes: &[u8]) -> std::result::Result<G2Affine, &'static str> {
    let x = Fq2::new(coordinate(bytes)?, coordinate(&bytes[32..])?);
    let y = Fq2::new(coordinate(&bytes[64..])?, coordinate(&bytes[96..])?);
    if x == Fq2::ZERO && y == Fq2::ZERO {
        return Ok(G2Affine::identity());
    }
    let point = G2Affine::new_unchecked(x, y);
    if point.is_on_curve() { Ok(point) } else { Err("holds a point that is not on the curve") }
}

pub fn put_limbs(out: &mut [u8], limbs: &BigInt<4>) {
    for (chunk, limb) in out.chunks_exact_mut(8).zip(limbs.0) {
        chunk.copy_from_slice(&limb.to_le_bytes());
    }
}

/// Montgomery form, as .zkey and .ptau files hold points.
pub fn put_g1(out: &mut [u8], point: &G1Affine) {
    let (x, y) = point.xy().unwrap_or_default();
    put_limbs(&mut out[..32], &x.0);
    put_limbs(&mut out[32..], &y.0);
}

pub fn put_g2(out: &mut [u8], point: &G2Affine) {
    let (x, y) = point.xy().unwrap_or_default();
    for (part, chunk) in [x.c0, x.c1, y.c0, y.c1].iter().zip(out.chunks_exact_mut(32)) {
        put_limbs(chunk, &part.0);
    }
}

pub fn g1_bytes(points: &[G1Affine]) -> Vec<u8> {
    all_bytes(points, G1, put_g1)
}

pub fn g2_bytes(points: &[G2Affine]) -> Vec<u8> {
    all_bytes(points, G2, put_g2)
}

/// Elements one after another, on all cores.
pub fn all_bytes<T: Sync>(items: &[T], size: usize, put: impl Fn(&mut [u8], &T) + Sync) -> Vec<u8> {
    let mut out = vec![0; items.len() * size];
    out.par_chunks_exact_mut(size)
        .zip(items)
        .with_min_len(256)
        .for_each(|(slot, item)| put(slot, item));
    out
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
