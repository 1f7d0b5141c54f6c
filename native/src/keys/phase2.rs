//! Phase 2 from powers of tau: the key that it begins with, and whether a key came from it.
//!
//! The key equals byte for byte what `snarkjs groth16 setup` writes (snarkjs 0.7.6, zkey_new.js):
//! gamma = delta = 1, so it is good for nothing until somebody has contributed.
#![forbid(unsafe_code)]

use ark_bn254::{Fr, G1Affine, G1Projective, G2Affine};
use ark_ec::short_weierstrass::{Affine, Projective, SWCurveConfig};
use ark_ec::{AffineRepr, CurveGroup, VariableBaseMSM};
use ark_ff::{AdditiveGroup, BigInteger, One, PrimeField, UniformRand, Zero};
use rand::rngs::OsRng;
use rayon::prelude::*;

use crate::curve::ratio::same_number;
use crate::fault::{Result, fault};
use crate::files::circuit_hash::circuit_hash;
use crate::files::contributions::{Contribution, Contributions};
use crate::files::ptau::Ptau;
use crate::files::r1cs::R1cs;
use crate::files::zkey::Zkey;
use crate::keys::powers;
use crate::keys::setup::{Progress, coefficients, domain_of};

/// A wire's terms: the row and the coefficient.
type Column<'a> = Vec<(usize, &'a Fr)>;

/// Returns the key that phase 2 begins with.
pub fn start(r1cs: &R1cs, ptau: &Ptau<'_>, progress: Progress<'_>) -> Result<Zkey> {
    let domain = domain_of(r1cs)?;
    if domain.trailing_zeros() > ptau.power {
        return fault(format!(
            "ptau section 1 has power {}: too small for the circuit",
            ptau.power
        ));
    }
    let Some(bases) = &ptau.lagrange else {
        return fault("ptau section 12 is missing: the file is not prepared for phase 2");
    };
    progress("checking the powers of tau")?;
    powers::check(ptau, bases, domain)?;
    progress("reading the powers of tau")?;
    let at = powers::piece(domain);
    let tau1 = bases.tau1.g1(at.clone())?;
    let tau2 = bases.tau2.g2(at.clone())?;
    let alpha1 = bases.alpha1.g1(at.clone())?;
    let beta1 = bases.beta1.g1(at)?;
    let doubled = bases.tau1.g1(powers::piece(2 * domain))?;
    let h = doubled.into_iter().skip(1).step_by(2).collect();

    progress("points of the first group")?;
    let one = Fr::one();
    let [a, b, c] = columns(r1cs, &one);
    let combined: Vec<G1Affine> = affine(
        (0..r1cs.wires)
            .into_par_iter()
            .map(|wire| {
                combine(&a[wire], &beta1) + combine(&b[wire], &alpha1) + combine(&c[wire], &tau1)
            })
            .collect(),
    );
    let (ic, private) = combined.split_at(r1cs.public + 1);
    let a1 = affine(a.par_iter().map(|column| combine(column, &tau1)).collect());
    let b1 = affine(b.par_iter().map(|column| combine(column, &tau1)).collect());
    progress("points of the second group")?;
    let b2 = affine(b.par_iter().map(|column| combine(column, &tau2)).collect());
    let mut key = Zkey {
        wires: r1cs.wires,
        public: r1cs.public,
        domain,
        alpha1: ptau.alpha1.g1(0..1)?[0],
        beta1: ptau.beta1.g1(0..1)?[0],
        beta2: ptau.beta2.g2(0..1)?[0],
        gamma2: G2Affine::generator(),
        delta1: G1Affine::generator(),
        delta2: G2Affine::generator(),
        ic: ic.to_vec(),
        coefficients: coefficients(r1cs),
        a: a1,
        b1,
        b2,
        c: private.to_vec(),
        h,
        contributions: Contributions::none(),
    };
    progress("hash of the circuit")?;
    key.contributions.circuit_hash = circuit_hash(&key, ptau)?;
    Ok(key)
}

/// Checks that a key came from the circuit and the powers of tau by its contributions.
///
/// 1. Somebody contributed, and the chain of contributions holds: delta is known to all contributors
///    together, and to nobody else if one of them forgot their factor.
/// 2. Everything that contributions leave alone is what phase 2 began with.
/// 3. C and H were divided by exactly delta.
pub fn verify(key: &Zkey, r1cs: &R1cs, ptau: &Ptau<'_>, progress: Progress<'_>) -> Result<()> {
    require_contribution(key)?;
    let begun = start(r1cs, ptau, progress)?;
    progress("comparing the keys")?;
    if key.contributions.circuit_hash != begun.contributions.circuit_hash {
        return fault("zkey section 10 has another circuit's hash");
    }
    let sizes = |key: &Zkey| (key.wires, key.public, key.domain);
    let fixed = |key: &Zkey| (key.alpha1, key.beta1, key.beta2, key.gamma2);
    let same = [
        (2, sizes(key) == sizes(&begun) && fixed(key) == fixed(&begun)),
        (3, key.ic == begun.ic),
        (4, key.coefficients == begun.coefficients),
        (5, key.a == begun.a),
        (6, key.b1 == begun.b1),
        (7, key.b2 == begun.b2),
        (8, divided(&begun.c, &key.c, key)),
        (9, divided(&begun.h, &key.h, key)),
    ];
    match same.iter().find(|(_, same)| !same) {
        Some((section, _)) => fault(format!("zkey section {section} is not the circuit's")),
        None => Ok(()),
    }
}

