//! Products on any machine.
#![forbid(unsafe_code)]

use ark_ff::MontConfig;

use super::number::Number;
use super::{Element, Multiply, modulus};

#[derive(Clone, Copy)]
pub struct Generic;

impl Multiply for Generic {
    const NAME: &'static str = "generic";

    #[inline(always)]
    fn product<C: MontConfig<4>>(a: &Number, b: &Number) -> Number {
        products::<C, 1>([a], [b])
    }

    #[inline(always)]
    fn two_products<C: MontConfig<4>>(a: &[Number; 2], b: &[Number; 2]) -> Number {
        products::<C, 2>([&a[0], &a[1]], [&b[0], &b[1]])
    }

    #[inline(always)]
    fn mul<C: MontConfig<4>>(a: &Element<C>, b: &Element<C>) -> Element<C> {
        *a * b
    }
}

#[inline(always)]
fn products<C: MontConfig<4>, const N: usize>(a: [&Number; N], b: [&Number; N]) -> Number {
    let p = modulus::<C>();
    let mut t = [0; 4];
    for i in 0..4 {
        let mut top = 0;
        for (a, b) in a.into_iter().zip(b) {
            let mut carry = 0;
            for (word, a) in t.iter_mut().zip(a) {
                (*word, carry) = add_product(*word, *a, b[i], carry);
            }
            top += carry;
        }
        let m = t[0].wrapping_mul(C::INV);
        let (_, mut carry) = add_product(t[0], m, p[0], 0);
        for j in 1..4 {
            (t[j - 1], carry) = add_product(t[j], m, p[j], carry);
        }
        t[3] = top + carry;
    }
    t
}

/// word + a·b + carry as its low and its high word.
#[inline(always)]
fn add_product(word: u64, a: u64, b: u64, carry: u64) -> (u64, u64) {
    let wide = u128::from(a) * u128::from(b) + u128::from(word) + u128::from(carry);
    (wide as u64, (wide >> 64) as u64)
}
