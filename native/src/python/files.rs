//! Files and keys at the boundary to Python.
//!
//! A missing file is an OSError with its errno, a corrupt one a ValueError that names the file and
//! the section. The GIL is free while files are read and keys made.
#![forbid(unsafe_code)]

use std::cell::RefCell;
use std::fs::File;
use std::io::{self, BufWriter};
use std::path::Path;

use ark_bn254::{Bn254, Fq};
use ark_ec::AffineRepr;
use ark_ec::pairing::Pairing;
use blake2::{Blake2b512, Digest};
use pyo3::exceptions::{PyOSError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};

use super::process::own_threads;
use super::{content, seed32};
use crate::curve::verifying_key::VerifyingKey;
use crate::curve::words::put_number;
use crate::fault::{self, FormatError, fault};
use crate::files::contributions::{HASH, Parameters};
use crate::files::map;
use crate::files::ptau::Ptau;
use crate::files::r1cs::R1cs;
use crate::files::wtns;
use crate::files::zkey::Zkey;
use crate::keys::phase2;
use crate::keys::powers_log;
use crate::keys::setup;

type Progress = Option<Py<PyAny>>;

pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(setup_key, module)?)?;
    module.add_function(wrap_pyfunction!(check_powers, module)?)?;
    module.add_function(wrap_pyfunction!(phase2_start, module)?)?;
    module.add_function(wrap_pyfunction!(phase2_verify, module)?)?;
    module.add_function(wrap_pyfunction!(require_contribution, module)?)?;
    module.add_function(wrap_pyfunction!(zkey_info, module)?)?;
    module.add_function(wrap_pyfunction!(verification_key, module)?)?;
    module.add_function(wrap_pyfunction!(check_verifying_key, module)?)?;
    module.add_function(wrap_pyfunction!(rewrite, module)?)
}

/// Maps a file and parses it; errors carry the path.
pub fn read<T>(path: &str, parse: impl FnOnce(&[u8]) -> fault::Result<T>) -> PyResult<T> {
    own_threads()?;
    let data = map::open(Path::new(path)).map_err(|error| os_error(path, &error))?;
    parse(&data).map_err(|error| PyValueError::new_err(format!("{path}: {error}")))
}

fn write(path: &str, content: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>) -> PyResult<()> {
    map::replace(Path::new(path), content).map_err(|error| os_error(path, &error))
}

/// Python makes a FileNotFoundError and its like of the errno.
fn os_error(path: &str, error: &io::Error) -> PyErr {
    match error.raw_os_error() {
        Some(number) => PyOSError::new_err((number, error.to_string(), path.to_owned())),
        None => PyOSError::new_err(format!("{path}: {error}")),
    }
}

/// Works without the GIL. `progress` is told each stage; what it raises ends the work and is
/// returned, as is an interrupt.
fn telling<T: Send>(
    py: Python<'_>,
    progress: &Progress,
    work: impl FnOnce(setup::Progress<'_>) -> PyResult<T> + Send,
) -> PyResult<T> {
    own_threads()?;
    py.detach(|| {
        let raised = RefCell::new(None);
        let tell = |stage: &str| {
            let told = Python::attach(|py| {
                py.check_signals()?;
                progress.as_ref().map_or(Ok(()), |call| call.call1(py, (stage,)).map(drop))
            });
            told.or_else(|error| {
                raised.replace(Some(error));
                fault("stopped")
            })
        };
        let done = work(&tell);
        raised.into_inner().map_or(done, Err)
    })
}

/// Writes a development key of a circuit.
#[pyfunction]
fn setup_key(
    py: Python<'_>,
    r1cs_path: &str,
    zkey_path: &str,
    seed: &[u8],
    progress: Progress,
) -> PyResult<()> {
    let seed = seed32(seed)?;
    telling(py, &progress, |tell| {
        tell("reading the constraints")?;
        let circuit = read(r1cs_path, R1cs::read)?;
        let key = setup::setup(&circuit, seed, tell)?;
        drop(circuit);
        tell("writing the key")?;
        write(zkey_path, |out| key.write(out))
    })
}

/// Checks who contributed to powers of tau; returns them and the hash of the whole file.
#[pyfunction]
fn check_powers<'py>(
    py: Python<'py>,
    ptau_path: &str,
    progress: Progress,
) -> PyResult<Bound<'py, PyDict>> {
    let (hash, steps) = telling(py, &progress, |tell| {
        let (hash, steps) = read(ptau_path, |data| {
            let steps = powers_log::check(&Ptau::read(data)?, tell)?;
            Ok((hash_of(data, tell)?, steps))
        })?;
        Ok((hash, steps))
    })?;
    let info = PyDict::new(py);
    info.set_item("hash", PyBytes::new(py, &hash))?;
    let list = steps.iter().map(|one| contribution(py, &one.parameters, &one.response));
    info.set_item("contributions", list.collect::<PyResult<Vec<_>>>()?)?;
    Ok(info)
}

