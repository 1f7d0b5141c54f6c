//! Groth16: a witness against its constraints, a proof, and its verification.
#![forbid(unsafe_code)]

pub mod check;
pub mod prove;
pub mod quotient;
pub mod rows;
pub mod transform;
pub mod verify;
