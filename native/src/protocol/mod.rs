//! What the matcher computes for each order; `undertow/protocol/` is the specification.

pub mod babyjubjub;
pub mod dot;
pub mod eddsa;
pub mod edwards;
pub mod grain;
pub mod merkle;
mod merkle_nodes;
pub mod poseidon;
#[cfg(target_arch = "x86_64")]
mod poseidon_lanes;
pub mod snapshot;
pub mod sparse;
pub mod word;
