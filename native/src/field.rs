//! Bytes to field elements and back, in the two encodings iden3 files use.
//!
//! Plain: the canonical value. Montgomery: the value times 2^256, which is arkworks' own form.

use ark_bn254::{Fq, Fr, FrConfig};
use ark_ff::{BigInt, MontConfig, PrimeField};

pub type Bytes = [u8; 32];

fn limbs(bytes: &Bytes) -> BigInt<4> {
    let (words, _) = bytes.as_chunks::<8>();
    let mut limbs = [0; 4];
    for (limb, word) in limbs.iter_mut().zip(words) {
        *limb = u64::from_le_bytes(*word);
    }
    BigInt::new(limbs)
}

fn bytes(limbs: &BigInt<4>) -> Bytes {
    let mut bytes = [0; 32];
    for (word, limb) in bytes.as_chunks_mut::<8>().0.iter_mut().zip(limbs.0) {
        *word = limb.to_le_bytes();
    }
    bytes
}

/// The element with this canonical value; none if it is not below the modulus.
pub fn from_plain<F: PrimeField<BigInt = BigInt<4>>>(source: &Bytes) -> Option<F> {
    F::from_bigint(limbs(source))
}

pub fn to_plain<F: PrimeField<BigInt = BigInt<4>>>(value: F) -> Bytes {
    bytes(&value.into_bigint())
}

pub fn fq_from_montgomery(source: &Bytes) -> Option<Fq> {
    let limbs = limbs(source);
    (limbs < Fq::MODULUS).then(|| Fq::new_unchecked(limbs))
}

pub fn fq_to_montgomery(value: Fq) -> Bytes {
    bytes(&value.0)
}

pub fn fr_from_montgomery(source: &Bytes) -> Option<Fr> {
    let limbs = limbs(source);
    (limbs < Fr::MODULUS).then(|| Fr::new_unchecked(limbs))
}

pub fn fr_to_montgomery(value: Fr) -> Bytes {
    bytes(&value.0)
}

/// 2^256 in Fr: the factor between the two encodings.
pub fn montgomery_radix() -> Fr {
    Fr::new_unchecked(FrConfig::R2)
}

/// The bytes of a field's modulus, as file headers carry it.
pub fn modulus<F: PrimeField<BigInt = BigInt<4>>>() -> Bytes {
    bytes(&F::MODULUS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ark_ff::{Field, One};

    #[test]
    fn both_encodings_round_trip_and_differ_by_the_radix() {
        let value = Fr::from(123_456_789_u64).pow([77]);
        assert_eq!(from_plain::<Fr>(&to_plain(value)), Some(value));
        assert_eq!(fr_from_montgomery(&fr_to_montgomery(value)), Some(value));
        assert_eq!(fr_to_montgomery(value), to_plain(value * montgomery_radix()));
    }

    #[test]
    fn the_modulus_is_refused() {
        assert_eq!(from_plain::<Fr>(&modulus::<Fr>()), None);
        assert_eq!(fq_from_montgomery(&modulus::<Fq>()), None);
        assert_eq!(from_plain::<Fr>(&to_plain(-Fr::one())), Some(-Fr::one()));
    }
}
