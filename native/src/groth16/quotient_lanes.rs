//! What `quotient` computes on words, in lanes.
#![forbid(unsafe_code)]

use super::quotient::{Quotient, Words};
use crate::fault::{Result, fault};
use crate::files::zkey::Zkey;
use crate::ifma::field::Lanes;
use crate::ifma::ntt::{self, Coset};
use crate::ifma::rows::Rows;
use crate::memory::Scratch;

pub struct InLanes {
    a: Rows,
    b: Rows,
    coset: Coset,
    vectors: usize,
}

impl Quotient for InLanes {
    fn new(key: &Zkey) -> Result<Self> {
        let rows = |matrix: u32| {
            let entries = key.coefficients.iter().filter(move |entry| entry.matrix == matrix);
            Rows::new(key.domain, key.wires, entries.map(|e| (e.row, e.wire, e.value)))
        };
        let (a, b) = rayon::join(|| rows(0), || rows(1));
        Ok(Self { a, b, coset: coset(key.domain)?, vectors: key.domain / 8 })
    }

    fn of(&self, witness: &[Words]) -> Scratch<Words> {
        let multiply = |rows: &Rows| rows.multiply(witness, self.vectors);
        let (mut a, mut b) = rayon::join(|| multiply(&self.a), || multiply(&self.b));
        let mut c = ntt::products(&a, &b);
        let extend = |values: &mut Scratch<Lanes>| self.coset.extend(values);
        rayon::join(|| extend(&mut c), || rayon::join(|| extend(&mut a), || extend(&mut b)));
        ntt::quotient(&a, &b, &c)
    }

    fn transform(bits: u32) -> Result<Box<dyn FnMut()>> {
        let coset = coset(1 << bits)?;
        let mut values = vec![Lanes::zero(); 1 << (bits - 3)];
        Ok(Box::new(move || coset.extend(&mut values)))
    }
}

fn coset(domain: usize) -> Result<Coset> {
    match Coset::new(domain.ilog2()) {
        Some(coset) => Ok(coset),
        None => fault("the field has no domain of this size for eight lanes"),
    }
}
