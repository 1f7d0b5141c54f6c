//! Groth16: a witness against its constraints, a proof, and its verification.
#![forbid(unsafe_code)]

pub mod check;
pub mod engines;
pub mod prove;
pub mod quotient;
#[cfg(target_arch = "x86_64")]
pub mod quotient_lanes;
pub mod rows;
pub mod timing;
pub mod transform;
pub mod verify;