/// blake2b of a file, which is how powers of tau are published.
fn hash_of(data: &[u8], tell: setup::Progress<'_>) -> fault::Result<[u8; HASH]> {
    let mut hasher = Blake2b512::new();
    for piece in data.chunks(1 << 26) {
        tell("hash of the file")?;
        hasher.update(piece);
    }
    Ok(hasher.finalize().into())
}

/// Refuses another file than the one that was checked.
fn same_file(data: &[u8], expected: Option<&[u8]>, tell: setup::Progress<'_>) -> fault::Result<()> {
    match expected {
        Some(hash) if hash_of(data, tell)? != *hash => {
            fault("the file is not the one whose contributions were checked")
        }
        _ => Ok(()),
    }
}

/// Writes the key that phase 2 begins with and returns the hash of the circuit.
#[pyfunction]
#[pyo3(signature = (r1cs_path, ptau_path, zkey_path, progress, powers_hash=None))]
fn phase2_start<'py>(
    py: Python<'py>,
    r1cs_path: &str,
    ptau_path: &str,
    zkey_path: &str,
    progress: Progress,
    powers_hash: Option<&[u8]>,
) -> PyResult<Bound<'py, PyBytes>> {
    let hash = telling(py, &progress, |tell| {
        tell("reading the constraints")?;
        let circuit = read(r1cs_path, R1cs::read)?;
        let key = read(ptau_path, |data| {
            same_file(data, powers_hash, tell)?;
            phase2::start(&circuit, &Ptau::read(data)?, tell)
        })?;
        tell("writing the key")?;
        write(zkey_path, |out| key.write(out))?;
        Ok(key.contributions.circuit_hash)
    })?;
    Ok(PyBytes::new(py, &hash))
}

/// Checks that a key came from the circuit and the powers of tau by its contributions.
#[pyfunction]
#[pyo3(signature = (r1cs_path, ptau_path, zkey_path, progress, powers_hash=None))]
fn phase2_verify(
    py: Python<'_>,
    r1cs_path: &str,
    ptau_path: &str,
    zkey_path: &str,
    progress: Progress,
    powers_hash: Option<&[u8]>,
) -> PyResult<()> {
    telling(py, &progress, |tell| {
        tell("reading the key")?;
        let key = read(zkey_path, Zkey::read)?;
        let circuit = read(r1cs_path, R1cs::read)?;
        read(ptau_path, |data| {
            same_file(data, powers_hash, tell)?;
            let ptau = Ptau::read(data)?;
            // Not the ptau's fault: the error must carry the key's path.
            Ok(phase2::verify(&key, &circuit, &ptau, tell))
        })?
        .map_err(|error| PyValueError::new_err(format!("{zkey_path}: {error}")))
    })
}

/// Refuses a key that nobody contributed to, whose gamma is delta or whose chain is broken.
#[pyfunction]
fn require_contribution(py: Python<'_>, zkey_path: &str) -> PyResult<()> {
    py.detach(|| read(zkey_path, |data| phase2::require_contribution(&Zkey::read(data)?)))
}

