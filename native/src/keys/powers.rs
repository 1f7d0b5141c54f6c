//! Whether the parts of a powers-of-tau file that phase 2 takes belong together.
//!
//! `snarkjs powersoftau verify` leaves a direction of the largest Lagrange points of section 12 open:
//! section 2 ends one power before them, and it takes the last coefficient of their combination for
//! zero. Whoever prepares the file could hide a point there that no later check sees, and forge
//! under every key that comes from it. So nothing of sections 12 to 15 is believed here: with random
//! weights w, Σ w_i·L_i(tau) has to be Σ v_j·tau^j for the inverse transform v of w.
#![forbid(unsafe_code)]

use std::ops::Range;

use ark_bn254::{Fr, G1Projective, G2Affine};
use ark_ec::short_weierstrass::{Affine, Projective, SWCurveConfig};
use ark_ec::{AffineRepr, CurveGroup, VariableBaseMSM};
use ark_ff::UniformRand;
use ark_poly::{EvaluationDomain, Radix2EvaluationDomain};
use rand::rngs::OsRng;

use crate::curve::ratio::same_number;
use crate::fault::{Result, fault};
use crate::files::ptau::{Lagrange, Ptau};

/// Checks what phase 2 takes for a domain of that size, at most the file's: that the powers are of
/// one tau, and that the Lagrange points are those of the powers. An untrue file slips through with
/// probability 2^-128.
pub fn check(ptau: &Ptau<'_>, lagrange: &Lagrange<'_>, domain: usize) -> Result<()> {
    let weights = Weights::new(domain)?;
    let tau = [G2Affine::generator(), ptau.tau2.g2(1..2)?[0]];
    for (powers, pieces) in [
        (&ptau.alpha1, &lagrange.alpha1),
        (&ptau.beta1, &lagrange.beta1),
        (&ptau.tau1, &lagrange.tau1),
    ] {
        let all = powers.g1(0..domain)?;
        if !same_number(weights.neighbours(&all), tau) {
            return powers.fault("does not hold the powers of section 3's tau");
        }
        if weights.of(&pieces.g1(piece(domain))?) != weights.transformed(&all) {
            return pieces.fault("is not what the powers give");
        }
    }
    let all = ptau.tau2.g2(0..domain)?;
    let tau1 = ptau.tau1.g1(0..2)?;
    if !same_number([tau1[0], tau1[1]], weights.neighbours(&all)) {
        return ptau.tau2.fault("does not hold the powers of section 2's tau");
    }
    if weights.of(&lagrange.tau2.g2(piece(domain))?) != weights.transformed(&all) {
        return lagrange.tau2.fault("is not what the powers give");
    }
    check_doubled(ptau, lagrange, domain, tau)
}

/// The same of twice the domain, which the quotient's points are taken from. Of the largest one the
/// last power is in no section: `powersoftau prepare phase2` takes infinity for it, and a file that
/// was cut off a larger one has the power itself.
fn check_doubled(
    ptau: &Ptau<'_>,
    lagrange: &Lagrange<'_>,
    domain: usize,
    tau: [G2Affine; 2],
) -> Result<()> {
    let weights = Weights::new(2 * domain)?;
    let there = (2 * domain).min(ptau.tau1.len());
    let all = ptau.tau1.g1(0..there)?;
    if !same_number(weights.neighbours(&all), tau) {
        return ptau.tau1.fault("does not hold the powers of section 3's tau");
    }
    let pieces = weights.of(&lagrange.tau1.g1(piece(2 * domain))?);
    let left = (pieces.into_group() - weights.transformed(&all)).into_affine();
    let last_power = || -> Result<bool> {
        let below = ptau.tau2.g2(domain - 1..domain)?[0];
        let times = (G1Projective::from(all[domain]) * weights.transform[there]).into_affine();
        Ok(same_number([times, left], [G2Affine::generator(), below]))
    };
    if left.is_zero() || (there < 2 * domain && last_power()?) {
        return Ok(());
    }
    lagrange.tau1.fault("is not what the powers give")
}

/// Where a domain's Lagrange points are.
pub fn piece(domain: usize) -> Range<usize> {
    domain - 1..2 * domain - 1
}

/// Random weights of 128 bits, and their inverse transform.
struct Weights {
    weights: Vec<Fr>,
    transform: Vec<Fr>,
}

impl Weights {
    fn new(size: usize) -> Result<Self> {
        let Some(domain) = Radix2EvaluationDomain::<Fr>::new(size) else {
            return fault("the field has no domain of this size");
        };
        let weights: Vec<Fr> = (0..size).map(|_| Fr::from(u128::rand(&mut OsRng))).collect();
        let transform = domain.ifft(&weights);
        Ok(Self { weights, transform })
    }

    fn of<P: SWCurveConfig<ScalarField = Fr>>(&self, points: &[Affine<P>]) -> Affine<P> {
        Projective::<P>::msm_unchecked(points, &self.weights[..points.len()]).into_affine()
    }

    fn transformed<P: SWCurveConfig<ScalarField = Fr>>(&self, points: &[Affine<P>]) -> Affine<P> {
        Projective::<P>::msm_unchecked(points, &self.transform[..points.len()]).into_affine()
    }

    /// The sum of all points but the last, and that of all but the first: tau times the other.
    fn neighbours<P: SWCurveConfig<ScalarField = Fr>>(
        &self,
        points: &[Affine<P>],
    ) -> [Affine<P>; 2] {
        [self.of(&points[..points.len() - 1]), self.of(&points[1..])]
    }
}
