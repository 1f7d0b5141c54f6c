//! BN254's points as hashes and the EVM take them, points that a hash gives, and what a verifier
//! is handed: a verifying key and a proof.
#![forbid(unsafe_code)]

pub mod blake2b;
pub mod hash_to_curve;
pub mod proof;
pub mod ratio;
pub mod verifying_key;
pub mod words;
