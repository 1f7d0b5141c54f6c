//! Proving keys: development keys from a seed, and phase 2 from powers of tau.
#![forbid(unsafe_code)]

mod first_challenge;
pub mod fixed_base;
pub mod phase2;
mod powers;
pub mod powers_log;
pub mod setup;
