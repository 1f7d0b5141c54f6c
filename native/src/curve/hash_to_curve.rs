//! Points and numbers drawn from a hash, as snarkjs draws them (ffjavascript: chacha.js,
//! wasm_field1.js, wasm_curve.js; snarkjs: keypair.js).
#![forbid(unsafe_code)]

use ark_bn254::{Fq, Fq2, Fr, G1Affine, G2Affine, g2};
use ark_ec::AffineRepr;
use ark_ec::short_weierstrass::SWCurveConfig;
use ark_ff::{BigInt, BigInteger, Field, PrimeField, Zero};
use rand::{RngCore, SeedableRng};
use rand_chacha::ChaCha20Rng;

/// The point of the second group whose logarithm nobody knows.
pub fn hash_to_g2(hash: &[u8]) -> G2Affine {
    Draw::seeded(hash).g2()
}

pub struct Draw(ChaCha20Rng);

impl Draw {
    /// ChaCha20 keyed with the first eight words of a hash, read big-endian.
    pub fn seeded(hash: &[u8]) -> Self {
        let mut seed = [0; 32];
        for (word, bytes) in seed.chunks_exact_mut(4).zip(hash.chunks_exact(4)) {
            word.copy_from_slice(bytes);
            word.reverse();
        }
        Self(ChaCha20Rng::from_seed(seed))
    }

    /// A number below a 254-bit modulus, by rejection; the upper half of each limb comes first.
    fn below(&mut self, modulus: BigInt<4>) -> BigInt<4> {
        loop {
            let mut limbs = [0u64; 4];
            for limb in &mut limbs {
                *limb = u64::from(self.0.next_u32()) << 32;
                *limb |= u64::from(self.0.next_u32());
            }
            limbs[3] &= (1 << 62) - 1;
            if BigInt::new(limbs) < modulus {
                return BigInt::new(limbs);
            }
        }
    }

    /// The number drawn is taken as the Montgomery form; so is a coordinate's.
    pub fn factor(&mut self) -> Fr {
        Fr::new_unchecked(self.below(Fr::MODULUS))
    }

    fn coordinate(&mut self) -> Fq {
        Fq::new_unchecked(self.below(Fq::MODULUS))
    }

    fn bit(&mut self) -> bool {
        self.0.next_u32() & 1 == 1
    }

    pub fn g1(&mut self) -> G1Affine {
        loop {
            let (x, greatest) = (self.coordinate(), self.bit());
            if let Some(point) = G1Affine::get_point_from_x_unchecked(x, greatest) {
                return point;
            }
        }
    }

    pub fn g2(&mut self) -> G2Affine {
        loop {
            let x = Fq2::new(self.coordinate(), self.coordinate());
            let greatest = self.bit();
            let square = x.square() * x + g2::Config::COEFF_B;
            if let Some(root) = square.sqrt() {
                let y = if is_negative(&root) == greatest { root } else { -root };
                return G2Affine::new_unchecked(x, y).mul_by_cofactor();
            }
        }
    }
}

/// The sign that snarkjs gives an element: that of the imaginary part unless it is zero.
fn is_negative(value: &Fq2) -> bool {
    let part = if value.c1.is_zero() { value.c0 } else { value.c1 };
    let mut half = Fq::MODULUS;
    half.div2();
    part.into_bigint() > half
}
