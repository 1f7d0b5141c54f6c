//! Undertow's native core: Groth16 keys and proofs, Poseidon, BabyJubJub, Merkle trees.
//!
//! The boundary to Python takes and returns bytes; `undertow_native.pyi` documents it.

pub mod babyjubjub;
pub mod binary;
pub mod check;
pub mod dot;
pub mod eddsa;
pub mod edwards;
pub mod grain;
#[cfg(target_arch = "x86_64")]
pub mod ifma;
pub mod memory;
pub mod merkle;
mod merkle_nodes;
pub mod msm;
pub mod poseidon;
#[cfg(target_arch = "x86_64")]
mod poseidon_lanes;
pub mod prove;
mod python_prove;
mod python_protocol;
mod python_tree;
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

use std::fs;

use ark_bn254::Fr;
use pyo3::exceptions::{PyOSError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use binary::FormatError;
use verify::{VerifyingKey, WORD, put_number, scalar};

impl From<FormatError> for PyErr {
    fn from(error: FormatError) -> Self {
        PyValueError::new_err(error.to_string())
    }
}

fn load(path: &str) -> PyResult<Vec<u8>> {
    fs::read(path).map_err(|error| PyOSError::new_err(format!("{path}: {error}")))
}

fn seed32(seed: &[u8]) -> PyResult<[u8; 32]> {
    seed.try_into().map_err(|_| PyValueError::new_err("a seed has 32 bytes"))
}

fn scalars(words: &[u8]) -> PyResult<Vec<Fr>> {
    if !words.len().is_multiple_of(WORD) {
        return Err(PyValueError::new_err("numbers have 32 bytes"));
    }
    Ok(words.chunks_exact(WORD).map(scalar).collect::<binary::Result<_>>()?)
}

/// Writes a development key of a circuit.
#[pyfunction]
fn setup_key(
    py: Python<'_>,
    r1cs_path: &str,
    zkey_path: &str,
    seed: &[u8],
    progress: Option<Py<PyAny>>,
) -> PyResult<()> {
    let seed = seed32(seed)?;
    let report = |stage: &str| {
        if let Some(call) = &progress {
            Python::attach(|py| {
                if let Err(error) = call.call1(py, (stage,)) {
                    error.write_unraisable(py, None);
                }
            });
        }
    };
    py.detach(|| {
        report("reading the constraints");
        let circuit = r1cs::R1cs::read(&load(r1cs_path)?)?;
        let key = setup::setup(&circuit, seed, &report)?;
        report("writing the key");
        fs::write(zkey_path, key.write())
            .map_err(|error| PyOSError::new_err(format!("{zkey_path}: {error}")))
    })
}

/// Whether a proof shows the public signals under a verifying key.
#[pyfunction]
fn verify_proof(
    py: Python<'_>,
    verifying_key: &[u8],
    public: &[u8],
    proof: &[u8],
) -> PyResult<bool> {
    py.detach(|| {
        let key = VerifyingKey::from_words(verifying_key)?;
        let proof = prove::Proof::from_words(proof)?;
        Ok(key.verify(&scalars(public)?, &proof))
    })
}

/// A circuit's constraints in memory.
#[pyclass(frozen)]
struct Constraints {
    checker: check::Checker,
}

#[pymethods]
impl Constraints {
    #[new]
    fn new(py: Python<'_>, r1cs_path: &str) -> PyResult<Self> {
        py.detach(|| {
            Ok(Self { checker: check::Checker::new(&r1cs::R1cs::read(&load(r1cs_path)?)?)? })
        })
    }

    fn __len__(&self) -> usize {
        self.checker.constraints()
    }

    fn first_unsatisfied(&self, py: Python<'_>, witness: &[u8]) -> PyResult<Option<usize>> {
        py.detach(|| Ok(self.checker.first_unsatisfied(&wtns::read(witness)?)?))
    }
}

#[pymodule]
fn undertow_native(module: &Bound<'_, PyModule>) -> PyResult<()> {
    python_prove::register(module)?;
    module.add_class::<Constraints>()?;
    module.add_function(wrap_pyfunction!(setup_key, module)?)?;
    module.add_function(wrap_pyfunction!(verify_proof, module)?)?;
    python_protocol::register(module)?;
    python_tree::register(module)?;
    python_witness::register(module)?;
    Ok(())
}
