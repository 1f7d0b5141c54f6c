//! Whole proofs: rows, transforms and the four sums. All engines of this machine have to make the
//! same proof, and it has to verify.

use std::sync::atomic::{AtomicUsize, Ordering};

use ark_bn254::Fr;
use ark_ff::{One, PrimeField, UniformRand, Zero};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha20Rng;
use undertow_native::files::r1cs::{Header, R1cs, Row};
use undertow_native::groth16::engines::engines;
use undertow_native::groth16::prove::{ProveError, Watch};
use undertow_native::groth16::verify::verify;
use undertow_native::keys::setup::setup;

use super::many;

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

/// Wants a proof until it was asked so many times.
struct Patience {
    asked: AtomicUsize,
    most: usize,
}

impl Patience {
    fn of(most: usize) -> Self {
        Self { asked: AtomicUsize::new(0), most }
    }
}

impl Watch for Patience {
    fn begins(&self, _: &str) {}

    fn wanted(&self) -> bool {
        self.asked.fetch_add(1, Ordering::Relaxed) < self.most
    }
}

fn check(seed: u64, lengths: &[usize]) {
    let mut rng = ChaCha20Rng::seed_from_u64(seed);
    let (r1cs, witness) = circuit(&mut rng, lengths);
    let key = setup(&r1cs, [7; 32], &|_| Ok(())).expect("a key");
    let words: Vec<_> = witness.iter().map(|value| value.into_bigint().0).collect();
    let (r, s) = (Fr::rand(&mut rng), Fr::rand(&mut rng));
    let proofs = engines(key.domain).into_iter().map(|engine| {
        let prepared = engine.prepare(&key).expect("a key that can be prepared");
        let proof = prepared.prove(&words, r, s, &Patience::of(usize::MAX));
        (engine.name(), proof.unwrap_or_else(|_| panic!("no proof by {}", engine.name())))
    });
    let proofs: Vec<_> = proofs.collect();
    let (last, proof) = proofs.last().expect("an engine");
    assert_eq!(*last, "generic");
    for (name, other) in &proofs {
        assert_eq!(other.to_words(), proof.to_words(), "{name}");
    }
    let key = key.verifying_key();
    let mut public = witness[1..=PUBLIC].to_vec();
    assert!(verify(&key, &public, proof));
    public[0] += Fr::one();
    assert!(!verify(&key, &public, proof));
}

#[test]
fn a_proof_that_is_not_wanted_any_more_ends_at_the_next_part() {
    const STAGES: usize = 5;
    let mut rng = ChaCha20Rng::seed_from_u64(3);
    let (r1cs, witness) = circuit(&mut rng, &[3; 100]);
    let key = setup(&r1cs, [7; 32], &|_| Ok(())).expect("a key");
    let words: Vec<_> = witness.iter().map(|value| value.into_bigint().0).collect();
    for engine in engines(key.domain) {
        let prepared = engine.prepare(&key).expect("a key that can be prepared");
        let prove = |watch: &Patience| prepared.prove(&words, Fr::one(), Fr::one(), watch);
        let patient = Patience::of(usize::MAX);
        assert!(prove(&patient).is_ok());
        let asked = patient.asked.into_inner();
        // The parts of the four sums ask too.
        assert!(asked >= STAGES + 4, "{asked}");
        for most in (0..asked).step_by(many(1, 4)) {
            assert!(matches!(prove(&Patience::of(most)), Err(ProveError::Stopped)), "{most}");
        }
        assert!(prove(&Patience::of(asked)).is_ok());
    }
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
