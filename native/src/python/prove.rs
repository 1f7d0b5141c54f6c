//! Proving keys at the boundary to Python, and the seconds that the prover's parts take.
#![forbid(unsafe_code)]

use std::sync::Mutex;
use std::sync::mpsc::RecvTimeoutError;
use std::time::{Duration, Instant};

use ark_bn254::{Fr, G1Affine};
use ark_ec::AffineRepr;
use ark_ff::{PrimeField, UniformRand};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use rand::SeedableRng;
use rand::rngs::OsRng;
use rand_chacha::ChaCha20Rng;

use super::files::read;
use super::seed32;
use crate::files::binary;
use crate::files::r1cs::R1cs;
use crate::files::wtns;
use crate::files::zkey::Zkey;
use crate::groth16::check::Checker;
use crate::groth16::prove::{self, ProveError};
use crate::groth16::quotient::from_words;
use crate::groth16::verify::{VerifyingKey, WORD, put_number, scalar};

pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<Prover>()?;
    module.add_class::<Constraints>()?;
    module.add_function(wrap_pyfunction!(verify_proof, module)?)?;
    module.add_function(wrap_pyfunction!(arithmetic, module)?)?;
    module.add_function(wrap_pyfunction!(time_sum, module)?)?;
    module.add_function(wrap_pyfunction!(time_transform, module)?)
}

/// The name of the arithmetic that large keys prove with on this machine.
#[pyfunction]
fn arithmetic() -> &'static str {
    prove::fastest(usize::MAX).name()
}

/// A proving key in memory.
#[pyclass(frozen)]
struct Prover {
    key: Box<dyn prove::ProvingKey>,
    public: usize,
    domain: usize,
}

#[pymethods]
impl Prover {
    #[new]
    fn new(py: Python<'_>, zkey_path: &str) -> PyResult<Self> {
        py.detach(|| {
            let key = read(zkey_path, Zkey::read)?;
            Ok(Self {
                key: prove::fastest(key.domain).prepare(&key)?,
                public: key.public,
                domain: key.domain,
            })
        })
    }

    #[getter]
    fn domain_size(&self) -> usize {
        self.domain
    }

    #[getter]
    fn arithmetic(&self) -> &'static str {
        prove::fastest(self.domain).name()
    }

    #[pyo3(signature = (witness, seed=None, progress=None))]
    fn prove<'py>(
        &self,
        py: Python<'py>,
        witness: &[u8],
        seed: Option<&[u8]>,
        progress: Option<Py<PyAny>>,
    ) -> PyResult<(Bound<'py, PyBytes>, Bound<'py, PyBytes>)> {
        let (r, s) = match seed {
            Some(seed) => {
                let mut rng = ChaCha20Rng::from_seed(seed32(seed)?);
                (Fr::rand(&mut rng), Fr::rand(&mut rng))
            }
            None => (Fr::rand(&mut OsRng), Fr::rand(&mut OsRng)),
        };
        let raised = Mutex::new(None);
        let watch = |stage: &str| {
            // Once stopped, nobody is told of, and nothing begins, another stage.
            if raised.lock().map_or(true, |slot| slot.is_some()) {
                return false;
            }
            let Some(call) = &progress else { return true };
            let told = Python::attach(|py| call.call1(py, (stage,)).map(drop));
            keep_first(&raised, told)
        };
        let made = py.detach(|| -> PyResult<_> {
            let values = wtns::read_words(witness)?;
            let (sender, made) = std::sync::mpsc::channel();
            // Signals are Python's main thread's: the caller waits and asks for them.
            let proof = rayon::in_place_scope(|scope| {
                scope.spawn(|_| drop(sender.send(self.key.prove(&values, r, s, &watch))));
                loop {
                    match made.recv_timeout(PATIENCE) {
                        Ok(proof) => return Some(proof),
                        Err(RecvTimeoutError::Disconnected) => return None,
                        Err(RecvTimeoutError::Timeout) => {
                            keep_first(&raised, Python::attach(|py| py.check_signals()));
                        }
                    }
                }
            });
            let proof = proof.unwrap_or(Err(ProveError::Stopped));
            // A proof was made, so the witness has the key's wires.
            let shown = if proof.is_ok() { &values[1..=self.public] } else { &[] };
            let mut public = Vec::with_capacity(shown.len() * WORD);
            shown.iter().for_each(|words| put_number(&mut public, from_words(*words)));
            Ok((proof, public))
        })?;
        if let Ok(Some(error)) = raised.into_inner() {
            return Err(error);
        }
        let (proof, public) = match made {
            (Ok(proof), public) => (proof.to_words(), public),
            (Err(ProveError::Format(error)), _) => return Err(error.into()),
            (Err(ProveError::Stopped), _) => return Err(PyValueError::new_err("stopped")),
        };
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
        if !public.len().is_multiple_of(WORD) {
            return Err(PyValueError::new_err("numbers have 32 bytes"));
        }
        let public: Vec<Fr> =
            public.chunks_exact(WORD).map(scalar).collect::<binary::Result<_>>()?;
        Ok(key.verify(&public, &proof))
    })
}

