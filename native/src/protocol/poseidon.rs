//! Poseidon over BN254's scalar field; undertow/protocol/poseidon.py is the specification.
#![forbid(unsafe_code)]

use std::sync::OnceLock;

use ark_bn254::Fr;
use ark_ff::AdditiveGroup;

#[cfg(target_arch = "x86_64")]
use crate::ifma;
use crate::protocol::dot::{dot, plus, product};
use crate::protocol::grain::{FULL_ROUNDS, MAX_ARITY, plain};
#[cfg(target_arch = "x86_64")]
use crate::protocol::poseidon_lanes::{self, LaneSparse};
use crate::protocol::sparse::Sparse;
#[cfg(target_arch = "x86_64")]
use crate::words::adx::Adx;
use crate::words::{Generic, Multiply};

const HALF: usize = FULL_ROUNDS / 2;
const MAX_WIDTH: usize = MAX_ARITY + 1;

/// The permutation of 1 to 16 inputs; its constants are made at the first call.
pub fn permutation(arity: usize) -> &'static Sparse {
    static ALL: [OnceLock<Sparse>; MAX_ARITY] = [const { OnceLock::new() }; MAX_ARITY];
    ALL[arity - 1].get_or_init(|| Sparse::of(&plain(arity)))
}

/// The hash of 1 to 16 inputs in a domain.
pub fn hash(domain: Fr, inputs: &[Fr]) -> Fr {
    permutation(inputs.len()).hash(domain, inputs)
}

/// The hashes of consecutive groups of `arity` inputs in a domain.
pub fn hash_many(domain: Fr, arity: usize, inputs: &[Fr]) -> Vec<Fr> {
    let permutation = permutation(arity);
    #[cfg(target_arch = "x86_64")]
    if inputs.len() > arity && ifma::available() {
        return poseidon_lanes::hash_many(permutation_in_lanes(arity), domain, inputs);
    }
    inputs.chunks_exact(arity).map(|group| permutation.hash(domain, group)).collect()
}

#[cfg(target_arch = "x86_64")]
fn permutation_in_lanes(arity: usize) -> &'static LaneSparse {
    static ALL: [OnceLock<LaneSparse>; MAX_ARITY] = [const { OnceLock::new() }; MAX_ARITY];
    ALL[arity - 1].get_or_init(|| LaneSparse::of(permutation(arity)))
}

impl Sparse {
    /// The first element of the permuted state (domain, inputs...).
    pub fn hash(&self, domain: Fr, inputs: &[Fr]) -> Fr {
        #[cfg(target_arch = "x86_64")]
        if Adx::detect().is_some() {
            return self.hash_with::<Adx>(domain, inputs);
        }
        self.hash_with::<Generic>(domain, inputs)
    }

    fn hash_with<M: Multiply>(&self, domain: Fr, inputs: &[Fr]) -> Fr {
        match self.width {
            3 => self.run::<M, 3>(domain, inputs),
            6 => self.run::<M, 6>(domain, inputs),
            9 => self.run::<M, 9>(domain, inputs),
            12 => self.run::<M, 12>(domain, inputs),
            _ => self.permute::<M>(&mut self.state::<MAX_WIDTH>(domain, inputs)[..self.width]),
        }
    }

    /// With the width known, loops unroll; only the widths in use are worth the code.
    fn run<M: Multiply, const WIDTH: usize>(&self, domain: Fr, inputs: &[Fr]) -> Fr {
        self.permute::<M>(&mut self.state::<WIDTH>(domain, inputs))
    }

    fn state<const SIZE: usize>(&self, domain: Fr, inputs: &[Fr]) -> [Fr; SIZE] {
        let mut state = [Fr::ZERO; SIZE];
        state[0] = domain;
        state[1..self.width].copy_from_slice(inputs);
        state
    }

    #[inline(always)]
    fn permute<M: Multiply>(&self, state: &mut [Fr]) -> Fr {
        let width = state.len();
        let mut constants = self.constants.chunks_exact(width);
        for round in 0..HALF {
            full::<M>(constants.next().unwrap_or_default(), state);
            mix::<M>(if round + 1 < HALF { &self.matrix } else { &self.entry }, state);
        }
        for round in &self.rounds {
            state[0] = fifth::<M>(&plus(&state[0], &round.constant));
            round.mix::<M>(state);
        }
        for _ in 1..HALF {
            full::<M>(constants.next().unwrap_or_default(), state);
            mix::<M>(&self.matrix, state);
        }
        full::<M>(constants.next().unwrap_or_default(), state);
        dot::<M>(&self.matrix[..width], state)
    }
}

#[inline(always)]
fn full<M: Multiply>(constants: &[Fr], state: &mut [Fr]) {
    for (value, constant) in state.iter_mut().zip(constants) {
        *value = fifth::<M>(&plus(value, constant));
    }
}

#[inline(always)]
fn mix<M: Multiply>(matrix: &[Fr], state: &mut [Fr]) {
    let mut mixed = [Fr::ZERO; MAX_WIDTH];
    for (target, row) in mixed.iter_mut().zip(matrix.chunks_exact(state.len())) {
        *target = dot::<M>(row, state);
    }
    state.copy_from_slice(&mixed[..state.len()]);
}

#[inline(always)]
fn fifth<M: Multiply>(value: &Fr) -> Fr {
    let square = product::<M>(value, value);
    product::<M>(&product::<M>(&square, &square), value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::grain::Plain;
    use ark_ff::{Field, UniformRand};
    use rand::SeedableRng;
    use rand_chacha::ChaCha20Rng;

    fn plain_hash(plain: &Plain, state: &mut [Fr]) -> Fr {
        let rounds = FULL_ROUNDS + plain.partial_rounds;
        for (round, constants) in plain.constants.chunks_exact(plain.width).enumerate() {
            state.iter_mut().zip(constants).for_each(|(value, constant)| *value += constant);
            let partial = (HALF..rounds - HALF).contains(&round);
            let powered = if partial { 1 } else { plain.width };
            for value in &mut state[..powered] {
                *value = value.square().square() * *value;
            }
            mix::<Generic>(&plain.matrix, state);
        }
        state[0]
    }

    #[test]
    fn sparse_rounds_equal_plain_rounds() {
        let mut rng = ChaCha20Rng::seed_from_u64(2);
        for arity in 1..=MAX_ARITY {
            let plain = plain(arity);
            for _ in 0..3 {
                let mut state: Vec<Fr> = (0..=arity).map(|_| Fr::rand(&mut rng)).collect();
                let found = hash(state[0], &state[1..]);
                let generic = permutation(arity).hash_with::<Generic>(state[0], &state[1..]);
                assert_eq!(found, generic);
                assert_eq!(found, plain_hash(&plain, &mut state));
            }
            let many: Vec<Fr> = (0..19 * arity).map(|_| Fr::rand(&mut rng)).collect();
            let singly: Vec<_> = many.chunks(arity).map(|group| hash(Fr::from(7), group)).collect();
            assert_eq!(hash_many(Fr::from(7), arity, &many), singly);
            let largest = vec![-Fr::from(1); 8 * arity];
            assert_eq!(
                hash_many(-Fr::from(1), arity, &largest),
                vec![hash(-Fr::from(1), &largest[..arity]); 8]
            );
            let zero = hash(Fr::ZERO, &vec![Fr::ZERO; arity]);
            assert_eq!(zero, plain_hash(&plain, &mut vec![Fr::ZERO; arity + 1]));
        }
    }
}
