//! Groth16 proving keys in snarkjs's .zkey format, version 1.

use ark_bn254::{Fq, Fr, G1Affine, G2Affine};
use ark_ff::{BigInt, PrimeField};

use crate::binary::{Reader, Result, fault, put_g1, put_g2, put_limbs, section, sections};

/// One entry of the matrices A (0) and B (1). C follows from both on the domain.
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
}

const GROTH16: u32 = 1;

impl Zkey {
    pub fn read(data: &[u8]) -> Result<Self> {
        let all = sections(data, "zkey", 1)?;
        if section(&all, "zkey", 1)?.u32()? != GROTH16 {
            return fault("the key is not a Groth16 key");
        }
        let mut header = section(&all, "zkey", 2)?;
        if header.u32()? != 32 || header.limbs()? != Fq::MODULUS {
            return fault("the key is not over BN254");
        }
        if header.u32()? != 32 || header.limbs()? != Fr::MODULUS {
            return fault("the key is not over BN254");
        }
        let wires = header.u32()? as usize;
        let public = header.u32()? as usize;
        let domain = header.u32()? as usize;
        if public >= wires || !domain.is_power_of_two() || domain > 1 << 27 {
            return fault("zkey section 2 has sizes that do not belong together");
        }
        let (alpha1, beta1, beta2) = (header.g1()?, header.g1()?, header.g2()?);
        let (gamma2, delta1, delta2) = (header.g2()?, header.g1()?, header.g2()?);
        header.end()?;
        let points = |number, count| g1_section(section(&all, "zkey", number)?, count);
        let mut b2 = section(&all, "zkey", 7)?;
        let b2_points = (0..wires).map(|_| b2.g2()).collect::<Result<Vec<_>>>()?;
        b2.end()?;
        Ok(Self {
            wires,
            public,
            domain,
            alpha1,
            beta1,
            beta2,
            gamma2,
            delta1,
            delta2,
            ic: points(3, public + 1)?,
            coefficients: coefficients(section(&all, "zkey", 4)?, domain, wires)?,
            a: points(5, wires)?,
            b1: points(6, wires)?,
            b2: b2_points,
            c: points(8, wires - public - 1)?,
            h: points(9, domain)?,
        })
    }

    pub fn write(&self) -> Vec<u8> {
        let mut header = Vec::new();
        for modulus in [Fq::MODULUS, Fr::MODULUS] {
            header.extend_from_slice(&32u32.to_le_bytes());
            put_limbs(&mut header, &modulus);
        }
        for size in [self.wires, self.public, self.domain] {
            header.extend_from_slice(&(size as u32).to_le_bytes());
        }
        put_g1(&mut header, &self.alpha1);
        put_g1(&mut header, &self.beta1);
        put_g2(&mut header, &self.beta2);
        put_g2(&mut header, &self.gamma2);
        put_g1(&mut header, &self.delta1);
        put_g2(&mut header, &self.delta2);

        let mut entries = (self.coefficients.len() as u32).to_le_bytes().to_vec();
        for entry in &self.coefficients {
            for number in [entry.matrix, entry.row, entry.wire] {
                entries.extend_from_slice(&number.to_le_bytes());
            }
            put_limbs(&mut entries, &twice_montgomery(entry.value));
        }
        let g1 = |points: &[G1Affine]| {
            let mut out = Vec::with_capacity(points.len() * 64);
            points.iter().for_each(|point| put_g1(&mut out, point));
            out
        };
        let mut b2 = Vec::with_capacity(self.b2.len() * 128);
        self.b2.iter().for_each(|point| put_g2(&mut b2, point));
        // No contribution: a development key says so itself.
        let contributions = vec![0u8; 64 + 4];
        let parts = [
            (1, GROTH16.to_le_bytes().to_vec()),
            (2, header),
            (3, g1(&self.ic)),
            (4, entries),
            (5, g1(&self.a)),
            (6, g1(&self.b1)),
            (7, b2),
            (8, g1(&self.c)),
            (9, g1(&self.h)),
            (10, contributions),
        ];
        let mut out = b"zkey".to_vec();
        out.extend_from_slice(&1u32.to_le_bytes());
        out.extend_from_slice(&(parts.len() as u32).to_le_bytes());
        for (number, part) in parts {
            out.extend_from_slice(&(number as u32).to_le_bytes());
            out.extend_from_slice(&(part.len() as u64).to_le_bytes());
            out.extend_from_slice(&part);
        }
        out
    }
}

fn g1_section(mut reader: Reader<'_>, count: usize) -> Result<Vec<G1Affine>> {
    let points = (0..count).map(|_| reader.g1()).collect::<Result<Vec<_>>>()?;
    reader.end()?;
    Ok(points)
}

fn coefficients(mut reader: Reader<'_>, domain: usize, wires: usize) -> Result<Vec<Coefficient>> {
    let count = reader.u32()? as usize;
    let mut entries = Vec::with_capacity(count.min(reader.remaining() / 44));
    for _ in 0..count {
        let (matrix, row, wire) = (reader.u32()?, reader.u32()?, reader.u32()?);
        if matrix > 1 || row as usize >= domain || wire as usize >= wires {
            return fault("zkey section 4 names a row or wire that the key does not have");
        }
        let limbs = reader.limbs()?;
        if limbs >= Fr::MODULUS {
            return fault("zkey section 4 holds a number that is not below r");
        }
        // Stored as value * 2^512: two reductions give the value.
        let once = Fr::new_unchecked(limbs).into_bigint();
        let value = Fr::new_unchecked(once);
        entries.push(Coefficient { matrix, row, wire, value });
    }
    reader.end()?;
    Ok(entries)
}

fn twice_montgomery(value: Fr) -> BigInt<4> {
    // The inner representation of value is value * 2^256; taken as a number and represented again.
    match Fr::from_bigint(value.0) {
        Some(again) => again.0,
        None => BigInt::new([0; 4]),
    }
}