/// A circuit's constraints in memory.
#[pyclass(frozen)]
struct Constraints {
    checker: Checker,
}

#[pymethods]
impl Constraints {
    #[new]
    fn new(py: Python<'_>, r1cs_path: &str) -> PyResult<Self> {
        py.detach(|| Ok(Self { checker: Checker::new(&read(r1cs_path, R1cs::read)?)? }))
    }

    fn __len__(&self) -> usize {
        self.checker.constraints()
    }

    fn first_unsatisfied(&self, py: Python<'_>, witness: &[u8]) -> PyResult<Option<usize>> {
        py.detach(|| Ok(self.checker.first_unsatisfied(&wtns::read(witness)?)?))
    }
}

/// The seconds of a sum of multiples in the first group: `points` different points, full scalars.
#[pyfunction]
fn time_sum(py: Python<'_>, points: usize) -> f64 {
    py.detach(|| {
        let mut rng = ChaCha20Rng::from_seed([1; 32]);
        let generator = G1Affine::generator();
        let start = generator * Fr::rand(&mut rng);
        let multiples: Vec<_> = (0..points)
            .scan(start, |sum, _| {
                *sum += generator;
                Some(*sum)
            })
            .collect();
        let multiples = ark_ec::CurveGroup::normalize_batch(&multiples);
        let scalars: Vec<_> = (0..points).map(|_| Fr::rand(&mut rng).into_bigint().0).collect();
        let sum = prove::fastest(points).sum(&multiples, &scalars);
        seconds(|| {
            let _ = sum();
        })
    })
}

/// The seconds of one transform of 2^bits elements: half a passage to the odd coset.
#[pyfunction]
fn time_transform(py: Python<'_>, bits: u32) -> PyResult<f64> {
    if !(prove::LEAST_BITS..28).contains(&bits) {
        return Err(PyValueError::new_err("transforms have 2^6 to 2^27 elements"));
    }
    py.detach(|| {
        let mut transforms = prove::fastest(1 << bits).transform(bits)?;
        Ok(seconds(&mut *transforms) / 2.0)
    })
}

/// Runs once for the caches, then measures.
pub fn seconds(mut run: impl FnMut()) -> f64 {
    run();
    let started = Instant::now();
    run();
    started.elapsed().as_secs_f64()
}

/// How long a caller waits between two looks at the signals.
const PATIENCE: Duration = Duration::from_millis(50);

/// Keeps the first exception; whether there was none.
fn keep_first(slot: &Mutex<Option<PyErr>>, told: PyResult<()>) -> bool {
    match (told, slot.lock()) {
        (Ok(()), _) => true,
        (Err(error), Ok(mut slot)) => {
            slot.get_or_insert(error);
            false
        }
        (Err(_), Err(_)) => false,
    }
}
