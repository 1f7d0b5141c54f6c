//! Development keys straight from an .r1cs. Whoever knows the seed can forge every proof.

use ark_bn254::{Fr, G1Affine, G1Projective, G2Affine, G2Projective};
use ark_ec::{CurveGroup, PrimeGroup, scalar_mul::BatchMulPreprocessing};
use ark_ff::{AdditiveGroup, FftField, Field, One, UniformRand, batch_inversion};
use rand::SeedableRng;
use rand_chacha::ChaCha20Rng;
use rayon::prelude::*;

use crate::binary::{Result, fault};
use crate::r1cs::R1cs;
use crate::zkey::{Coefficient, Zkey};

/// The secrets of a key.
struct Toxic {
    alpha: Fr,
    beta: Fr,
    gamma: Fr,
    delta: Fr,
    tau: Fr,
}

impl Toxic {
    fn from_seed(seed: [u8; 32]) -> Self {
        let mut rng = ChaCha20Rng::from_seed(seed);
        let mut draw = || Fr::rand(&mut rng);
        Self { alpha: draw(), beta: draw(), gamma: draw(), delta: draw(), tau: draw() }
    }
}

/// Returns the key of a circuit; `progress` is told each stage.
pub fn setup(r1cs: &R1cs, seed: [u8; 32], progress: &dyn Fn(&str)) -> Result<Zkey> {
    let toxic = Toxic::from_seed(seed);
    let rows = r1cs.constraints.len() + r1cs.public + 1;
    let domain = rows.next_power_of_two();
    if domain > 1 << 27 {
        return fault("the circuit has too many constraints for this field");
    }
    progress("polynomials at the secret point");
    let lagrange = lagrange_at(toxic.tau, domain)?;
    let (a, b, c) = columns(r1cs, &lagrange);
    let invert = |value: Fr| value.inverse().unwrap_or(Fr::ONE);
    let (gamma_inverse, delta_inverse) = (invert(toxic.gamma), invert(toxic.delta));
    let combined: Vec<Fr> = a
        .par_iter()
        .zip(&b)
        .zip(&c)
        .enumerate()
        .map(|(wire, ((a, b), c))| {
            let by = if wire <= r1cs.public { gamma_inverse } else { delta_inverse };
            (toxic.beta * a + toxic.alpha * b + c) * by
        })
        .collect();
    let doubled = lagrange_at(toxic.tau, 2 * domain)?;
    let odd: Vec<Fr> =
        doubled.par_iter().skip(1).step_by(2).map(|value| *value * delta_inverse).collect();

    progress("points of the first group");
    let g1 = G1Projective::generator();
    let largest = r1cs.wires.max(domain);
    let table1 = BatchMulPreprocessing::new(g1, largest);
    let one = |scalar: Fr| (g1 * scalar).into_affine();
    let mut combined_points: Vec<G1Affine> = table1.batch_mul(&combined);
    let c_points = combined_points.split_off(r1cs.public + 1);
    let a_points = table1.batch_mul(&a);
    let b1_points = table1.batch_mul(&b);
    let h_points = table1.batch_mul(&odd);

    progress("points of the second group");
    let g2 = G2Projective::generator();
    let b2_points: Vec<G2Affine> = BatchMulPreprocessing::new(g2, r1cs.wires).batch_mul(&b);
    let two = |scalar: Fr| (g2 * scalar).into_affine();
    Ok(Zkey {
        wires: r1cs.wires,
        public: r1cs.public,
        domain,
        alpha1: one(toxic.alpha),
        beta1: one(toxic.beta),
        beta2: two(toxic.beta),
        gamma2: two(toxic.gamma),
        delta1: one(toxic.delta),
        delta2: two(toxic.delta),
        ic: combined_points,
        coefficients: coefficients(r1cs),
        a: a_points,
        b1: b1_points,
        b2: b2_points,
        c: c_points,
        h: h_points,
    })
}

/// The Lagrange polynomials of the domain of that size, at `point`.
fn lagrange_at(point: Fr, size: usize) -> Result<Vec<Fr>> {
    let Some(root) = Fr::get_root_of_unity(size as u64) else {
        return fault("the field has no domain of this size");
    };
    let vanishing = point.pow([size as u64]) - Fr::ONE;
    let scale = vanishing * Fr::from(size as u64).inverse().unwrap_or(Fr::ONE);
    let mut powers = Vec::with_capacity(size);
    let mut power = Fr::ONE;
    for _ in 0..size {
        powers.push(power);
        power *= root;
    }
    let mut inverses: Vec<Fr> = powers.par_iter().map(|power| point - power).collect();
    batch_inversion(&mut inverses);
    Ok(powers.par_iter().zip(inverses).map(|(power, inverse)| scale * power * inverse).collect())
}

/// What each wire contributes to A, B and C at the secret point.
fn columns(r1cs: &R1cs, lagrange: &[Fr]) -> (Vec<Fr>, Vec<Fr>, Vec<Fr>) {
    let mut columns = [0, 1, 2].map(|_| vec![Fr::ZERO; r1cs.wires]);
    columns.par_iter_mut().enumerate().for_each(|(matrix, column)| {
        for (rows, at) in r1cs.constraints.iter().zip(lagrange) {
            for (wire, value) in &rows[matrix] {
                column[*wire as usize] += if value.is_one() { *at } else { *value * at };
            }
        }
    });
    let [mut a, b, c] = columns;
    // One row for each public signal keeps their columns independent.
    for wire in 0..=r1cs.public {
        a[wire] += lagrange[r1cs.constraints.len() + wire];
    }
    (a, b, c)
}

fn coefficients(r1cs: &R1cs) -> Vec<Coefficient> {
    let mut entries = Vec::new();
    for (row, rows) in r1cs.constraints.iter().enumerate() {
        for matrix in 0..2 {
            for (wire, value) in &rows[matrix] {
                let (row, matrix) = (row as u32, matrix as u32);
                entries.push(Coefficient { matrix, row, wire: *wire, value: *value });
            }
        }
    }
    for wire in 0..=r1cs.public as u32 {
        let row = r1cs.constraints.len() as u32 + wire;
        entries.push(Coefficient { matrix: 0, row, wire, value: Fr::ONE });
    }
    entries
}
