//! What verifies Groth16 proofs of one circuit.
#![forbid(unsafe_code)]

use ark_bn254::{G1Affine, G2Affine};

use crate::curve::words::{WORD, g1, g2, of_points};
use crate::fault::{Result, fault};

pub struct VerifyingKey {
    pub alpha: G1Affine,
    pub beta: G2Affine,
    pub gamma: G2Affine,
    pub delta: G2Affine,
    /// A point for the constant one and one for each public signal.
    pub ic: Vec<G1Affine>,
}

/// Words of alpha, beta, gamma and delta.
const FIXED: usize = 14;

impl VerifyingKey {
    /// alpha, beta, gamma, delta, IC.
    pub fn to_words(&self) -> Vec<u8> {
        let mut out = of_points(&[self.alpha], &[self.beta, self.gamma, self.delta]);
        out.extend(of_points(&self.ic, &[]));
        out
    }

    pub fn from_words(words: &[u8]) -> Result<Self> {
        let fixed = FIXED * WORD;
        if words.len() < fixed + 2 * WORD || !(words.len() - fixed).is_multiple_of(2 * WORD) {
            return fault("a verifying key has 14 words and two for each signal and one");
        }
        let second = |at: usize| g2(&words[at * WORD..]);
        Ok(Self {
            alpha: g1(words)?,
            beta: second(2)?,
            gamma: second(6)?,
            delta: second(10)?,
            ic: words[fixed..].chunks_exact(2 * WORD).map(g1).collect::<Result<_>>()?,
        })
    }
}