/// The setup gate that needs no other file. A key whose gamma is delta, or whose delta comes from
/// public randomness alone, lets anybody forge, and `snarkjs zkey verify` does not mind.
pub fn require_contribution(key: &Zkey) -> Result<()> {
    if key.contributions.list.is_empty() {
        return fault("zkey section 10 lists no contribution: anybody could forge proofs");
    }
    if key.contributions.list.iter().all(Contribution::is_public) {
        return fault("zkey section 10 lists beacons only, which are public: anybody could forge");
    }
    if [key.alpha1, key.beta1].contains(&G1Affine::generator()) {
        return fault("zkey section 2 has an alpha or beta of one: nobody made its powers of tau");
    }
    if key.gamma2 != G2Affine::generator() {
        return fault("zkey section 2 has a gamma that is not the generator");
    }
    // Delta is minus gamma as well.
    if key.delta2.x == key.gamma2.x {
        return fault(
            "zkey section 2 has a delta of gamma or its negative: anybody could forge proofs",
        );
    }
    key.contributions.verify()
}

/// Whether each point is the earlier one divided by delta: by one random combination.
fn divided(before: &[G1Affine], after: &[G1Affine], key: &Zkey) -> bool {
    if before.len() != after.len() {
        return false;
    }
    // 128 bits: an unequal pair slips through with probability 2^-128.
    let weights: Vec<Fr> = before.iter().map(|_| Fr::from(u128::rand(&mut OsRng))).collect();
    let sum = |points| G1Projective::msm_unchecked(points, &weights).into_affine();
    let (before, after) = (sum(before), sum(after));
    (before.is_zero() && after.is_zero())
        || same_number([after, before], [G2Affine::generator(), key.delta2])
}

/// For each wire, where A, B and C name it; with the rows that keep public signals independent.
fn columns<'a>(r1cs: &'a R1cs, one: &'a Fr) -> [Vec<Column<'a>>; 3] {
    let mut columns = [0, 1, 2].map(|_| vec![Column::new(); r1cs.wires]);
    for (row, rows) in r1cs.constraints.iter().enumerate() {
        for (column, terms) in columns.iter_mut().zip(rows) {
            for (wire, value) in terms {
                column[*wire as usize].push((row, value));
            }
        }
    }
    for (wire, column) in columns[0][..=r1cs.public].iter_mut().enumerate() {
        column.push((r1cs.constraints.len() + wire, one));
    }
    columns
}

/// A sum of multiples. Coefficients are mostly one, minus one or short; the doublings of the
/// others are shared.
fn combine<P: SWCurveConfig<ScalarField = Fr>>(
    column: &Column<'_>,
    points: &[Affine<P>],
) -> Projective<P> {
    let mut sum = Projective::<P>::zero();
    let mut rest: Vec<(Affine<P>, <Fr as PrimeField>::BigInt)> = Vec::new();
    for (row, value) in column {
        let (plus, minus) = (value.into_bigint(), (-**value).into_bigint());
        let (point, size) =
            if plus <= minus { (points[*row], plus) } else { (-points[*row], minus) };
        if size.num_bits() == 1 {
            sum += point;
        } else if !size.is_zero() {
            rest.push((point, size));
        }
    }
    sum + interleaved(&rest)
}

/// Bits of a digit.
const DIGIT: usize = 4;

/// Straus's method: one chain of doublings for all, digits of four bits.
fn interleaved<P: SWCurveConfig<ScalarField = Fr>>(
    terms: &[(Affine<P>, <Fr as PrimeField>::BigInt)],
) -> Projective<P> {
    let tables: Vec<Vec<Projective<P>>> = terms
        .iter()
        .map(|(point, _)| {
            let mut multiples = vec![point.into_group()];
            (1..(1 << DIGIT) - 1).for_each(|index| multiples.push(multiples[index - 1] + point));
            multiples
        })
        .collect();
    let bits = terms.iter().map(|(_, size)| size.num_bits()).max().unwrap_or(0) as usize;
    let mut sum = Projective::<P>::zero();
    for digit in (0..bits.div_ceil(DIGIT)).rev() {
        (0..DIGIT).for_each(|_| {
            sum.double_in_place();
        });
        for ((_, size), table) in terms.iter().zip(&tables) {
            let at = digit * DIGIT;
            let value = (size.0[at / 64] >> (at % 64)) as usize & ((1 << DIGIT) - 1);
            if value > 0 {
                sum += table[value - 1];
            }
        }
    }
    sum
}

fn affine<P: SWCurveConfig>(points: Vec<Projective<P>>) -> Vec<Affine<P>> {
    points.par_chunks(1024).flat_map_iter(Projective::normalize_batch).collect()
}
