//! Section 7 of a .ptau: who contributed to the powers of tau. Read here, believed nowhere: the
//! checks are `keys/powers_log.rs`.
//!
//! Source of the format: snarkjs 0.7.6, powersoftau_utils.js.
#![forbid(unsafe_code)]

use ark_bn254::{G1Affine, G2Affine};
use ark_ec::AffineRepr;

use crate::curve::blake2b::{HASH, STATE, finish};
use crate::curve::words;
use crate::fault::Result;
use crate::files::binary::Reader;
use crate::files::contributions::{BEACON, Parameters, hash};

/// Where tau, alpha and beta stand after a contribution.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Reached {
    pub tau1: G1Affine,
    pub tau2: G2Affine,
    pub alpha1: G1Affine,
    pub beta1: G1Affine,
    pub beta2: G2Affine,
}

/// A factor that a contributor shows to know.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Factor {
    pub g1_s: G1Affine,
    pub g1_sx: G1Affine,
    pub g2_spx: G2Affine,
}

pub struct Step {
    pub reached: Reached,
    /// Of tau, alpha, beta.
    pub factors: [Factor; 3],
    /// What was published after it, and the next one builds on.
    pub next_challenge: [u8; HASH],
    pub parameters: Parameters,
    pub kind: u32,
    /// What its author was shown, and published.
    pub response: [u8; HASH],
}

impl Reached {
    /// Before anybody contributed.
    pub fn nothing() -> Self {
        let (one, two) = (G1Affine::generator(), G2Affine::generator());
        Self { tau1: one, tau2: two, alpha1: one, beta1: one, beta2: two }
    }

    fn read(log: &mut Reader<'_>) -> Result<Self> {
        Ok(Self {
            tau1: log.g1_generator()?,
            tau2: log.g2_generator()?,
            alpha1: log.g1_generator()?,
            beta1: log.g1_generator()?,
            beta2: log.g2_generator()?,
        })
    }
}

impl Step {
    pub fn read(log: &mut Reader<'_>) -> Result<Self> {
        let reached = Reached::read(log)?;
        let mut pairs = Vec::new();
        for _ in 0..3 {
            pairs.push((log.g1_generator()?, log.g1_generator()?));
        }
        let mut factors = Vec::new();
        for (g1_s, g1_sx) in pairs {
            factors.push(Factor { g1_s, g1_sx, g2_spx: log.g2_generator()? });
        }
        let factors = [factors[0], factors[1], factors[2]];
        let mut state = [0; STATE];
        state.copy_from_slice(log.bytes(STATE)?);
        let Some(response) = finish(&state, &key_words(&factors)) else {
            return log.fault("holds what is no state of a hash");
        };
        let (next_challenge, kind) = (hash(log)?, log.u32()?);
        let size = log.u32()? as usize;
        let parameters = Parameters::read(log.bytes(size)?, &log.name)?;
        let of_beacon = parameters.beacon.is_some() && parameters.rounds_exponent.is_some();
        if kind > BEACON || (kind == BEACON) != of_beacon {
            return log.fault("holds a contribution of an unknown kind");
        }
        Ok(Self { reached, factors, next_challenge, parameters, kind, response })
    }

    /// Whether anybody can work out its factors.
    pub fn is_public(&self) -> bool {
        self.kind == BEACON
    }
}

fn key_words(factors: &[Factor; 3]) -> Vec<u8> {
    let first: Vec<G1Affine> = factors.iter().flat_map(|one| [one.g1_s, one.g1_sx]).collect();
    let second: Vec<G2Affine> = factors.iter().map(|one| one.g2_spx).collect();
    words::of_points(&first, &second)
}
