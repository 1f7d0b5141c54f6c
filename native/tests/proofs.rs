//! Whole proofs: rows, transforms and the four sums. The fastest kernels of this machine and those
//! on 64-bit words have to make the same proof, and it has to verify.

use ark_bn254::Fr;
use ark_ff::{One, PrimeField, UniformRand, Zero};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha20Rng;
use undertow_native::files::r1cs::{Header, R1cs, Row};
use undertow_native::groth16::prove::fastest;
use undertow_native::groth16::verify::VerifyingKey;
use undertow_native::keys::setup::setup;

const PUBLIC: usize = 3;

fn number(rng: &mut ChaCha20Rng) -> Fr {
    match rng.gen_range(0..5) {
        0 => Fr::zero(),
        1 => Fr::one(),
        2 => -Fr::one(),
        _ => Fr::rand(rng),
    }
}

/// A circuit with rows of those lengths in A and B, each product on a wire of its own.
fn circuit(rng: &mut ChaCha20Rng, lengths: &[usize]) -> (R1cs, Vec<Fr>) {
    let mut witness = vec![Fr::one()];
    witness.extend((0..PUBLIC + 20).map(|_| number(rng)));
    let mut constraints = Vec::new();
    for length in lengths {
        let mut row = || -> Row {
            let wires = witness.len() as u32;
            (0..*length).map(|_| (rng.gen_range(0..wires), number(rng))).collect()
        };
        let (a, b) = (row(), row());
        let value = |row: &Row| -> Fr { row.iter().map(|(w, v)| witness[*w as usize] * v).sum() };
        let product = value(&a) * value(&b);
        constraints.push([a, b, vec![(witness.len() as u32, Fr::one())]]);
        witness.push(product);
    }
    let (wires, header) = (witness.len(), Header::default());
    (R1cs { wires, public: PUBLIC, constraints, header, labels: Vec::new() }, witness)
}

fn check(seed: u64, lengths: &[usize]) {
    let mut rng = ChaCha20Rng::seed_from_u64(seed);
    let (r1cs, witness) = circuit(&mut rng, lengths);
    let key = setup(&r1cs, [7; 32], &|_| ()).expect("a key");
    let words: Vec<_> = witness.iter().map(|value| value.into_bigint().0).collect();
    let (r, s) = (Fr::rand(&mut rng), Fr::rand(&mut rng));
    // No engine takes lanes for a domain of one.
    let [first, second] = [fastest(key.domain), fastest(1)].map(|engine| {
        let prepared = engine.prepare(&key).expect("a key that can be prepared");
        prepared.prove(&words, r, s, &|_| true).expect("a proof")
    });
    assert_eq!(first.to_words(), second.to_words());
    let key = VerifyingKey::of(&key);
    let mut public = witness[1..=PUBLIC].to_vec();
    assert!(key.verify(&public, &first));
    public[0] += Fr::one();
    assert!(!key.verify(&public, &first));
}

#[test]
fn the_smallest_domain_for_lanes() {
    let lengths: Vec<usize> = (0..60).map(|row| row % 7).collect();
    check(1, &lengths);
}

#[test]
fn transforms_on_many_cores_and_rows_reduced_in_parts() {
    let mut lengths: Vec<usize> = (0..4200).map(|row| row % 4).collect();
    // Lanes reduce a row's sum every 256 terms.
    lengths.extend([255, 256, 257, 800]);
    check(2, &lengths);
}
