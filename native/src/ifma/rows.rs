//! A sparse matrix times a witness, eight rows at a time.
//!
//! Rows of like length share a slice: step k of a slice is the k-th entry of its eight rows. The
//! few different coefficients are stored once. Products are added up whole and reduced once a row.

use std::collections::HashMap;

use ark_bn254::Fr;
use ark_ff::Field as _;
use rayon::prelude::*;

use super::field::{Field, Lanes, add_product};
use super::instructions::*;
use super::lanes::{PERMUTE_HIGH, PERMUTE_LOW, permutation, unpack};
use crate::memory::Scratch;

type R = Field<Fr>;

/// Steps between reductions: 64-bit sums hold 2^12 limb products of 52 bits, ten a step at most.
const STEPS: usize = 256;

/// Words of a number.
type Words = [u64; 4];

struct Step {
    /// Places of the eight coefficients; 0 is zero, for rows that ended.
    coefficients: [u32; 8],
    wires: [u32; 8],
}

/// A matrix over the scalar field.
pub struct Rows {
    wires: usize,
    coefficients: Vec<Words>,
    steps: Vec<Step>,
    /// Where each slice's steps start.
    starts: Vec<usize>,
    /// For each row its slice · 8 + lane, or `EMPTY`.
    places: Vec<u32>,
}

const EMPTY: u32 = u32::MAX;

impl Rows {
    /// A matrix of `rows` rows from its entries (row, wire, value), in any order.
    ///
    /// # Panics
    /// If an entry names a row or wire that is not there.
    pub fn new(
        rows: usize,
        wires: usize,
        entries: impl Iterator<Item = (u32, u32, Fr)> + Clone,
    ) -> Self {
        let mut ends = vec![0u32; rows + 1];
        for (row, wire, _) in entries.clone() {
            assert!((wire as usize) < wires, "an entry names a wire that is not there");
            ends[row as usize + 1] += 1;
        }
        let lengths: Vec<u32> = ends[1..].to_vec();
        for row in 0..rows {
            ends[row + 1] += ends[row];
        }
        let mut next = ends.clone();
        let mut coefficients = vec![[0; 4]];
        let mut known = HashMap::new();
        let mut sorted = vec![(0u32, 0u32); ends[rows] as usize];
        let scale = Fr::from(2u64).pow([264]);
        for (row, wire, value) in entries {
            let place = *known.entry(value.0.0).or_insert_with(|| {
                // Inside, value·2^256·2^264 = value·2^520: times a number that is not in
                // Montgomery form, reduced once, it leaves a product times 2^260.
                coefficients.push((value * scale).0.0);
                coefficients.len() as u32 - 1
            });
            let at = &mut next[row as usize];
            sorted[*at as usize] = (place, wire);
            *at += 1;
        }
        let row_entries = |row: u32| {
            let row = row as usize;
            &sorted[ends[row] as usize..ends[row + 1] as usize]
        };
        let mut order: Vec<u32> = (0..rows as u32).filter(|r| lengths[*r as usize] > 0).collect();
        order.sort_by_key(|row| lengths[*row as usize]);
        let mut matrix = Self {
            wires,
            coefficients,
            steps: Vec::new(),
            starts: vec![0],
            places: vec![EMPTY; rows],
        };
        for (slice, rows) in order.chunks(8).enumerate() {
            matrix.push_slice(slice, rows, row_entries);
        }
        matrix
    }

