//! One Poseidon hash on 64-bit words; `poseidon_lanes` is the same for eight.
//!
//! Bounds, in multiples of r, with 2^256 above 5.28: constants are below 1 and elements of the
//! state below 2 between two steps, and with a constant below 3. A product of numbers below a and b
//! is below 1 + a * b / 5.28. So a square is below 2.71, its square below 2.4 and the fifth power,
//! by the number itself, below 2.37; a product of that and a constant is below 1.45, two of them
//! below 1.9: added to what is below 2 they are below 4, from which 2 is taken off where it is there.
//! A power and a number below 1 are below 4 as well.
#![forbid(unsafe_code)]

use ark_bn254::{Fr, FrConfig};
use ark_ff::BigInt;

use crate::crypto::grain::{FULL_ROUNDS, MAX_ARITY};
use crate::crypto::sparse::Sparse;
use crate::words::number::{Number, double, reduced_once, sum};
use crate::words::{Multiply, modulus};

const HALF: usize = FULL_ROUNDS / 2;
const MAX_WIDTH: usize = MAX_ARITY + 1;

/// The permutation's numbers in arkworks's representation.
pub type WordSparse = Sparse<Number>;

pub fn in_words(sparse: &Sparse<Fr>) -> WordSparse {
    sparse.map(|value| value.0.0)
}

impl WordSparse {
    /// The first element of the permuted state (domain, inputs...).
    pub fn hash<M: Multiply>(&self, domain: Fr, inputs: &[Fr]) -> Fr {
        match self.width {
            3 => self.run::<M, 3>(domain, inputs),
            6 => self.run::<M, 6>(domain, inputs),
            9 => self.run::<M, 9>(domain, inputs),
            12 => self.run::<M, 12>(domain, inputs),
            _ => self.permute::<M>(&mut self.state::<MAX_WIDTH>(domain, inputs)[..self.width]),
        }
    }

    /// The first two elements of the permuted state.
    pub fn hash_two<M: Multiply>(&self, domain: Fr, inputs: &[Fr]) -> [Fr; 2] {
        let mut state = self.state::<MAX_WIDTH>(domain, inputs);
        let state = &mut state[..self.width];
        let first = self.permute::<M>(state);
        [first, self.mixed::<M>(1, state)]
    }

    /// With the width known, loops unroll; only the widths in use are worth the code.
    fn run<M: Multiply, const WIDTH: usize>(&self, domain: Fr, inputs: &[Fr]) -> Fr {
        self.permute::<M>(&mut self.state::<WIDTH>(domain, inputs))
    }

    fn state<const SIZE: usize>(&self, domain: Fr, inputs: &[Fr]) -> [Number; SIZE] {
        let mut state = [[0; 4]; SIZE];
        state[0] = domain.0.0;
        state[1..self.width].iter_mut().zip(inputs).for_each(|(value, input)| *value = input.0.0);
        state
    }

    /// Leaves the state before the last mix, and returns its first element after it.
    #[inline(always)]
    fn permute<M: Multiply>(&self, state: &mut [Number]) -> Fr {
        let width = state.len();
        let mut constants = self.constants.chunks_exact(width);
        for round in 0..HALF {
            full::<M>(constants.next().unwrap_or_default(), state);
            mix::<M>(if round + 1 < HALF { &self.matrix } else { &self.entry }, state);
        }
        for round in &self.rounds {
            let first = fifth::<M>(&state[0], &round.constant);
            // Nothing of this waits for the power.
            let moved = dot::<M>(&round.row[..width - 1], &state[1..]);
            state[0] = below_two(sum(first, reduced_once(moved, modulus::<FrConfig>())));
            for (value, factor) in state[1..].iter_mut().zip(&round.column) {
                *value = below_two(sum(*value, M::product::<FrConfig>(factor, &first)));
            }
        }
        for _ in 1..HALF {
            full::<M>(constants.next().unwrap_or_default(), state);
            mix::<M>(&self.matrix, state);
        }
        full::<M>(constants.next().unwrap_or_default(), state);
        self.mixed::<M>(0, state)
    }

    /// One element of a state after the last mix.
    #[inline(always)]
    fn mixed<M: Multiply>(&self, element: usize, state: &[Number]) -> Fr {
        let width = state.len();
        let value = dot::<M>(&self.matrix[element * width..(element + 1) * width], state);
        Fr::new_unchecked(BigInt::new(reduced_once(value, modulus::<FrConfig>())))
    }
}

#[inline(always)]
fn full<M: Multiply>(constants: &[Number], state: &mut [Number]) {
    for (value, constant) in state.iter_mut().zip(constants) {
        *value = fifth::<M>(value, constant);
    }
}

#[inline(always)]
fn mix<M: Multiply>(matrix: &[Number], state: &mut [Number]) {
    let mut mixed = [[0; 4]; MAX_WIDTH];
    for (target, row) in mixed.iter_mut().zip(matrix.chunks_exact(state.len())) {
        *target = dot::<M>(row, state);
    }
    state.copy_from_slice(&mixed[..state.len()]);
}

/// (value + constant)^5
#[inline(always)]
fn fifth<M: Multiply>(value: &Number, constant: &Number) -> Number {
    let base = sum(*value, *constant);
    let square = M::product::<FrConfig>(&base, &base);
    M::product::<FrConfig>(&M::product::<FrConfig>(&square, &square), &base)
}

/// The sum of the products of constants and a state of fifth powers, or of numbers below 2.
#[inline(always)]
fn dot<M: Multiply>(row: &[Number], state: &[Number]) -> Number {
    let (pairs, last) = row.as_chunks();
    let (state_pairs, state_last) = state.as_chunks();
    let mut total = [0; 4];
    for (a, b) in pairs.iter().zip(state_pairs) {
        total = below_two(sum(total, M::two_products::<FrConfig>(a, b)));
    }
    for (a, b) in last.iter().zip(state_last) {
        total = below_two(sum(total, M::product::<FrConfig>(a, b)));
    }
    total
}

#[inline(always)]
fn below_two(value: Number) -> Number {
    reduced_once(value, const { double(modulus::<FrConfig>()) })
}
