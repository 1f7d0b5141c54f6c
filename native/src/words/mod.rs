//! Montgomery products on 64-bit words, for machines without the lanes of `ifma`.
#[cfg(target_arch = "x86_64")]
pub mod adx;
pub mod coordinate;
pub mod invert;

use ark_ff::{Fp, MontBackend, MontConfig, PrimeField};

/// How a product of two elements is computed.
pub trait Multiply: Copy + Send + Sync + 'static {
    /// As benchmarks print it.
    const NAME: &'static str;

    fn mul<C: MontConfig<4>>(a: &Element<C>, b: &Element<C>) -> Element<C>;

    fn square<C: MontConfig<4>>(a: &Element<C>) -> Element<C> {
        Self::mul(a, a)
    }
}

/// A field of four words in arkworks's representation, R = 2^256.
pub type Element<C> = Fp<MontBackend<C, 4>, 4>;

/// As arkworks does, on any machine.
#[derive(Clone, Copy)]
pub struct Generic;

impl Multiply for Generic {
    const NAME: &'static str = "generic";

    #[inline(always)]
    fn mul<C: MontConfig<4>>(a: &Element<C>, b: &Element<C>) -> Element<C> {
        *a * b
    }
}

/// The modulus of a field, word by word.
pub const fn modulus<C: MontConfig<4>>() -> [u64; 4] {
    Element::<C>::MODULUS.0
}
