//! Poseidon over BN254's scalar field; undertow/protocol/poseidon.py is the specification.

use std::sync::OnceLock;

use ark_bn254::Fr;
use ark_ff::{AdditiveGroup, Field};

use crate::dot::dot;
use crate::grain::{FULL_ROUNDS, MAX_ARITY, plain};
#[cfg(target_arch = "x86_64")]
use crate::ifma;
#[cfg(target_arch = "x86_64")]
use crate::poseidon_lanes::{self, LaneSparse};
use crate::sparse::Sparse;

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
        match self.width {
            2 => self.run::<2>(domain, inputs),
            3 => self.run::<3>(domain, inputs),
            4 => self.run::<4>(domain, inputs),
            5 => self.run::<5>(domain, inputs),
            6 => self.run::<6>(domain, inputs),
            9 => self.run::<9>(domain, inputs),
            12 => self.run::<12>(domain, inputs),
            _ => self.permute(&mut self.state::<MAX_WIDTH>(domain, inputs)[..self.width]),
        }
    }

    /// With the width known, loops unroll; only the widths in use are worth the code.
    fn run<const WIDTH: usize>(&self, domain: Fr, inputs: &[Fr]) -> Fr {
        self.permute(&mut self.state::<WIDTH>(domain, inputs))
    }

    fn state<const SIZE: usize>(&self, domain: Fr, inputs: &[Fr]) -> [Fr; SIZE] {
        let mut state = [Fr::ZERO; SIZE];
        state[0] = domain;
        state[1..self.width].copy_from_slice(inputs);
        state
    }

    #[inline(always)]
    fn permute(&self, state: &mut [Fr]) -> Fr {
        let width = state.len();
        let mut constants = self.constants.chunks_exact(width);
        for round in 0..HALF {
            full(constants.next().unwrap_or_default(), state);
            mix(if round + 1 < HALF { &self.matrix } else { &self.entry }, state);
        }
        for round in &self.rounds {
            state[0] += round.constant;
            fifth(&mut state[0]);
            round.mix(state);
        }
        for _ in 1..HALF {
            full(constants.next().unwrap_or_default(), state);
            mix(&self.matrix, state);
        }
        full(constants.next().unwrap_or_default(), state);
        dot(&self.matrix[..width], state)
    }
}

#[inline(always)]
fn full(constants: &[Fr], state: &mut [Fr]) {
    for (value, constant) in state.iter_mut().zip(constants) {
        *value += constant;
        fifth(value);
    }
}

#[inline(always)]
fn mix(matrix: &[Fr], state: &mut [Fr]) {
    let mut mixed = [Fr::ZERO; MAX_WIDTH];
    for (target, row) in mixed.iter_mut().zip(matrix.chunks_exact(state.len())) {
        *target = dot(row, state);
    }
    state.copy_from_slice(&mixed[..state.len()]);
}

#[inline(always)]
fn fifth(value: &mut Fr) {
    let square = value.square();
    *value *= square.square();
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grain::Plain;
    use ark_ff::UniformRand;
    use rand::SeedableRng;
    use rand_chacha::ChaCha20Rng;

    fn plain_hash(plain: &Plain, state: &mut [Fr]) -> Fr {
        let rounds = FULL_ROUNDS + plain.partial_rounds;
        for (round, constants) in plain.constants.chunks_exact(plain.width).enumerate() {
            state.iter_mut().zip(constants).for_each(|(value, constant)| *value += constant);
            let partial = (HALF..rounds - HALF).contains(&round);
            let powered = if partial { 1 } else { plain.width };
            state[..powered].iter_mut().for_each(fifth);
            mix(&plain.matrix, state);
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
