//! Sums of products in BN254's scalar field that are reduced once, not once for each product.

use ark_bn254::Fr;
use ark_ff::{BigInt, PrimeField};

const LIMBS: usize = 4;
const MODULUS: [u64; LIMBS] = Fr::MODULUS.0;
const TWICE: [u64; LIMBS] = doubled(MODULUS);
/// -1 / r modulo 2^64.
const NEGATIVE_INVERSE: u64 = negative_inverse(MODULUS[0]);
/// So many products of numbers below r stay below 2^512, and what reducing them leaves below 2^256.
pub const MOST_PRODUCTS: usize = 17;

/// A sum of at most `MOST_PRODUCTS` products, in 512 bits.
#[derive(Clone, Copy)]
pub struct Sum([u64; 2 * LIMBS]);

impl Sum {
    pub const ZERO: Self = Self([0; 2 * LIMBS]);

    #[inline(always)]
    pub fn add_product(&mut self, a: &Fr, b: &Fr) {
        let product = product(&a.0.0, &b.0.0);
        let mut carry = 0;
        for (limb, added) in self.0.iter_mut().zip(product) {
            let sum = u128::from(*limb) + u128::from(added) + carry;
            *limb = sum as u64;
            carry = sum >> 64;
        }
    }

    /// The sum in Montgomery form: divided by 2^256, below r.
    #[inline(always)]
    pub fn reduce(self) -> Fr {
        let mut limbs = self.0;
        let mut over = 0;
        for i in 0..LIMBS {
            let factor = limbs[i].wrapping_mul(NEGATIVE_INVERSE);
            let mut carry = 0;
            for j in 0..LIMBS {
                let sum =
                    u128::from(limbs[i + j]) + u128::from(factor) * u128::from(MODULUS[j]) + carry;
                limbs[i + j] = sum as u64;
                carry = sum >> 64;
            }
            let sum = u128::from(limbs[i + LIMBS]) + carry + over;
            limbs[i + LIMBS] = sum as u64;
            over = sum >> 64;
        }
        // 17 products leave less than 4.3 r.
        let high = [limbs[4], limbs[5], limbs[6], limbs[7]];
        let low = less(less(less(high, TWICE), TWICE), MODULUS);
        Fr::new_unchecked(BigInt(low))
    }
}

/// The sum of the products of two slices' elements.
#[inline(always)]
pub fn dot(a: &[Fr], b: &[Fr]) -> Fr {
    debug_assert!(a.len() <= MOST_PRODUCTS);
    let mut sum = Sum::ZERO;
    for (x, y) in a.iter().zip(b) {
        sum.add_product(x, y);
    }
    sum.reduce()
}

#[inline(always)]
fn product(a: &[u64; LIMBS], b: &[u64; LIMBS]) -> [u64; 2 * LIMBS] {
    let mut out = [0; 2 * LIMBS];
    for i in 0..LIMBS {
        let mut carry = 0;
        for j in 0..LIMBS {
            let sum = u128::from(out[i + j]) + u128::from(a[i]) * u128::from(b[j]) + carry;
            out[i + j] = sum as u64;
            carry = sum >> 64;
        }
        out[i + LIMBS] = carry as u64;
    }
    out
}

/// `a - b` if that is not negative, else `a`.
#[inline(always)]
fn less(a: [u64; LIMBS], b: [u64; LIMBS]) -> [u64; LIMBS] {
    let mut difference = [0; LIMBS];
    let mut borrow = false;
    for i in 0..LIMBS {
        let (first, under) = a[i].overflowing_sub(b[i]);
        let (second, under_again) = first.overflowing_sub(u64::from(borrow));
        difference[i] = second;
        borrow = under | under_again;
    }
    if borrow { a } else { difference }
}

const fn doubled(a: [u64; LIMBS]) -> [u64; LIMBS] {
    [a[0] << 1, a[1] << 1 | a[0] >> 63, a[2] << 1 | a[1] >> 63, a[3] << 1 | a[2] >> 63]
}

const fn negative_inverse(low: u64) -> u64 {
    let mut inverse: u64 = 1;
    let mut steps = 0;
    while steps < 6 {
        inverse = inverse.wrapping_mul(2u64.wrapping_sub(low.wrapping_mul(inverse)));
        steps += 1;
    }
    inverse.wrapping_neg()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ark_ff::{AdditiveGroup, UniformRand};
    use rand::SeedableRng;
    use rand_chacha::ChaCha20Rng;

    #[test]
    fn equals_the_field_on_random_and_largest_values() {
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        let largest = Fr::new_unchecked(BigInt({
            let mut limbs = MODULUS;
            limbs[0] -= 1;
            limbs
        }));
        for count in 0..=MOST_PRODUCTS {
            let mut a: Vec<Fr> = (0..count).map(|_| Fr::rand(&mut rng)).collect();
            let b: Vec<Fr> = (0..count).map(|_| Fr::rand(&mut rng)).collect();
            let expected = a.iter().zip(&b).fold(Fr::ZERO, |sum, (x, y)| sum + *x * y);
            assert_eq!(dot(&a, &b), expected);
            a.fill(largest);
            let square = largest * largest;
            assert_eq!(dot(&a, &a), square * Fr::from(count as u64));
        }
    }
}
