//! A Groth16 proof.
#![forbid(unsafe_code)]

use ark_bn254::{G1Affine, G2Affine};

use crate::curve::words::{WORD, g1, g2, put_g1, put_g2};
use crate::fault::{Result, fault};

pub struct Proof {
    pub a: G1Affine,
    pub b: G2Affine,
    pub c: G1Affine,
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
        Ok(Self { a: g1(words)?, b: g2(&words[2 * WORD..])?, c: g1(&words[6 * WORD..])? })
    }
}