/// Returns sizes, circuit hash and contributions of a key.
#[pyfunction]
fn zkey_info<'py>(py: Python<'py>, zkey_path: &str) -> PyResult<Bound<'py, PyDict>> {
    let key = py.detach(|| read(zkey_path, Zkey::read))?;
    let info = PyDict::new(py);
    info.set_item("wires", key.wires)?;
    info.set_item("public", key.public)?;
    info.set_item("domain", key.domain)?;
    info.set_item("circuit_hash", PyBytes::new(py, &key.contributions.circuit_hash))?;
    info.set_item("gamma_is_delta", key.gamma2 == key.delta2)?;
    let list = key.contributions.list.iter();
    let list = list.map(|one| contribution(py, &one.parameters, &one.hash()));
    info.set_item("contributions", list.collect::<PyResult<Vec<_>>>()?)?;
    Ok(info)
}

fn contribution<'py>(
    py: Python<'py>,
    parameters: &Parameters,
    hash: &[u8],
) -> PyResult<Bound<'py, PyDict>> {
    let entry = PyDict::new(py);
    entry.set_item("name", parameters.name.as_deref())?;
    entry.set_item("hash", PyBytes::new(py, hash))?;
    entry.set_item("beacon", parameters.beacon.as_ref().map(|b| PyBytes::new(py, b)))?;
    entry.set_item("beacon_rounds_exponent", parameters.rounds_exponent)?;
    Ok(entry)
}

/// Returns the verifying key's words, and the twelve of e(alpha, beta) as snarkjs orders them.
#[pyfunction]
fn verification_key<'py>(
    py: Python<'py>,
    zkey_path: &str,
) -> PyResult<(Bound<'py, PyBytes>, Bound<'py, PyBytes>)> {
    let (words, product) = py.detach(|| -> PyResult<_> {
        let key = read(zkey_path, Zkey::read_verifying_key)?;
        Ok((key.to_words(), alpha_beta(&key)))
    })?;
    Ok((PyBytes::new(py, &words), PyBytes::new(py, &product)))
}

/// Checks the words of a verifying key, point by point, and returns those of e(alpha, beta).
#[pyfunction]
fn check_verifying_key<'py>(
    py: Python<'py>,
    words: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyBytes>> {
    let words = content(words)?;
    let product = py.detach(|| -> fault::Result<_> {
        let key = VerifyingKey::from_words(&words)?;
        let second = [key.beta, key.gamma, key.delta];
        if key.alpha.is_zero()
            || second.iter().any(|point| point.is_zero())
            || key.ic.iter().any(|point| point.is_zero())
        {
            return fault("a point of the key is infinity");
        }
        if key.gamma.x == key.delta.x {
            return fault("delta is gamma or its negative: anybody could forge proofs");
        }
        Ok(alpha_beta(&key))
    })?;
    Ok(PyBytes::new(py, &product))
}

fn alpha_beta(key: &VerifyingKey) -> Vec<u8> {
    let product = Bn254::pairing(key.alpha, key.beta).0;
    let mut out = Vec::new();
    for six in [product.c0, product.c1] {
        for two in [six.c0, six.c1, six.c2] {
            [two.c0, two.c1].iter().for_each(|part| put_number::<Fq>(&mut out, *part));
        }
    }
    out
}

/// Reads a .r1cs, .wtns, .zkey or .ptau, checks all of it and writes it again.
#[pyfunction]
fn rewrite(py: Python<'_>, source: &str, target: &str) -> PyResult<()> {
    own_threads()?;
    py.detach(|| {
        let data = map::open(Path::new(source)).map_err(|error| os_error(source, &error))?;
        let wrong = |error: FormatError| PyValueError::new_err(format!("{source}: {error}"));
        match data.get(..4) {
            Some(b"r1cs") => {
                let circuit = R1cs::read(&data).map_err(wrong)?;
                write(target, |out| circuit.write(out))
            }
            Some(b"wtns") => {
                let values = wtns::read(&data).map_err(wrong)?;
                write(target, |out| wtns::write(&values, out))
            }
            Some(b"zkey") => {
                let key = Zkey::read(&data).map_err(wrong)?;
                write(target, |out| key.write(out))
            }
            Some(b"ptau") => {
                let ptau = Ptau::read(&data).map_err(wrong)?;
                ptau.check().map_err(wrong)?;
                write(target, |out| ptau.write(out))
            }
            _ => Err(wrong(FormatError("is no file of a known kind".into()))),
        }
    })
}
