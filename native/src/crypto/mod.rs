//! What the matcher computes for each order; `undertow/crypto/` is the specification.

pub mod babyjubjub;
pub mod eddsa;
pub mod edwards;
pub mod grain;
pub mod merkle;
mod merkle_nodes;
pub mod poseidon;
#[cfg(target_arch = "x86_64")]
mod poseidon_lanes;
mod poseidon_words;
pub mod snapshot;
mod sparse;
pub mod word;
