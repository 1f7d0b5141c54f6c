//! The hash that snarkjs prints as "Circuit Hash": blake2b of the key that phase 2 begins with.
#![forbid(unsafe_code)]

use ark_bn254::{G1Affine, G1Projective};
use ark_ec::{AffineRepr, CurveGroup};
use blake2::{Blake2b512, Digest};

use crate::curve::words::of_points;
use crate::fault::Result;
use crate::files::contributions::HASH;
use crate::files::past_the_end;
use crate::files::ptau::Ptau;
use crate::files::zkey::Zkey;

/// snarkjs hashes the differences for H in chunks of this many; see `differences`.
const CHUNK: usize = 1 << 14;

/// The hash of a key without contributions; the powers of tau are those that it was made from.
pub fn circuit_hash(key: &Zkey, ptau: &Ptau<'_>) -> Result<[u8; HASH]> {
    let mut hasher = Blake2b512::new();
    hasher.update(of_points(&[key.alpha1, key.beta1], &[key.beta2, key.gamma2]));
    hasher.update(of_points(&[key.delta1], &[key.delta2]));
    let count = |hasher: &mut Blake2b512, count: usize| hasher.update((count as u32).to_be_bytes());
    let points = |hasher: &mut Blake2b512, points: &[G1Affine]| {
        count(hasher, points.len());
        points.chunks(CHUNK).for_each(|chunk| hasher.update(of_points(chunk, &[])));
    };
    points(&mut hasher, &key.ic);
    count(&mut hasher, key.domain - 1);
    for chunk in differences(key.domain, ptau)?.chunks(CHUNK) {
        hasher.update(of_points(chunk, &[]));
    }
    points(&mut hasher, &key.c);
    points(&mut hasher, &key.a);
    points(&mut hasher, &key.b1);
    count(&mut hasher, key.b2.len());
    key.b2.chunks(CHUNK).for_each(|chunk| hasher.update(of_points(&[], chunk)));
    Ok(hasher.finalize().into())
}

/// tau^(domain + i) - tau^i for each i below domain - 1.
///
/// snarkjs hashes whole chunks, so a domain of more than one chunk takes one difference more. When
/// the domain is as large as the ceremony allows, that one reads a point past the section's end.
fn differences(domain: usize, ptau: &Ptau<'_>) -> Result<Vec<G1Affine>> {
    let wanted = if domain - 1 > CHUNK { domain } else { domain - 1 };
    let there = wanted.min(ptau.tau1.len() - domain);
    let low = ptau.tau1.g1(0..wanted)?;
    let high = ptau.tau1.g1(domain..domain + there)?;
    let sums: Vec<G1Projective> =
        high.iter().zip(&low).map(|(high, low)| high.into_group() - low).collect();
    let mut all = G1Projective::normalize_batch(&sums);
    if there < wanted {
        let Some(bytes) = ptau.after_tau1 else {
            return ptau.tau1.fault("is the file's last: snarkjs cannot hash this circuit with it");
        };
        all.push(past_the_end::difference(bytes, &low[there]));
    }
    Ok(all)
}