    fn push_slice<'a>(
        &mut self,
        slice: usize,
        rows: &[u32],
        entries: impl Fn(u32) -> &'a [(u32, u32)],
    ) {
        let longest = rows.iter().map(|row| entries(*row).len()).max().unwrap_or(0);
        for k in 0..longest {
            let mut step = Step { coefficients: [0; 8], wires: [0; 8] };
            for (lane, row) in rows.iter().enumerate() {
                if let Some((coefficient, wire)) = entries(*row).get(k) {
                    step.coefficients[lane] = *coefficient;
                    step.wires[lane] = *wire;
                }
            }
            self.steps.push(step);
        }
        self.starts.push(self.steps.len());
        for (lane, row) in rows.iter().enumerate() {
            self.places[*row as usize] = (slice * 8 + lane) as u32;
        }
    }

    /// The rows' values times 2^260, below 1.07·p, for canonical numbers; zero past the last row.
    ///
    /// # Panics
    /// If the witness has another length than the matrix has wires.
    pub fn multiply(&self, witness: &[Words], vectors: usize) -> Scratch<Lanes> {
        assert!(super::available() && witness.len() == self.wires);
        let mut slices = Scratch::<Lanes>::new(self.starts.len() - 1);
        slices.par_iter_mut().zip(self.starts.par_windows(2)).with_min_len(64).for_each(
            |(slice, range)| {
                // SAFETY: the features are there, the wires are below the witness's length.
                *slice = unsafe { self.slice(&self.steps[range[0]..range[1]], witness) };
            },
        );
        let mut values = Scratch::new(vectors);
        let (rows, empty) = values.split_at_mut(self.places.len().div_ceil(8));
        empty.fill(Lanes::zero());
        rows.par_iter_mut().zip(self.places.par_chunks(8)).with_min_len(256).for_each(
            |(value, places)| {
                *value = Lanes::zero();
                for (lane, place) in places.iter().enumerate().filter(|(_, p)| **p != EMPTY) {
                    let from = slices[*place as usize / 8].words();
                    for (limb, words) in value.words_mut().iter_mut().enumerate() {
                        words[lane] = from[limb][*place as usize % 8];
                    }
                }
            },
        );
        values
    }

    /// # Safety
    /// `ifma::available()`, and the witness has `wires` numbers.
    #[cfg_attr(
        not(undertow_software),
        target_feature(enable = "avx512f,avx512dq,avx512ifma,avx512vbmi2")
    )]
    unsafe fn slice(&self, steps: &[Step], witness: &[Words]) -> Lanes {
        // SAFETY: `new` checked the wires and made the coefficients' places.
        unsafe {
            let mut total = Lanes::zero();
            for part in steps.chunks(STEPS) {
                let mut s = [_mm512_setzero_si512(); 10];
                for step in part {
                    let a = gather(self.coefficients.as_ptr(), &step.coefficients);
                    let b = gather(witness.as_ptr(), &step.wires);
                    s = add_product(s, &a, &b);
                }
                // At most 256 products below p²: below 4.2·p.
                let sum = R::add_wide(&R::reduce_product(carried(s)), &total);
                total = R::reduce(&sum);
            }
            total
        }
    }
}

/// Moves what is above 52 bits to the next limb, so that the reduction's sums fit 64 bits.
#[inline(always)]
unsafe fn carried(mut s: [__m512i; 10]) -> [__m512i; 10] {
    unsafe {
        let mask = _mm512_set1_epi64(super::field::LIMB as i64);
        let mut i = 0;
        while i < 9 {
            s[i + 1] = _mm512_add_epi64(s[i + 1], _mm512_srli_epi64::<52>(s[i]));
            s[i] = _mm512_and_si512(s[i], mask);
            i += 1;
        }
        s
    }
}

/// Eight numbers of four words, from anywhere.
///
/// SAFETY: `ifma::available()`, and each place is inside the list that begins at `from`.
#[inline(always)]
unsafe fn gather(from: *const Words, places: &[u32; 8]) -> Lanes {
    unsafe {
        let mut z = [_mm512_setzero_si512(); 4];
        let mut i = 0;
        while i < 4 {
            let low = _mm256_loadu_si256(from.add(places[i] as usize).cast());
            let high = _mm256_loadu_si256(from.add(places[i + 4] as usize).cast());
            z[i] = _mm512_inserti64x4::<1>(_mm512_castsi256_si512(low), high);
            i += 1;
        }
        let (low, high) = (permutation(PERMUTE_LOW), permutation(PERMUTE_HIGH));
        let (a, b) = (_mm512_unpacklo_epi64(z[0], z[1]), _mm512_unpackhi_epi64(z[0], z[1]));
        let (c, d) = (_mm512_unpacklo_epi64(z[2], z[3]), _mm512_unpackhi_epi64(z[2], z[3]));
        unpack([
            _mm512_permutex2var_epi64(a, low, c),
            _mm512_permutex2var_epi64(b, low, d),
            _mm512_permutex2var_epi64(a, high, c),
            _mm512_permutex2var_epi64(b, high, d),
        ])
    }
}
