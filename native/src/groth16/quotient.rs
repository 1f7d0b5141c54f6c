//! The quotient polynomial's numerator A·B - C on the odd coset of the constraints' domain, which
//! is the basis of snarkjs's keys. C is taken as the product of A and B on the domain itself.
#![forbid(unsafe_code)]

use ark_bn254::{Fr, FrConfig};
use ark_ff::PrimeField;
use rayon::prelude::*;

use super::rows::Rows;
use super::transform::Coset;
use crate::fault::{Result, fault};
use crate::files::zkey::Zkey;
use crate::memory::Scratch;
use crate::words::number::{Number, difference_modulo, double, reduced_once};
use crate::words::{Multiply, modulus};

const P: Number = modulus::<FrConfig>();

/// A canonical number of the scalar field in four words, the lowest first.
pub type Words = [u64; 4];

/// Computes quotients for one key.
pub trait Quotient: Send + Sync + Sized {
    fn new(key: &Zkey) -> Result<Self>;

    /// Values on the odd coset in natural order, for a witness with as many numbers as the key
    /// has wires.
    fn of(&self, witness: &[Words]) -> Scratch<Words>;

    /// The passage of some 2^bits elements to the odd coset, to be timed: two transforms.
    fn transform(bits: u32) -> Result<Box<dyn FnMut()>>;
}

/// The matrices row by row, and `transform`.
pub struct Plain<M> {
    a: Rows<M>,
    b: Rows<M>,
    coset: Coset<M>,
}

impl<M: Multiply> Quotient for Plain<M> {
    fn new(key: &Zkey) -> Result<Self> {
        let rows = |matrix: u32| {
            let entries = key.coefficients.iter().filter(move |entry| entry.matrix == matrix);
            Rows::new(key.domain, entries.map(|e| (e.row, e.wire, e.value)))
        };
        let (a, b) = rayon::join(|| rows(0), || rows(1));
        Ok(Self { a, b, coset: coset(key.domain)? })
    }

    fn of(&self, witness: &[Words]) -> Scratch<Words> {
        let squared = Fr::R2.0;
        let numbers = witness.par_iter().with_min_len(PART);
        let witness: Vec<_> =
            numbers.map(|number| M::product::<FrConfig>(number, &squared)).collect();
        let (mut a, mut b) = rayon::join(|| self.a.times(&witness), || self.b.times(&witness));
        let products = a.par_iter().zip(&b).with_min_len(PART);
        let mut c: Vec<_> = products.map(|(a, b)| M::product::<FrConfig>(a, b)).collect();
        let extend = |values: &mut Vec<Number>| self.coset.extend(values);
        rayon::join(|| extend(&mut c), || rayon::join(|| extend(&mut a), || extend(&mut b)));
        let mut values = Scratch::new(a.len());
        let numbers = values.par_iter_mut().zip(&a).zip(&b).zip(&c).with_min_len(PART);
        numbers.for_each(|(((value, a), b), c)| *value = numerator::<M>(a, b, c));
        values
    }

    fn transform(bits: u32) -> Result<Box<dyn FnMut()>> {
        let coset = coset::<M>(1 << bits)?;
        let mut values: Vec<Number> = (0..1u64 << bits).map(|i| Fr::from(i).0.0).collect();
        Ok(Box::new(move || coset.extend(&mut values)))
    }
}

/// Elements that one core takes at a time.
const PART: usize = 1 << 10;

fn coset<M: Multiply>(domain: usize) -> Result<Coset<M>> {
    match Coset::new(domain) {
        Some(coset) => Ok(coset),
        None => fault("the field has no coset of a domain of this size"),
    }
}

/// a·b - c as a canonical number, for a, b and c below 2·p in Montgomery form.
#[inline(always)]
fn numerator<M: Multiply>(a: &Number, b: &Number, c: &Number) -> Words {
    // a·b is below (1 + 0.1891·4)·p.
    let number = difference_modulo(M::product::<FrConfig>(a, b), *c, double(P));
    // Below 2·p / 2^256 + p: at most p.
    reduced_once(M::product::<FrConfig>(&number, &[1, 0, 0, 0]), P)
}

/// The field element of a canonical number.
pub fn from_words(words: Words) -> Fr {
    Fr::from_bigint(ark_ff::BigInt::new(words)).unwrap_or_default()
}
