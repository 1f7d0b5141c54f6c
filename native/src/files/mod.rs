//! Circuits, witnesses, keys and powers of tau in the formats of circom and snarkjs.

pub mod binary;
pub mod circuit_hash;
pub mod contributions;
pub mod elements;
pub mod map;
pub mod past_the_end;
pub mod ptau;
pub mod ptau_log;
pub mod r1cs;
pub mod wtns;
pub mod zkey;
