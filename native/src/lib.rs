//! Undertow's native core: Groth16 keys and proofs, Poseidon, BabyJubJub.
//!
//! The boundary to Python takes and returns bytes; `prover/native.py` and
//! `undertow/protocol/native.py` give them their types.

pub mod babyjubjub;
pub mod binary;
pub mod circuit_hash;
pub mod contributions;
pub mod elements;
pub mod fixed_base;
pub mod hash_to_curve;
pub mod map;
pub mod msm;
pub mod past_the_end;
pub mod phase2;
pub mod poseidon;
pub mod prove;
pub mod ptau;
pub mod python_files;
pub mod r1cs;
pub mod setup;
pub mod verify;
pub mod wtns;
pub mod zkey;

use ark_bn254::Fr;
use ark_ff::UniformRand;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use rand::SeedableRng;
use rand::rngs::OsRng;
use rand_chacha::ChaCha20Rng;

use binary::FormatError;
use python_files::read;
use verify::{VerifyingKey, WORD, put_number, scalar};

impl From<FormatError> for PyErr {
    fn from(error: FormatError) -> Self {
        PyValueError::new_err(error.to_string())
    }
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

/// A proving key in memory.
#[pyclass(frozen)]
struct Prover {
    key: zkey::Zkey,
}

#[pymethods]
impl Prover {
    #[new]
    fn new(py: Python<'_>, zkey_path: &str) -> PyResult<Self> {
        py.detach(|| Ok(Self { key: read(zkey_path, zkey::Zkey::read)? }))
    }

    #[getter]
    fn domain_size(&self) -> usize {
        self.key.domain
    }

    fn verifying_key<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &VerifyingKey::of(&self.key).to_words())
    }

    #[pyo3(signature = (witness, seed=None))]
    fn prove<'py>(
        &self,
        py: Python<'py>,
        witness: &[u8],
        seed: Option<&[u8]>,
    ) -> PyResult<(Bound<'py, PyBytes>, Bound<'py, PyBytes>)> {
        let (r, s) = match seed {
            Some(seed) => {
                let mut rng = ChaCha20Rng::from_seed(seed32(seed)?);
                (Fr::rand(&mut rng), Fr::rand(&mut rng))
            }
            None => (Fr::rand(&mut OsRng), Fr::rand(&mut OsRng)),
        };
        let (proof, public) = py.detach(|| -> PyResult<_> {
            let values = wtns::read(witness)?;
            let proof = prove::prove(&self.key, &values, r, s)?;
            let mut public = Vec::new();
            values[1..=self.key.public].iter().for_each(|value| put_number(&mut public, *value));
            Ok((proof.to_words(), public))
        })?;
        Ok((PyBytes::new(py, &proof), PyBytes::new(py, &public)))
    }
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
    r1cs: r1cs::R1cs,
}

#[pymethods]
impl Constraints {
    #[new]
    fn new(py: Python<'_>, r1cs_path: &str) -> PyResult<Self> {
        py.detach(|| Ok(Self { r1cs: read(r1cs_path, r1cs::R1cs::read)? }))
    }

    fn __len__(&self) -> usize {
        self.r1cs.constraints.len()
    }

    fn first_unsatisfied(&self, py: Python<'_>, witness: &[u8]) -> PyResult<Option<usize>> {
        py.detach(|| {
            let values = wtns::read(witness)?;
            if values.len() != self.r1cs.wires {
                return Err(PyValueError::new_err(format!(
                    "the witness has {} wires, the circuit {}",
                    values.len(),
                    self.r1cs.wires
                )));
            }
            Ok(self.r1cs.first_unsatisfied(&values))
        })
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
        let permutation =
            poseidon::Permutation { width, constants: scalars(constants)?, matrix: scalars(matrix)? };
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
    module.add_class::<Prover>()?;
    module.add_class::<Constraints>()?;
    module.add_class::<Poseidon>()?;
    python_files::register(module)?;
    module.add_function(wrap_pyfunction!(verify_proof, module)?)?;
    module.add_function(wrap_pyfunction!(multiply, module)?)?;
    Ok(())
}
