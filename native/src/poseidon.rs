//! Poseidon with the caller's constants, plain rounds; undertow/protocol/poseidon.py is the
//! specification and hands over the constants.

use ark_bn254::Fr;
use ark_ff::{AdditiveGroup, Field};

pub struct Permutation {
    pub width: usize,
    pub constants: Vec<Fr>,
    pub matrix: Vec<Fr>,
}

const HALF_FULL: usize = 4;

impl Permutation {
    /// The first element of the permuted state.
    pub fn hash(&self, state: &mut [Fr]) -> Fr {
        let rounds = self.constants.len() / self.width;
        let mut next = vec![Fr::ZERO; self.width];
        for round in 0..rounds {
            let constants = &self.constants[round * self.width..];
            for (value, constant) in state.iter_mut().zip(constants) {
                *value += constant;
            }
            if round < HALF_FULL || round >= rounds - HALF_FULL {
                state.iter_mut().for_each(fifth);
            } else {
                fifth(&mut state[0]);
            }
            for (row, target) in self.matrix.chunks_exact(self.width).zip(&mut next) {
                *target = row.iter().zip(state.iter()).map(|(m, s)| *m * s).sum();
            }
            state.copy_from_slice(&next);
        }
        state[0]
    }
}

fn fifth(value: &mut Fr) {
    let square = value.square();
    *value *= square.square();
}
