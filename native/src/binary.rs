//! Bounded reading and writing of iden3 binary files: a magic, a version and numbered sections.

use std::fmt;

use ark_bn254::{Fq, Fq2, Fr, G1Affine, G2Affine};
use ark_ec::AffineRepr;
use ark_ff::{BigInt, PrimeField};

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

/// Splits a file into its sections, by number; a number may stand once.
pub fn sections<'a>(data: &'a [u8], magic: &str, version: u32) -> Result<Vec<(u32, &'a [u8])>> {
    let mut reader = Reader::new(data, format!("{magic} header"));
    if reader.bytes(4)? != magic.as_bytes() {
        return fault(format!("not a .{magic} file"));
    }
    let found = reader.u32()?;
    if found != version {
        return fault(format!("{magic} version {found} is not supported"));
    }
    let count = reader.u32()?;
    let mut found: Vec<(u32, &[u8])> = Vec::new();
    for _ in 0..count {
        let number = reader.u32()?;
        let size = usize::try_from(reader.u64()?)
            .map_err(|_| FormatError(format!("{magic} section {number} is too long")))?;
        if found.iter().any(|(seen, _)| *seen == number) {
            return fault(format!("{magic} section {number} stands twice"));
        }
        reader.name = format!("{magic} section {number}");
        found.push((number, reader.bytes(size)?));
    }
    Ok(found)
}

/// Returns one section's reader.
pub fn section<'a>(all: &[(u32, &'a [u8])], magic: &str, number: u32) -> Result<Reader<'a>> {
    match all.iter().find(|(found, _)| *found == number) {
        Some((_, data)) => Ok(Reader::new(data, format!("{magic} section {number}"))),
        None => fault(format!("{magic} section {number} is missing")),
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

    pub fn bytes(&mut self, count: usize) -> Result<&'a [u8]> {
        if self.rest.len() < count {
            return fault(format!("{} ends early", self.name));
        }
        let (head, tail) = self.rest.split_at(count);
        self.rest = tail;
        Ok(head)
    }

    pub fn remaining(&self) -> usize {
        self.rest.len()
    }

    pub fn end(&self) -> Result<()> {
        if self.rest.is_empty() {
            return Ok(());
        }
        fault(format!("{} has {} bytes too many", self.name, self.rest.len()))
    }

    pub fn u32(&mut self) -> Result<u32> {
        let bytes = self.bytes(4)?;
        Ok(u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]))
    }

    pub fn u64(&mut self) -> Result<u64> {
        Ok(u64::from(self.u32()?) | u64::from(self.u32()?) << 32)
    }

    pub fn limbs(&mut self) -> Result<BigInt<4>> {
        let bytes = self.bytes(32)?;
        let mut limbs = [0u64; 4];
        for (limb, chunk) in limbs.iter_mut().zip(bytes.chunks_exact(8)) {
            *limb = chunk.iter().rev().fold(0, |acc, byte| acc << 8 | u64::from(*byte));
        }
        Ok(BigInt::new(limbs))
    }

    /// A canonical element of the scalar field, not in Montgomery form.
    pub fn scalar(&mut self) -> Result<Fr> {
        let limbs = self.limbs()?;
        Fr::from_bigint(limbs)
            .ok_or_else(|| FormatError(format!("{} holds a number that is not below r", self.name)))
    }

    /// A coordinate in Montgomery form.
    pub fn coordinate(&mut self) -> Result<Fq> {
        let limbs = self.limbs()?;
        if limbs >= Fq::MODULUS {
            return fault(format!("{} holds a coordinate that is not below q", self.name));
        }
        Ok(Fq::new_unchecked(limbs))
    }

    pub fn g1(&mut self) -> Result<G1Affine> {
        let (x, y) = (self.coordinate()?, self.coordinate()?);
        if x == Fq::from(0) && y == Fq::from(0) {
            return Ok(G1Affine::identity());
        }
        let point = G1Affine::new_unchecked(x, y);
        if !point.is_on_curve() {
            return fault(format!("{} holds a point that is not on the curve", self.name));
        }
        Ok(point)
    }

    pub fn g2(&mut self) -> Result<G2Affine> {
        let x = Fq2::new(self.coordinate()?, self.coordinate()?);
        let y = Fq2::new(self.coordinate()?, self.coordinate()?);
        if x == Fq2::from(0) && y == Fq2::from(0) {
            return Ok(G2Affine::identity());
        }
        let point = G2Affine::new_unchecked(x, y);
        if !point.is_on_curve() {
            return fault(format!("{} holds a point that is not on the curve", self.name));
        }
        Ok(point)
    }
}

pub fn put_limbs(out: &mut Vec<u8>, limbs: &BigInt<4>) {
    for limb in limbs.0 {
        out.extend_from_slice(&limb.to_le_bytes());
    }
}

/// Montgomery form, as .zkey files hold points.
pub fn put_g1(out: &mut Vec<u8>, point: &G1Affine) {
    let (x, y) = point.xy().unwrap_or_default();
    put_limbs(out, &x.0);
    put_limbs(out, &y.0);
}

pub fn put_g2(out: &mut Vec<u8>, point: &G2Affine) {
    let (x, y) = point.xy().unwrap_or_default();
    for coordinate in [x.c0, x.c1, y.c0, y.c1] {
        put_limbs(out, &coordinate.0);
    }
}
