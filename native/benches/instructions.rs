//! Work whose instructions valgrind counts: `instructions KERNEL TIMES` runs one kernel that often,
//! on one thread, and prints nothing.
//!
//! Valgrind's processor has neither AVX-512 nor ADX, so these are the kernels of any machine. Two
//! counts that differ by one run give a kernel without what it takes to begin;
//! tests/native/test_instructions.py compares them with instructions.json.

use ark_bn254::{Fr, G1Affine, G1Projective, g1};
use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::{BigInt, BigInteger, PrimeField, UniformRand};
use rand::SeedableRng;
use rand_chacha::ChaCha20Rng;
use std::hint::black_box;
use undertow_native::crypto::babyjubjub::{SUBGROUP_ORDER, times_base8};
use undertow_native::crypto::eddsa::Key;
use undertow_native::crypto::{poseidon, word};
use undertow_native::groth16::quotient::{Plain, Quotient};
use undertow_native::msm::kernel::Narrow;
use undertow_native::msm::{Bases, Scalars};
use undertow_native::words::Generic;

const BITS: u32 = 10;
const HASHES: usize = 100;
const SIGNATURES: u64 = 10;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [kernel, times] = &arguments[..] else { panic!("give a kernel and a number of runs") };
    let times: usize = times.parse().expect("a number of runs");
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).use_current_thread();
    pool.build_global().expect("the first pool of this process");
    let mut run = match kernel.as_str() {
        "g1_sum_2_10" => g1_sum(),
        "transform_2_10" => Plain::<Generic>::transform(BITS).expect("a domain of 2^10"),
        "poseidon_100" => hashes(),
        "eddsa_verify_10" => verifications(),
        other => panic!("no kernel is called {other}"),
    };
    (0..times).for_each(|_| run());
}

fn g1_sum() -> Box<dyn FnMut()> {
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    let generator = G1Affine::generator();
    let multiples: Vec<G1Projective> =
        std::iter::successors(Some(generator.into()), |last: &G1Projective| {
            Some(*last + generator)
        })
        .take(1 << BITS)
        .collect();
    let points = G1Projective::normalize_batch(&multiples);
    let words: Vec<_> = points.iter().map(|_| Fr::rand(&mut rng).into_bigint().0).collect();
    let bases = Bases::<Narrow<g1::Config, Generic>>::new(&points, 0);
    Box::new(move || {
        let _ = black_box(bases.msm(&Scalars::new(&words)));
    })
}

fn hashes() -> Box<dyn FnMut()> {
    let mut rng = ChaCha20Rng::seed_from_u64(2);
    let inputs: Vec<Fr> = (0..2 * HASHES).map(|_| Fr::rand(&mut rng)).collect();
    poseidon::hash(Fr::from(0), &[Fr::from(0); 2]);
    Box::new(move || {
        black_box(poseidon::hash_many(Fr::from(0u64), 2, &inputs));
    })
}

/// Keys are checked as well as signatures, as at intake.
fn verifications() -> Box<dyn FnMut()> {
    let signed: Vec<_> = (1..=SIGNATURES).map(signed).collect();
    Box::new(move || {
        for (key, message, signature) in &signed {
            let key = Key::new(key).expect("a key of the subgroup");
            assert!(key.verify(message, signature));
        }
    })
}

/// A public key, a message and its signature: S = r + 8·H(R8, A, M)·a.
fn signed(secret: u64) -> (Vec<u8>, Vec<u8>, Vec<u8>) {
    let (nonce, message) = (BigInt::from(secret + 1000), Fr::from(secret));
    let (key, r8) = (times_base8(BigInt::from(secret)).to_affine(), times_base8(nonce).to_affine());
    let challenge = poseidon::hash(Fr::from(0u64), &[r8.0, r8.1, key.0, key.1, message]);
    let challenge = reduced(challenge.into_bigint());
    let s = (0..8 * secret).fold(nonce, |mut sum, _| {
        sum.add_with_carry(&challenge);
        reduced(sum)
    });
    let mut signature = words(&[r8.0, r8.1]);
    signature.extend(s.to_bytes_be());
    (words(&[key.0, key.1]), words(&[message]), signature)
}

fn reduced(mut value: BigInt<4>) -> BigInt<4> {
    while value >= SUBGROUP_ORDER {
        value.sub_with_borrow(&SUBGROUP_ORDER);
    }
    value
}

fn words(values: &[Fr]) -> Vec<u8> {
    let mut out = Vec::new();
    values.iter().for_each(|value| word::write(&mut out, *value));
    out
}
