//! Undertow's native core: witnesses, Groth16 keys and proofs, Poseidon, EdDSA, Merkle trees.
//!
//! Read down; a module imports from lines above its own alone (`tests/native/test_imports.py`):
//!
//! 1. `fault` (what is wrong with bytes), `memory` (large arrays), `words` (arithmetic on 64 bits).
//! 2. `ifma`, `quad` (arithmetic in lanes), `curve` (points as words and from hashes, keys that verify).
//! 3. `msm` (sums of multiples), `files` (iden3's formats).
//! 4. `keys` (setup), `groth16` (check, prove, verify), `tape` (witnesses), `crypto` (what the
//!    matcher needs for each order).
//! 5. `python`, the boundary, which `undertow_native.pyi` documents.

pub mod crypto;
pub mod curve;
pub mod fault;
pub mod files;
pub mod groth16;
#[cfg(target_arch = "x86_64")]
pub mod ifma;
pub mod keys;
pub mod memory;
pub mod msm;
#[cfg(feature = "extension-module")]
mod python;
#[cfg(target_arch = "x86_64")]
pub mod quad;
pub mod tape;
pub mod words;

#[cfg(all(test, not(feature = "extension-module")))]
extern crate self as undertow_native;
#[cfg(all(test, not(feature = "extension-module")))]
#[path = "../tests/mod.rs"]
mod tests;

#[cfg(feature = "extension-module")]
#[pyo3::pymodule]
fn undertow_native(module: &pyo3::Bound<'_, pyo3::types::PyModule>) -> pyo3::PyResult<()> {
    python::register(module)
}
