//! Undertow's native core: witnesses, Groth16 keys and proofs, Poseidon, EdDSA, Merkle trees.
//!
//! Read down: `files` (iden3's formats), `keys` (setup), `tape` (witnesses), `groth16` (check,
//! prove, verify) on `msm` and the two kinds of arithmetic, `ifma` and `words`; `protocol` is what
//! the matcher needs for each order. `python` is the boundary; `undertow_native.pyi` documents it.

pub mod files;
pub mod groth16;
#[cfg(target_arch = "x86_64")]
pub mod ifma;
pub mod keys;
pub mod memory;
pub mod msm;
pub mod protocol;
#[cfg(feature = "extension-module")]
mod python;
pub mod tape;
pub mod words;

#[cfg(feature = "extension-module")]
#[pyo3::pymodule]
fn undertow_native(module: &pyo3::Bound<'_, pyo3::types::PyModule>) -> pyo3::PyResult<()> {
    python::register(module)
}
