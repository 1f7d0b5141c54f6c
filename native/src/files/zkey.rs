//! Groth16 proving keys in snarkjs's .zkey format, version 1.
//!
//! Checked when a key is read: every length; every row and wire in range; every coefficient below
//! r; every point on its curve; no infinity and, in the second group, the prime subgroup for what
//! a verifier uses; that beta and delta are the same number in both groups; that delta is what
//! the last contribution left.
//!
//! Not checked here, and why that is safe for a prover: the points of A, B1, B2, C and H may be
//! any points. With a delta that is not zero, r and s make A and B uniform whatever the key holds,
//! and C is the one point that then satisfies the verifier, so a proof that verifies says nothing
//! about the witness under *any* key. A proof that does not verify might (a point of B2 outside
//! the subgroup would show the witness modulo a small factor of the cofactor), and must not leave
//! the machine: `prover/prover.py` verifies, subgroup included, before it reports. Whether a key
//! is one that *proofs can be believed under* is `phase2::verify`.
#![forbid(unsafe_code)]

use std::io::{self, Write};
use std::ops::RangeInclusive;

use ark_bn254::{Fq, Fr, G1Affine, G2Affine};
use ark_ec::AffineRepr;
use ark_ff::{AdditiveGroup, BigInt, PrimeField};

use crate::curve::ratio::same_number;
use crate::curve::verifying_key::VerifyingKey;
use crate::fault::{Result, fault};
use crate::files::binary::{Reader, Sections, put_prime, write_header, write_section};
use crate::files::contributions::{Contribution, Contributions};
use crate::files::elements::{
    G1, G2, SCALAR, all_bytes, g1, g1_bytes, g2, g2_bytes, limbs, put_limbs, u32_at,
};

/// One entry of the matrices A (0) and B (1). C follows from both on the domain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Coefficient {
    pub matrix: u32,
    pub row: u32,
    pub wire: u32,
    pub value: Fr,
}

pub struct Zkey {
    pub wires: usize,
    pub public: usize,
    pub domain: usize,
    pub alpha1: G1Affine,
    pub beta1: G1Affine,
    pub beta2: G2Affine,
    pub gamma2: G2Affine,
    pub delta1: G1Affine,
    pub delta2: G2Affine,
    pub ic: Vec<G1Affine>,
    pub coefficients: Vec<Coefficient>,
    pub a: Vec<G1Affine>,
    pub b1: Vec<G1Affine>,
    pub b2: Vec<G2Affine>,
    pub c: Vec<G1Affine>,
    pub h: Vec<G1Affine>,
    pub contributions: Contributions,
}

const GROTH16: u32 = 1;
const KNOWN: &[RangeInclusive<u32>] = &[1..=10];
const COEFFICIENT: usize = 12 + SCALAR;
/// Half of the field's roots of unity: the quotient is taken on a coset of twice the domain.
pub const LARGEST_DOMAIN: usize = 1 << 27;

impl Zkey {
    pub fn read(data: &[u8]) -> Result<Self> {
        let all = Sections::read(data, "zkey", 1, KNOWN)?;
        let (header, ic) = public_half(&all)?;
        let Header { wires, public, domain, .. } = header;
        let contributions = Contributions::read(&mut all.get(10)?)?;
        contributions.fit(&header.delta1)?;
        let points = |number, count| all.get(number)?.all(count, G1, g1);
        Ok(Self {
            wires,
            public,
            domain,
            alpha1: header.alpha1,
            beta1: header.beta1,
            beta2: header.beta2,
            gamma2: header.gamma2,
            delta1: header.delta1,
            delta2: header.delta2,
            ic,
            coefficients: coefficients(&mut all.get(4)?, domain, wires)?,
            a: points(5, wires)?,
            b1: points(6, wires)?,
            b2: all.get(7)?.all(wires, G2, g2)?,
            c: points(8, wires - public - 1)?,
            h: points(9, domain)?,
            contributions,
        })
    }

    /// Reads only what a verifier needs.
    pub fn read_verifying_key(data: &[u8]) -> Result<VerifyingKey> {
        let (header, ic) = public_half(&Sections::read(data, "zkey", 1, KNOWN)?)?;
        let Header { alpha1, beta2, gamma2, delta2, .. } = header;
        Ok(VerifyingKey { alpha: alpha1, beta: beta2, gamma: gamma2, delta: delta2, ic })
    }

    /// What verifies the key's proofs.
    pub fn verifying_key(&self) -> VerifyingKey {
        VerifyingKey {
            alpha: self.alpha1,
            beta: self.beta2,
            gamma: self.gamma2,
            delta: self.delta2,
            ic: self.ic.clone(),
        }
    }

    /// Writes the key as `snarkjs groth16 setup` does, section after section.
    pub fn write(&self, out: &mut impl Write) -> io::Result<()> {
        write_header(out, "zkey", 1, 10)?;
        write_section(out, 1, &GROTH16.to_le_bytes())?;
        write_section(out, 2, &self.header_bytes())?;
        write_section(out, 4, &self.coefficient_bytes())?;
        write_section(out, 3, &g1_bytes(&self.ic))?;
        write_section(out, 9, &g1_bytes(&self.h))?;
        write_section(out, 8, &g1_bytes(&self.c))?;
        write_section(out, 5, &g1_bytes(&self.a))?;
        write_section(out, 6, &g1_bytes(&self.b1))?;
        write_section(out, 7, &g2_bytes(&self.b2))?;
        write_section(out, 10, &self.contributions.to_bytes())
    }

