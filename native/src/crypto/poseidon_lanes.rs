//! Eight Poseidon hashes at a time with AVX-512 IFMA; `poseidon` is the same for one.
//!
//! Bounds, in multiples of r: constants are below 1 and every element of the state below 1.5, but
//! for element 0 between partial rounds, which is below 3 as the sum of two such. A dot product of 17
//! is below 1.13 + 17 * 1.5 / 84 < 1.5, and so is every power of a sum with a constant, below 4.

#![allow(unsafe_code)]

use ark_bn254::Fr;
use ark_ff::{BigInt, BigInteger, Field as _, MontFp, PrimeField};

use crate::crypto::grain::{FULL_ROUNDS, MAX_ARITY};
use crate::crypto::sparse::Sparse;
use crate::ifma;
use crate::ifma::field::{Field, Lanes, add_product, join, split};
use crate::ifma::instructions::_mm512_setzero_si512;

const LANES: usize = 8;
const HALF: usize = FULL_ROUNDS / 2;
const MAX_WIDTH: usize = MAX_ARITY + 1;
type R = Field<Fr>;
type Limbs = [u64; 5];

/// The permutation's numbers as lanes take them: v * 2^260.
pub type LaneSparse = Sparse<Limbs>;

pub fn in_lanes(sparse: &Sparse<Fr>) -> LaneSparse {
    sparse.map(|value| split((*value * Fr::from(16u64)).0.0))
}

/// The hashes of consecutive groups of inputs.
pub fn hash_many(permutation: &LaneSparse, domain: Fr, inputs: &[Fr]) -> Vec<Fr> {
    assert!(ifma::available());
    let arity = permutation.width - 1;
    let mut hashes = Vec::with_capacity(inputs.len() / arity);
    for groups in inputs.chunks(LANES * arity) {
        // SAFETY: asked above.
        unsafe { permutation.hash(domain, groups, &mut hashes) }
    }
    hashes
}

impl LaneSparse {
    /// The hashes of up to eight groups of inputs.
    ///
    /// # Safety
    /// `ifma::available()` is true.
    unsafe fn hash(&self, domain: Fr, groups: &[Fr], hashes: &mut Vec<Fr>) {
        let mut state = [Lanes::zero(); MAX_WIDTH];
        let arity = self.width - 1;
        let count = groups.len() / arity;
        for lane in 0..count {
            set(&mut state[0], lane, domain);
            for (element, value) in state[1..].iter_mut().zip(&groups[lane * arity..][..arity]) {
                set(element, lane, *value);
            }
        }
        // SAFETY: the caller's.
        let hash = unsafe { self.permute(&mut state[..self.width]) };
        hashes.extend((0..count).map(|lane| get(&hash, lane)));
    }

    #[cfg_attr(
        not(undertow_software),
        target_feature(enable = "avx512f,avx512dq,avx512ifma,avx512vbmi2")
    )]
    unsafe fn permute(&self, state: &mut [Lanes]) -> Lanes {
        // SAFETY: `ifma::available()` is true.
        unsafe {
            let width = state.len();
            let enter = R::broadcast(ENTER);
            for element in state.iter_mut() {
                *element = R::mul(element, &enter);
            }
            let mut constants = self.constants.chunks_exact(width);
            for round in 0..HALF {
                full(constants.next().unwrap_or_default(), state);
                mix(if round + 1 < HALF { &self.matrix } else { &self.entry }, state);
            }
            for round in &self.rounds {
                fifth(&mut state[0], &round.constant);
                let first = state[0];
                state[0] = R::add(&first, &dot(&round.row, &state[1..]));
                for (element, factor) in state[1..].iter_mut().zip(&round.column) {
                    *element = add_multiple(element, &first, factor);
                }
            }
            for _ in 1..HALF {
                full(constants.next().unwrap_or_default(), state);
                mix(&self.matrix, state);
            }
            full(constants.next().unwrap_or_default(), state);
            R::mul(&dot(&self.matrix[..width], state), &R::broadcast(LEAVE))
        }
    }
}

/// 2^264: takes arkworks's v * 2^256 to v * 2^260.
const ENTER: Limbs = split(TO_LANES.0.0);
const TO_LANES: Fr = MontFp!("256");
/// 2^256: takes it back.
const LEAVE: Limbs = split(Fr::ONE.0.0);

fn set(lanes: &mut Lanes, lane: usize, value: Fr) {
    for (words, limb) in lanes.words_mut().iter_mut().zip(split(value.0.0)) {
        words[lane] = limb;
    }
}

/// A lane's number, below 2 * r, in arkworks's form.
fn get(lanes: &Lanes, lane: usize) -> Fr {
    let mut number = BigInt(join(lanes.words().map(|words| words[lane])));
    if number >= Fr::MODULUS {
        number.sub_with_borrow(&Fr::MODULUS);
    }
    Fr::new_unchecked(number)
}

/// SAFETY of what follows: `ifma::available()` is true.
#[inline(always)]
unsafe fn full(constants: &[Limbs], state: &mut [Lanes]) {
    for (element, constant) in state.iter_mut().zip(constants) {
        unsafe { fifth(element, constant) }
    }
}

/// (element + constant)^5
#[inline(always)]
unsafe fn fifth(element: &mut Lanes, constant: &Limbs) {
    unsafe {
        let sum = R::add(element, &R::broadcast(*constant));
        let square = R::square(&sum);
        *element = R::mul(&R::square(&square), &sum);
    }
}

#[inline(always)]
unsafe fn mix(matrix: &[Limbs], state: &mut [Lanes]) {
    let mut mixed = [Lanes::zero(); MAX_WIDTH];
    for (target, row) in mixed.iter_mut().zip(matrix.chunks_exact(state.len())) {
        *target = unsafe { dot(row, state) };
    }
    state.copy_from_slice(&mixed[..state.len()]);
}

#[inline(always)]
unsafe fn dot(row: &[Limbs], state: &[Lanes]) -> Lanes {
    unsafe {
        let mut sum = [_mm512_setzero_si512(); 10];
        for (factor, element) in row.iter().zip(state) {
            sum = add_product(sum, element, &R::broadcast(*factor));
        }
        R::normal(R::reduce_product(sum))
    }
}

/// element + first * factor, below 1.1.
#[inline(always)]
unsafe fn add_multiple(element: &Lanes, first: &Lanes, factor: &Limbs) -> Lanes {
    unsafe {
        let product = R::mul_wide(first, &R::broadcast(*factor));
        R::reduce(&R::add_wide(&product, element))
    }
}
