//! Poseidon over BN254's scalar field; undertow/crypto/poseidon.py is the specification.
#![forbid(unsafe_code)]

use std::sync::OnceLock;

use ark_bn254::Fr;

use crate::crypto::grain::{MAX_ARITY, plain};
#[cfg(target_arch = "x86_64")]
use crate::crypto::poseidon_lanes::{self, LaneSparse};
use crate::crypto::poseidon_words::{WordSparse, in_words};
use crate::crypto::sparse::Sparse;
#[cfg(target_arch = "x86_64")]
use crate::ifma;
use crate::words::Generic;
#[cfg(target_arch = "x86_64")]
use crate::words::adx::Adx;

/// The hash of 1 to 16 inputs in a domain.
pub fn hash(domain: Fr, inputs: &[Fr]) -> Fr {
    let permutation = &permutation(inputs.len()).words;
    #[cfg(target_arch = "x86_64")]
    if Adx::detect().is_some() {
        return permutation.hash::<Adx>(domain, inputs);
    }
    permutation.hash::<Generic>(domain, inputs)
}

/// The first two elements of the permuted state (domain, inputs...); the first one is the hash.
pub fn hash_two(domain: Fr, inputs: &[Fr]) -> [Fr; 2] {
    let permutation = &permutation(inputs.len()).words;
    #[cfg(target_arch = "x86_64")]
    if Adx::detect().is_some() {
        return permutation.hash_two::<Adx>(domain, inputs);
    }
    permutation.hash_two::<Generic>(domain, inputs)
}

/// The hashes of consecutive groups of `arity` inputs in a domain.
pub fn hash_many(domain: Fr, arity: usize, inputs: &[Fr]) -> Vec<Fr> {
    #[cfg(target_arch = "x86_64")]
    if inputs.len() > arity && ifma::available() {
        return poseidon_lanes::hash_many(&permutation(arity).lanes, domain, inputs);
    }
    inputs.chunks_exact(arity).map(|group| hash(domain, group)).collect()
}

struct Permutation {
    words: WordSparse,
    #[cfg(target_arch = "x86_64")]
    lanes: LaneSparse,
}

/// The permutation of 1 to 16 inputs; its constants are made at the first call.
fn permutation(arity: usize) -> &'static Permutation {
    static ALL: [OnceLock<Permutation>; MAX_ARITY] = [const { OnceLock::new() }; MAX_ARITY];
    ALL[arity - 1].get_or_init(|| {
        let sparse = Sparse::of(&plain(arity));
        Permutation {
            words: in_words(&sparse),
            #[cfg(target_arch = "x86_64")]
            lanes: poseidon_lanes::in_lanes(&sparse),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::grain::{FULL_ROUNDS, Plain};
    use ark_ff::{AdditiveGroup, Field, UniformRand};
    use rand::SeedableRng;
    use rand_chacha::ChaCha20Rng;

    const HALF: usize = FULL_ROUNDS / 2;

    fn plain_hash(plain: &Plain, state: &mut [Fr]) -> Fr {
        let rounds = FULL_ROUNDS + plain.partial_rounds;
        for (round, constants) in plain.constants.chunks_exact(plain.width).enumerate() {
            state.iter_mut().zip(constants).for_each(|(value, constant)| *value += constant);
            let partial = (HALF..rounds - HALF).contains(&round);
            let powered = if partial { 1 } else { plain.width };
            for value in &mut state[..powered] {
                *value = value.square().square() * *value;
            }
            let mixed: Vec<Fr> = plain
                .matrix
                .chunks_exact(plain.width)
                .map(|row| row.iter().zip(&*state).map(|(factor, value)| *factor * value).sum())
                .collect();
            state.copy_from_slice(&mixed);
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
                let generic = permutation(arity).words.hash::<Generic>(state[0], &state[1..]);
                assert_eq!(found, generic);
                let two = hash_two(state[0], &state[1..]);
                assert_eq!(
                    two,
                    permutation(arity).words.hash_two::<Generic>(state[0], &state[1..])
                );
                assert_eq!(found, plain_hash(&plain, &mut state));
                assert_eq!(two, state[..2]);
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
