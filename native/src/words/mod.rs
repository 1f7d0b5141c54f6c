//! Montgomery products on 64-bit words, for machines without the lanes of `ifma`.
#[cfg(target_arch = "x86_64")]
pub mod adx;
pub mod asked;
pub mod coordinate;
pub mod generic;
pub mod invert;
pub mod number;
pub mod packed;
pub mod quadratic;

use ark_ff::{BigInt, Fp, MontBackend, MontConfig, PrimeField};

pub use generic::Generic;
use number::{Number, reduced_once};

/// How products of elements are computed.
pub trait Multiply: Copy + Send + Sync + 'static {
    /// As benchmarks print it.
    const NAME: &'static str;

    /// a·b / 2^256 modulo p, below a·b / 2^256 + p, of any numbers with a + p below 2^256.
    ///
    /// Why: a round adds the product of a and a word of b and a multiple of p below 2^64·p, and
    /// drops a word. What it starts from is below a + p, and so is what it leaves; in between it is
    /// below 2^64·(a + p), which is five words.
    fn product<C: MontConfig<4>>(a: &Number, b: &Number) -> Number;

    /// The same of a sum of two products, reduced once; here a0 + a1 + p is below 2^256.
    fn two_products<C: MontConfig<4>>(a: &[Number; 2], b: &[Number; 2]) -> Number;

    /// a·b of elements: p² / 2^256 + p is below 2·p.
    #[inline(always)]
    fn mul<C: MontConfig<4>>(a: &Element<C>, b: &Element<C>) -> Element<C> {
        let product = Self::product::<C>(&a.0.0, &b.0.0);
        Fp::new_unchecked(BigInt::new(reduced_once(product, modulus::<C>())))
    }
}

/// A field of four words in arkworks's representation, R = 2^256.
pub type Element<C> = Fp<MontBackend<C, 4>, 4>;

/// The modulus of a field, word by word.
pub const fn modulus<C: MontConfig<4>>() -> Number {
    Element::<C>::MODULUS.0
}
