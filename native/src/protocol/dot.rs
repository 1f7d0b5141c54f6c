//! Sums of products in BN254's scalar field, without branches on values.
#![forbid(unsafe_code)]

use ark_bn254::{Fr, FrConfig};
use ark_ff::{AdditiveGroup, BigInt};

use crate::words::number::{difference, pick};
use crate::words::{Multiply, modulus};

#[inline(always)]
pub fn product<M: Multiply>(a: &Fr, b: &Fr) -> Fr {
    M::mul::<FrConfig>(a, b)
}

/// a + b: below 2 * r < 2^255, so the sum has no carry.
#[inline(always)]
pub fn plus(a: &Fr, b: &Fr) -> Fr {
    let mut sum = a.0.0;
    let mut carry = 0;
    for (limb, added) in sum.iter_mut().zip(b.0.0) {
        let wide = u128::from(*limb) + u128::from(added) + carry;
        *limb = wide as u64;
        carry = wide >> 64;
    }
    let (reduced, borrow) = difference(sum, modulus::<FrConfig>());
    Fr::new_unchecked(BigInt::new(pick(borrow, sum, reduced)))
}

/// The sum of the products of two slices' elements.
#[inline(always)]
pub fn dot<M: Multiply>(a: &[Fr], b: &[Fr]) -> Fr {
    let mut sum = Fr::ZERO;
    for (x, y) in a.iter().zip(b) {
        sum = plus(&sum, &product::<M>(x, y));
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::Generic;
    #[cfg(target_arch = "x86_64")]
    use crate::words::adx::Adx;
    use ark_ff::UniformRand;
    use rand::SeedableRng;
    use rand_chacha::ChaCha20Rng;

    fn equals_the_field<M: Multiply>() {
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        for count in 0..20 {
            let mut a: Vec<Fr> = (0..count).map(|_| Fr::rand(&mut rng)).collect();
            let b: Vec<Fr> = (0..count).map(|_| Fr::rand(&mut rng)).collect();
            let expected = a.iter().zip(&b).fold(Fr::ZERO, |sum, (x, y)| sum + *x * y);
            assert_eq!(dot::<M>(&a, &b), expected);
            a.fill(-Fr::from(1));
            assert_eq!(dot::<M>(&a, &a), Fr::from(count as u64));
        }
    }

    #[test]
    fn sums_equal_the_field_on_random_and_largest_values() {
        equals_the_field::<Generic>();
        #[cfg(target_arch = "x86_64")]
        if Adx::detect().is_some() {
            equals_the_field::<Adx>();
        }
    }
}
