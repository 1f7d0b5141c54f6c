//! Groth16 proofs (Groth 2016, section 3.2) with a key in snarkjs's basis.
#![forbid(unsafe_code)]

use ark_bn254::{Fr, G1Affine, G1Projective, G2Affine, G2Projective, g1, g2};
use ark_ec::CurveGroup;

use crate::curve::proof::Proof;
use crate::fault::{FormatError, Result};
use crate::files::zkey::Zkey;
use crate::groth16::quotient::{Quotient, Words};
use crate::msm::kernel::Kernel;
use crate::msm::{Bases, Scalars};

/// The kernels of one kind of arithmetic.
pub trait Arithmetic: Send + Sync + 'static {
    const NAME: &'static str;
    type G1: Kernel<Curve = g1::Config>;
    type G2: Kernel<Curve = g2::Config>;
    type Quotient: Quotient;
}

/// Who looks on while a proof is made.
pub trait Watch: Sync {
    /// Told each stage before it begins.
    fn begins(&self, stage: &str);

    /// Asked before each stage and each part of a sum; false ends the proof.
    fn wanted(&self) -> bool;
}

/// Why there is no proof.
#[derive(Debug)]
pub enum ProveError {
    Format(FormatError),
    /// The watch did not want it any more.
    Stopped,
}

/// A key in the form that one kind of arithmetic proves with.
pub trait ProvingKey: Send + Sync {
    /// A proof for a witness of canonical numbers; `r` and `s` blind it, uniform and secret.
    fn prove(
        &self,
        witness: &[Words],
        r: Fr,
        s: Fr,
        watch: &dyn Watch,
    ) -> std::result::Result<Proof, ProveError>;
}

/// A key, prepared.
pub(super) struct Key<A: Arithmetic> {
    wires: usize,
    alpha1: G1Affine,
    beta1: G1Affine,
    beta2: G2Affine,
    delta1: G1Affine,
    delta2: G2Affine,
    a: Bases<A::G1>,
    b1: Bases<A::G1>,
    b2: Bases<A::G2>,
    /// The points of C, then those of H behind all wires: one sum needs half the buckets of two.
    c: Bases<A::G1>,
    quotient: A::Quotient,
}

impl<A: Arithmetic> Key<A> {
    pub(super) fn new(key: &Zkey) -> Result<Self> {
        Ok(Self {
            wires: key.wires,
            alpha1: key.alpha1,
            beta1: key.beta1,
            beta2: key.beta2,
            delta1: key.delta1,
            delta2: key.delta2,
            a: Bases::new(&key.a, 0),
            b1: Bases::new(&key.b1, 0),
            b2: Bases::new(&key.b2, 0),
            c: Bases::joined(&[(&key.c, key.public + 1), (&key.h, key.wires)]),
            quotient: A::Quotient::new(key)?,
        })
    }
}

impl<A: Arithmetic> Drop for Key<A> {
    /// What its proofs left in the scratch memory goes with the key.
    fn drop(&mut self) {
        crate::memory::release();
    }
}

impl<A: Arithmetic> ProvingKey for Key<A> {
    fn prove(
        &self,
        witness: &[Words],
        r: Fr,
        s: Fr,
        watch: &dyn Watch,
    ) -> std::result::Result<Proof, ProveError> {
        if witness.len() != self.wires {
            let text = format!("the witness has {} wires, the key {}", witness.len(), self.wires);
            return Err(ProveError::Format(FormatError(text)));
        }
        let stage = |name: &str| {
            if !watch.wanted() {
                return Err(ProveError::Stopped);
            }
            watch.begins(name);
            Ok(())
        };
        let wanted = || watch.wanted();
        let scalars = Scalars::new(witness);
        let b2 = || {
            stage("sum in the second group")?;
            self.b2.msm_while(&scalars, &wanted).ok_or(ProveError::Stopped)
        };
        let c = || {
            stage("quotient")?;
            let quotient = self.quotient.of(witness);
            stage("sum over C and the quotient")?;
            let scalars = scalars.followed_by(&quotient);
            self.c.msm_while(&scalars, &wanted).ok_or(ProveError::Stopped)
        };
        let in_first = |name: &str, bases: &Bases<A::G1>| {
            stage(name)?;
            bases.msm_while(&scalars, &wanted).ok_or(ProveError::Stopped)
        };
        let a = || in_first("sum over A", &self.a);
        let b1 = || in_first("sum over B", &self.b1);
        // All at once, the longest first: what one sum does on one core, another fills.
        let ((b2, c), (a, b1)) = rayon::join(|| rayon::join(b2, c), || rayon::join(a, b1));
        let (b2, c, a, b1): (G2Projective, G1Projective, _, _) = (b2?, c?, a?, b1?);
        let a: G1Projective = a + self.alpha1 + self.delta1 * r;
        let b1: G1Projective = b1 + self.beta1 + self.delta1 * s;
        let b2 = b2 + self.beta2 + self.delta2 * s;
        let c: G1Projective = c + a * s + b1 * r - self.delta1 * (r * s);
        Ok(Proof { a: a.into_affine(), b: b2.into_affine(), c: c.into_affine() })
    }
}
