//! Proving keys: development keys from a seed, and phase 2 from powers of tau.
#![forbid(unsafe_code)]

pub mod fixed_base;
pub mod phase2;
mod powers;
pub mod setup;
