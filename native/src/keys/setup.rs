//! Development keys straight from an .r1cs. Whoever knows the seed can forge every proof.
#![forbid(unsafe_code)]

use ark_bn254::{Fr, G1Affine, G2Affine};
use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::{AdditiveGroup, FftField, Field, One, UniformRand, batch_inversion};
use rand::SeedableRng;
use rand_chacha::ChaCha20Rng;
use rayon::prelude::*;

use crate::fault::{Result, fault};
use crate::files::contributions::Contributions;
use crate::files::r1cs::R1cs;
use crate::files::zkey::{Coefficient, LARGEST_DOMAIN, Zkey};
use crate::keys::fixed_base::Table;

/// Bits of a table's window: 280 KiB of points in either group, which stay in a core's cache.
const WINDOW_G1: usize = 13;
const WINDOW_G2: usize = 12;

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

/// Told each stage; an error ends the work.
pub type Progress<'a> = &'a dyn Fn(&str) -> Result<()>;

/// Returns the key of a circuit.
pub fn setup(r1cs: &R1cs, seed: [u8; 32], progress: Progress<'_>) -> Result<Zkey> {
    let toxic = Toxic::from_seed(seed);
    let domain = domain_of(r1cs)?;
    progress("polynomials at the secret point")?;
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

    progress("points of the first group")?;
    let first = Table::new(G1Affine::generator(), WINDOW_G1);
    let mut combined_points = first.multiples(&combined);
    let c_points = combined_points.split_off(r1cs.public + 1);
    let a_points = first.multiples(&a);
    let b1_points = first.multiples(&b);
    let h_points = first.multiples(&odd);
    let one = |scalar: Fr| (G1Affine::generator() * scalar).into_affine();

    progress("points of the second group")?;
    let b2_points = Table::new(G2Affine::generator(), WINDOW_G2).multiples(&b);
    let two = |scalar: Fr| (G2Affine::generator() * scalar).into_affine();
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
        // None: a development key's manifest says so.
        contributions: Contributions::none(),
    })
}

/// The domain has a row for each constraint and one for each public signal and the one.
pub fn domain_of(r1cs: &R1cs) -> Result<usize> {
    let domain = (r1cs.constraints.len() + r1cs.public + 1).next_power_of_two().max(2);
    if domain > LARGEST_DOMAIN {
        return fault("r1cs section 1 counts more constraints than the field has room for");
    }
    Ok(domain)
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

pub fn coefficients(r1cs: &R1cs) -> Vec<Coefficient> {
    let mut entries = Vec::new();
    for (row, rows) in r1cs.constraints.iter().enumerate() {
        for (matrix, terms) in (0..).zip(&rows[..2]) {
            for (wire, value) in terms {
                entries.push(Coefficient { matrix, row: row as u32, wire: *wire, value: *value });
            }
        }
    }
    for wire in 0..=r1cs.public as u32 {
        let row = r1cs.constraints.len() as u32 + wire;
        entries.push(Coefficient { matrix: 0, row, wire, value: Fr::ONE });
    }
    entries
}