    fn header_bytes(&self) -> Vec<u8> {
        let mut header = Vec::new();
        put_prime(&mut header, Fq::MODULUS);
        put_prime(&mut header, Fr::MODULUS);
        for size in [self.wires, self.public, self.domain] {
            header.extend_from_slice(&(size as u32).to_le_bytes());
        }
        header.extend(g1_bytes(&[self.alpha1, self.beta1]));
        header.extend(g2_bytes(&[self.beta2, self.gamma2]));
        header.extend(g1_bytes(&[self.delta1]));
        header.extend(g2_bytes(&[self.delta2]));
        header
    }

    fn coefficient_bytes(&self) -> Vec<u8> {
        let mut bytes = (self.coefficients.len() as u32).to_le_bytes().to_vec();
        bytes.extend(all_bytes(&self.coefficients, COEFFICIENT, |slot, entry| {
            slot[..4].copy_from_slice(&entry.matrix.to_le_bytes());
            slot[4..8].copy_from_slice(&entry.row.to_le_bytes());
            slot[8..12].copy_from_slice(&entry.wire.to_le_bytes());
            put_limbs(&mut slot[12..], &twice_montgomery(entry.value));
        }));
        bytes
    }
}

/// Sections 1 to 3.
fn public_half(all: &Sections<'_>) -> Result<(Header, Vec<G1Affine>)> {
    let mut protocol = all.get(1)?;
    if protocol.u32()? != GROTH16 {
        return protocol.fault("names another protocol than Groth16");
    }
    protocol.end()?;
    let header = Header::read(&mut all.get(2)?)?;
    let mut signals = all.get(3)?;
    let ic = signals.all(header.public + 1, G1, g1)?;
    if ic.iter().any(|point| point.is_zero()) {
        return signals.fault("holds infinity: a public signal would not count");
    }
    Ok((header, ic))
}

/// Section 2.
struct Header {
    wires: usize,
    public: usize,
    domain: usize,
    alpha1: G1Affine,
    beta1: G1Affine,
    beta2: G2Affine,
    gamma2: G2Affine,
    delta1: G1Affine,
    delta2: G2Affine,
}

impl Header {
    fn read(section: &mut Reader<'_>) -> Result<Self> {
        section.prime(Fq::MODULUS)?;
        section.prime(Fr::MODULUS)?;
        let header = Self {
            wires: section.u32()? as usize,
            public: section.u32()? as usize,
            domain: section.u32()? as usize,
            alpha1: section.g1_generator()?,
            beta1: section.g1_generator()?,
            beta2: section.g2_generator()?,
            gamma2: section.g2_generator()?,
            delta1: section.g1_generator()?,
            delta2: section.g2_generator()?,
        };
        section.end()?;
        let Self { wires, public, domain, .. } = header;
        // Sums number points and their images with 31 bits.
        let fits = wires <= 2 * LARGEST_DOMAIN && domain <= LARGEST_DOMAIN;
        if public >= wires || !domain.is_power_of_two() || !fits {
            return section.fault("has sizes that do not belong together");
        }
        let (g1, g2) = (G1Affine::generator(), G2Affine::generator());
        if !same_number([g1, header.beta1], [g2, header.beta2]) {
            return section.fault("holds two different betas");
        }
        if !same_number([g1, header.delta1], [g2, header.delta2]) {
            return section.fault("holds two different deltas");
        }
        Ok(header)
    }
}

impl Contributions {
    /// Whether the header's delta is the last contribution's.
    fn fit(&self, delta1: &G1Affine) -> Result<()> {
        match self.list.last() {
            Some(Contribution { delta_after, .. }) if delta_after != delta1 => {
                fault("zkey section 10 ends with another delta than section 2 has")
            }
            _ => Ok(()),
        }
    }
}

fn coefficients(reader: &mut Reader<'_>, domain: usize, wires: usize) -> Result<Vec<Coefficient>> {
    let count = reader.u32()? as usize;
    reader.all(count, COEFFICIENT, |bytes| {
        let (matrix, row, wire) = (u32_at(bytes, 0), u32_at(bytes, 4), u32_at(bytes, 8));
        if matrix > 1 || row as usize >= domain || wire as usize >= wires {
            return Err("names a matrix, row or wire that the key does not have");
        }
        let limbs = limbs(&bytes[12..]);
        if limbs >= Fr::MODULUS {
            return Err("holds a number that is not below r");
        }
        // Stored as value * 2^512: two reductions give the value.
        let once = Fr::new_unchecked(limbs).into_bigint();
        Ok(Coefficient { matrix, row, wire, value: Fr::new_unchecked(once) })
    })
}

fn twice_montgomery(value: Fr) -> BigInt<4> {
    // The inner representation of value is value * 2^256; taken as a number and represented again.
    Fr::from_bigint(value.0).unwrap_or(Fr::ZERO).0
}
