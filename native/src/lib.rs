//! Undertow's native core: Groth16 keys and proofs, Poseidon, BabyJubJub.
//!
//! The boundary to Python takes and returns bytes; `prover/native.py` and
//! `undertow/protocol/native.py` give them their types.

pub mod babyjubjub;
pub mod binary;
pub mod check;
#[cfg(target_arch = "x86_64")]
pub mod ifma;
pub mod memory;
pub mod msm;
pub mod poseidon;
pub mod prove;
mod python_prove;
mod python_witness;
pub mod quotient;
pub mod r1cs;
pub mod setup;
pub mod tape;
pub mod verify;
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

/// Poseidon of one width, with the caller's constants.
#[pyclass(frozen)]
struct Poseidon {
    permutation: poseidon::Permutation,
}

#[pymethods]
impl Poseidon {
    #[new]
    fn new(width: usize, constants: &[u8], matrix: &[u8]) -> PyResult<Self> {
        let permutation = poseidon::Permutation {
            width,
            constants: scalars(constants)?,
            matrix: scalars(matrix)?,
        };
        let fits = width > 0
            && permutation.matrix.len() == width * width
            && permutation.constants.len().is_multiple_of(width)
            && permutation.constants.len() >= 8 * width;
        if fits { Ok(Self { permutation }) } else { Err(PyValueError::new_err("wrong sizes")) }
    }

    fn hash<'py>(&self, py: Python<'py>, state: &[u8]) -> PyResult<Bound<'py, PyBytes>> {
        let mut state = scalars(state)?;
        if state.len() != self.permutation.width {
            return Err(PyValueError::new_err("the state has another width"));
        }
        let mut out = Vec::with_capacity(WORD);
        put_number(&mut out, self.permutation.hash(&mut state));
        Ok(PyBytes::new(py, &out))
    }
}

/// The multiple of a BabyJubJub point by a big-endian scalar.
#[pyfunction]
fn multiply<'py>(py: Python<'py>, point: &[u8], scalar: &[u8]) -> PyResult<Bound<'py, PyBytes>> {
    let [x, y] = scalars(point)?[..] else {
        return Err(PyValueError::new_err("a point has two coordinates"));
    };
    let (x, y) = babyjubjub::multiply(x, y, scalar);
    let mut out = Vec::with_capacity(2 * WORD);
    put_number(&mut out, x);
    put_number(&mut out, y);
    Ok(PyBytes::new(py, &out))
}

#[pymodule]
fn undertow_native(module: &Bound<'_, PyModule>) -> PyResult<()> {
    python_prove::register(module)?;
    module.add_class::<Constraints>()?;
    module.add_class::<Poseidon>()?;
    module.add_function(wrap_pyfunction!(setup_key, module)?)?;
    module.add_function(wrap_pyfunction!(verify_proof, module)?)?;
    module.add_function(wrap_pyfunction!(multiply, module)?)?;
    python_witness::register(module)?;
    Ok(())
}
