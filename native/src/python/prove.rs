//! Proving keys at the boundary to Python, and the seconds that the prover's parts take.
#![forbid(unsafe_code)]

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
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
use super::process::own_threads;
use super::{content, seed32};
use crate::curve::proof::Proof;
use crate::curve::verifying_key::VerifyingKey;
use crate::curve::words::{WORD, put_number, scalar};
use crate::fault;
use crate::files::r1cs::R1cs;
use crate::files::wtns;
use crate::files::zkey::{self, Zkey};
use crate::groth16::check::Checker;
use crate::groth16::engines;
use crate::groth16::prove::{self, ProveError};
use crate::groth16::quotient::from_words;
use crate::groth16::verify::verify;

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
    engines::fastest(usize::MAX).name()
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
                key: engines::fastest(key.domain).prepare(&key)?,
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
        engines::fastest(self.domain).name()
    }

    #[pyo3(signature = (witness, seed=None, progress=None))]
    fn prove<'py>(
        &self,
        py: Python<'py>,
        witness: &Bound<'py, PyAny>,
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
        own_threads()?;
        let witness = content(witness)?;
        let (made, raised) = py.detach(|| -> PyResult<_> {
            let values = wtns::read_words(&witness)?;
            let (proof, raised) = self.ask_along(&values, r, s, progress.as_ref());
            // A proof was made, so the witness has the key's wires.
            let shown = if proof.is_ok() { &values[1..=self.public] } else { &[] };
            let mut public = Vec::with_capacity(shown.len() * WORD);
            shown.iter().for_each(|words| put_number(&mut public, from_words(*words)));
            Ok(((proof, public), raised))
        })?;
        if let Some(error) = raised {
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

impl Prover {
    /// Proves on the pool's threads, while the caller's own thread tells `progress` of each stage
    /// and looks for signals, which are Python's main thread's. The pool waits for neither, so
    /// that `progress` may prove. Returns what the pool made, and the first exception: after it
    /// no stage is told of, and no part of a sum begins.
    fn ask_along(
        &self,
        values: &[[u64; 4]],
        r: Fr,
        s: Fr,
        progress: Option<&Py<PyAny>>,
    ) -> (Result<Proof, ProveError>, Option<PyErr>) {
        let mut made = Err(ProveError::Stopped);
        let mut raised = None;
        let stopped = AtomicBool::new(false);
        let (sender, begun) = mpsc::channel::<String>();
        rayon::in_place_scope(|scope| {
            let (made, stopped) = (&mut made, &stopped);
            scope.spawn(move |_| {
                *made = self.key.prove(values, r, s, &Told { sender, stopped });
            });
            loop {
                let heard = begun.recv_timeout(PATIENCE);
                if raised.is_none() {
                    raised = Python::attach(|py| {
                        py.check_signals()?;
                        if let (Ok(stage), Some(call)) = (&heard, progress) {
                            call.call1(py, (stage,))?;
                        }
                        Ok(())
                    })
                    .err();
                    stopped.store(raised.is_some(), Ordering::Relaxed);
                }
                if heard == Err(RecvTimeoutError::Disconnected) {
                    break;
                }
            }
        });
        (made, raised)
    }
}

/// Hands the stages over, and knows whether the proof is still wanted.
struct Told<'a> {
    sender: Sender<String>,
    stopped: &'a AtomicBool,
}

impl prove::Watch for Told<'_> {
    fn begins(&self, stage: &str) {
        // Who listens does so until the sender is gone.
        let _ = self.sender.send(stage.to_owned());
    }

    fn wanted(&self) -> bool {
        !self.stopped.load(Ordering::Relaxed)
    }
}

/// Whether a proof shows the public signals under a verifying key.
#[pyfunction]
fn verify_proof(
    py: Python<'_>,
    verifying_key: &Bound<'_, PyAny>,
    public: &Bound<'_, PyAny>,
    proof: &Bound<'_, PyAny>,
) -> PyResult<bool> {
    let (key, public, proof) = (content(verifying_key)?, content(public)?, content(proof)?);
    py.detach(|| {
        let key = VerifyingKey::from_words(&key)?;
        let proof = Proof::from_words(&proof)?;
        if !public.len().is_multiple_of(WORD) {
            return Err(PyValueError::new_err("numbers have 32 bytes"));
        }
        let public: Vec<Fr> =
            public.chunks_exact(WORD).map(scalar).collect::<fault::Result<_>>()?;
        Ok(verify(&key, &public, &proof))
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

    fn first_unsatisfied(
        &self,
        py: Python<'_>,
        witness: &Bound<'_, PyAny>,
    ) -> PyResult<Option<usize>> {
        own_threads()?;
        let witness = content(witness)?;
        py.detach(|| Ok(self.checker.first_unsatisfied(&wtns::read(&witness)?)?))
    }
}

/// The seconds of a sum of multiples in the first group: `points` different points, full scalars.
#[pyfunction]
fn time_sum(py: Python<'_>, points: usize) -> PyResult<f64> {
    own_threads()?;
    if points > zkey::LARGEST_DOMAIN {
        return Err(PyValueError::new_err("sums have at most 2^27 points"));
    }
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
        let sum = engines::fastest(points).sum(&multiples, &scalars);
        Ok(seconds(|| {
            let _ = sum();
        }))
    })
}

/// The seconds of one transform of 2^bits elements: half a passage to the odd coset.
#[pyfunction]
fn time_transform(py: Python<'_>, bits: u32) -> PyResult<f64> {
    own_threads()?;
    if !(engines::LEAST_BITS..28).contains(&bits) {
        return Err(PyValueError::new_err("transforms have 2^6 to 2^27 elements"));
    }
    py.detach(|| {
        let mut transforms = engines::fastest(1 << bits).transform(bits)?;
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
