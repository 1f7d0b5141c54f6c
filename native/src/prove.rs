//! Groth16 proofs (Groth 2016, section 3.2) with a key in snarkjs's basis: the quotient is given
//! by its values on the odd points of the doubled domain.

use ark_bn254::{Fr, G1Affine, G1Projective, G2Affine, G2Projective};
use ark_ec::{CurveGroup, VariableBaseMSM};
use ark_ff::{AdditiveGroup, FftField, One};
use ark_poly::{EvaluationDomain, Radix2EvaluationDomain};
use rayon::prelude::*;

use crate::binary::{Result, fault};
use crate::msm::Scalars;
use crate::zkey::Zkey;

pub struct Proof {
    pub a: G1Affine,
    pub b: G2Affine,
    pub c: G1Affine,
}

/// Proves; `r` and `s` are the proof's blinding, uniform and secret.
pub fn prove(key: &Zkey, witness: &[Fr], r: Fr, s: Fr) -> Result<Proof> {
    if witness.len() != key.wires {
        return fault(format!("the witness has {} wires, the key {}", witness.len(), key.wires));
    }
    let quotient = quotient(key, witness)?;
    let scalars = Scalars::new(witness);
    let a = scalars.msm::<G1Projective>(&key.a) + key.alpha1 + key.delta1 * r;
    let b1 = scalars.msm::<G1Projective>(&key.b1) + key.beta1 + key.delta1 * s;
    let b2 = scalars.msm::<G2Projective>(&key.b2) + key.beta2 + key.delta2 * s;
    let private = Scalars::new(&witness[key.public + 1..]);
    let h = G1Projective::msm_unchecked(&key.h, &quotient);
    let c = private.msm::<G1Projective>(&key.c) + h + a * s + b1 * r - key.delta1 * (r * s);
    Ok(Proof { a: a.into_affine(), b: b2.into_affine(), c: c.into_affine() })
}

/// A·B − C on the odd points of the doubled domain.
fn quotient(key: &Zkey, witness: &[Fr]) -> Result<Vec<Fr>> {
    let (Some(domain), Some(shift)) = (
        Radix2EvaluationDomain::<Fr>::new(key.domain),
        Fr::get_root_of_unity(2 * key.domain as u64),
    ) else {
        return fault("the field has no domain of this size");
    };
    let mut a = vec![Fr::ZERO; key.domain];
    let mut b = vec![Fr::ZERO; key.domain];
    for entry in &key.coefficients {
        let target = if entry.matrix == 0 { &mut a } else { &mut b };
        let value = witness[entry.wire as usize];
        target[entry.row as usize] +=
            if entry.value.is_one() { value } else { entry.value * value };
    }
    let mut c: Vec<Fr> = a.par_iter().zip(&b).map(|(a, b)| *a * b).collect();
    let Some(coset) = domain.get_coset(shift) else {
        return fault("the field has no coset of this domain");
    };
    for values in [&mut a, &mut b, &mut c] {
        domain.ifft_in_place(values);
        coset.fft_in_place(values);
    }
    a.par_iter_mut().zip(&b).zip(&c).for_each(|((a, b), c)| *a = *a * b - c);
    Ok(a)
}
