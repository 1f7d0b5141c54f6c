//! Undertow's native core: Groth16 keys and proofs, Poseidon, BabyJubJub, Merkle trees.
//!
//! The boundary to Python takes and returns bytes; `undertow_native.pyi` documents it.
pub mod babyjubjub;
pub mod binary;
pub mod check;
pub mod circuit_hash;
pub mod contributions;
pub mod dot;
pub mod eddsa;
pub mod edwards;
pub mod elements;
pub mod fixed_base;
pub mod grain;
pub mod hash_to_curve;
#[cfg(target_arch = "x86_64")]
pub mod ifma;
pub mod map;
pub mod memory;
pub mod merkle;
mod merkle_nodes;
pub mod msm;
pub mod past_the_end;
pub mod phase2;
pub mod poseidon;
#[cfg(target_arch = "x86_64")]
mod poseidon_lanes;
pub mod prove;
pub mod ptau;
#[cfg(feature = "extension-module")]
mod python_files;
#[cfg(feature = "extension-module")]
mod python_protocol;
#[cfg(feature = "extension-module")]
mod python_prove;
#[cfg(feature = "extension-module")]
mod python_tree;
#[cfg(feature = "extension-module")]
mod python_witness;
pub mod quotient;
pub mod r1cs;
pub mod setup;
pub mod snapshot;
pub mod sparse;
pub mod tape;
pub mod verify;
pub mod word;
pub mod words;
pub mod wtns;
pub mod zkey;

#[cfg(feature = "extension-module")]
#[pyo3::pymodule]
fn undertow_native(module: &pyo3::Bound<'_, pyo3::types::PyModule>) -> pyo3::PyResult<()> {
    python_files::register(module)?;
    python_prove::register(module)?;
    python_protocol::register(module)?;
    python_tree::register(module)?;
    python_witness::register(module)
}
