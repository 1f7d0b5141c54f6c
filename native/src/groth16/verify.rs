//! Groth16 verification, and keys and proofs as the EVM's precompiles take them.
#![forbid(unsafe_code)]

use ark_bn254::{Bn254, Fq, Fq2, Fr, G1Affine, G2Affine};
use ark_ec::pairing::Pairing;
use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::{BigInteger, Field, PrimeField};

use crate::files::binary::{FormatError, Result, fault};
use crate::files::zkey::Zkey;
use crate::groth16::prove::Proof;

pub const WORD: usize = 32;

pub struct VerifyingKey {
    pub alpha: G1Affine,
    pub beta: G2Affine,
    pub gamma: G2Affine,
    pub delta: G2Affine,
    pub ic: Vec<G1Affine>,
}

impl VerifyingKey {
    pub fn of(key: &Zkey) -> Self {
        Self {
            alpha: key.alpha1,
            beta: key.beta2,
            gamma: key.gamma2,
            delta: key.delta2,
            ic: key.ic.clone(),
        }
    }

    /// alpha, beta, gamma, delta, IC; the imaginary part of G2 coordinates first.
    pub fn to_words(&self) -> Vec<u8> {
        let mut out = Vec::new();
        put_g1(&mut out, &self.alpha);
        for point in [&self.beta, &self.gamma, &self.delta] {
            put_g2(&mut out, point);
        }
        self.ic.iter().for_each(|point| put_g1(&mut out, point));
        out
    }

    pub fn from_words(words: &[u8]) -> Result<Self> {
        let fixed = 14 * WORD;
        if words.len() < fixed + 2 * WORD || !(words.len() - fixed).is_multiple_of(2 * WORD) {
            return fault("a verifying key has 14 words and two for each signal and one");
        }
        let g2 = |at: usize| read_g2(&words[at * WORD..]);
        Ok(Self {
            alpha: read_g1(words)?,
            beta: g2(2)?,
            gamma: g2(6)?,
            delta: g2(10)?,
            ic: words[fixed..].chunks_exact(2 * WORD).map(read_g1).collect::<Result<_>>()?,
        })
    }

    pub fn verify(&self, public: &[Fr], proof: &Proof) -> bool {
        if public.len() + 1 != self.ic.len() {
            return false;
        }
        let mut inputs = self.ic[0].into_group();
        for (point, value) in self.ic[1..].iter().zip(public) {
            inputs += *point * value;
        }
        let left = [-proof.a, self.alpha, inputs.into_affine(), proof.c];
        let right = [proof.b, self.beta, self.gamma, self.delta];
        Bn254::multi_pairing(left, right).0 == <Bn254 as Pairing>::TargetField::ONE
    }
}

impl Proof {
    pub fn to_words(&self) -> Vec<u8> {
        let mut out = Vec::new();
        put_g1(&mut out, &self.a);
        put_g2(&mut out, &self.b);
        put_g1(&mut out, &self.c);
        out
    }

    pub fn from_words(words: &[u8]) -> Result<Self> {
        if words.len() != 8 * WORD {
            return fault("a proof has eight words");
        }
        Ok(Self {
            a: read_g1(words)?,
            b: read_g2(&words[2 * WORD..])?,
            c: read_g1(&words[6 * WORD..])?,
        })
    }
}

pub fn scalar(word: &[u8]) -> Result<Fr> {
    from_big_endian(word).ok_or_else(|| FormatError("a number is not below r".into()))
}

pub fn put_number<F: PrimeField>(out: &mut Vec<u8>, value: F) {
    out.extend_from_slice(&value.into_bigint().to_bytes_be());
}

fn from_big_endian<F: PrimeField>(word: &[u8]) -> Option<F> {
    let value = F::from_be_bytes_mod_order(word);
    (value.into_bigint().to_bytes_be() == word).then_some(value)
}

fn coordinate(words: &[u8], at: usize) -> Result<Fq> {
    from_big_endian(&words[at * WORD..(at + 1) * WORD])
        .ok_or_else(|| FormatError("a coordinate is not below q".into()))
}

pub fn put_g1(out: &mut Vec<u8>, point: &G1Affine) {
    let (x, y) = point.xy().unwrap_or_default();
    put_number(out, x);
    put_number(out, y);
}

pub fn put_g2(out: &mut Vec<u8>, point: &G2Affine) {
    let (x, y) = point.xy().unwrap_or_default();
    for part in [x.c1, x.c0, y.c1, y.c0] {
        put_number(out, part);
    }
}

fn read_g1(words: &[u8]) -> Result<G1Affine> {
    let (x, y) = (coordinate(words, 0)?, coordinate(words, 1)?);
    if x == Fq::from(0) && y == Fq::from(0) {
        return Ok(G1Affine::identity());
    }
    let point = G1Affine::new_unchecked(x, y);
    if point.is_on_curve() { Ok(point) } else { fault("a point is not on the curve") }
}

fn read_g2(words: &[u8]) -> Result<G2Affine> {
    let x = Fq2::new(coordinate(words, 1)?, coordinate(words, 0)?);
    let y = Fq2::new(coordinate(words, 3)?, coordinate(words, 2)?);
    if x == Fq2::from(0) && y == Fq2::from(0) {
        return Ok(G2Affine::identity());
    }
    let point = G2Affine::new_unchecked(x, y);
    if point.is_on_curve() && point.is_in_correct_subgroup_assuming_on_curve() {
        return Ok(point);
    }
    fault("a point is not in the second group")
}
