//! Hashes and signatures for Python; `undertow_native.pyi` gives types and errors.
//!
//! Numbers are 32 big-endian bytes, below r; buffers are whatever holds bytes.
#![forbid(unsafe_code)]

use ark_bn254::Fr;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use super::content;
use crate::crypto::word::{self, WORD};
use crate::crypto::{babyjubjub, eddsa, grain, poseidon};

pub fn refuse<T>(text: impl Into<String>) -> PyResult<T> {
    Err(PyValueError::new_err(text.into()))
}

pub fn numbers(words: &[u8]) -> PyResult<Vec<Fr>> {
    if !words.len().is_multiple_of(WORD) {
        return refuse("numbers have 32 bytes");
    }
    match words.chunks_exact(WORD).map(word::read).collect() {
        Some(values) => Ok(values),
        None => refuse("a number is not below r"),
    }
}

fn number(word: &[u8]) -> PyResult<Fr> {
    match numbers(word)?[..] {
        [value] => Ok(value),
        _ => refuse("a number has 32 bytes"),
    }
}

pub fn output<'py>(py: Python<'py>, values: &[Fr]) -> Bound<'py, PyBytes> {
    let mut out = Vec::with_capacity(values.len() * WORD);
    values.iter().for_each(|value| word::write(&mut out, *value));
    PyBytes::new(py, &out)
}

fn check_arity(arity: usize) -> PyResult<()> {
    if (1..=grain::MAX_ARITY).contains(&arity) {
        return Ok(());
    }
    refuse(format!("Poseidon takes 1 to {} inputs, not {arity}", grain::MAX_ARITY))
}

#[pyfunction]
fn poseidon_hash<'py>(
    py: Python<'py>,
    domain: &Bound<'py, PyAny>,
    inputs: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyBytes>> {
    let (domain, inputs) = (number(&content(domain)?)?, numbers(&content(inputs)?)?);
    check_arity(inputs.len())?;
    Ok(output(py, &[poseidon::hash(domain, &inputs)]))
}

#[pyfunction]
fn poseidon_hash_two<'py>(
    py: Python<'py>,
    domain: &Bound<'py, PyAny>,
    inputs: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyBytes>> {
    let (domain, inputs) = (number(&content(domain)?)?, numbers(&content(inputs)?)?);
    check_arity(inputs.len())?;
    Ok(output(py, &poseidon::hash_two(domain, &inputs)))
}

#[pyfunction]
fn poseidon_hash_many<'py>(
    py: Python<'py>,
    domain: &Bound<'py, PyAny>,
    arity: usize,
    inputs: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyBytes>> {
    check_arity(arity)?;
    let (domain, words) = (number(&content(domain)?)?, content(inputs)?);
    if !words.len().is_multiple_of(arity * WORD) {
        return refuse(format!("each hash takes {arity} numbers of 32 bytes"));
    }
    let hashes =
        py.detach(|| -> PyResult<_> { Ok(poseidon::hash_many(domain, arity, &numbers(&words)?)) })?;
    Ok(output(py, &hashes))
}

#[pyfunction]
fn babyjubjub_multiply<'py>(
    py: Python<'py>,
    point: &Bound<'py, PyAny>,
    scalar: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyBytes>> {
    let [x, y] = numbers(&content(point)?)?[..] else {
        return refuse("a point has two coordinates");
    };
    let scalar = content(scalar)?;
    match py.detach(|| babyjubjub::multiply(x, y, &scalar)) {
        Some((x, y)) => Ok(output(py, &[x, y])),
        None => refuse("the point is not on the curve"),
    }
}

#[pyfunction]
fn babyjubjub_multiply_base8<'py>(
    py: Python<'py>,
    scalar: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyBytes>> {
    match babyjubjub::subgroup_scalar(&content(scalar)?) {
        Some(scalar) => {
            let (x, y) = babyjubjub::times_base8(scalar).to_affine();
            Ok(output(py, &[x, y]))
        }
        None => refuse("the scalar is not 32 bytes below the subgroup's order"),
    }
}

#[pyfunction]
fn babyjubjub_in_subgroup(point: &Bound<'_, PyAny>) -> PyResult<bool> {
    let [x, y] = numbers(&content(point)?)?[..] else {
        return refuse("a point has two coordinates");
    };
    Ok(babyjubjub::in_subgroup(x, y))
}

#[pyfunction]
fn eddsa_verify_many<'py>(
    py: Python<'py>,
    keys: &Bound<'py, PyAny>,
    messages: &Bound<'py, PyAny>,
    signatures: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyBytes>> {
    let (keys, messages, signatures) = (content(keys)?, content(messages)?, content(signatures)?);
    let count = keys.len() / eddsa::KEY_BYTES;
    if keys.len() != count * eddsa::KEY_BYTES
        || messages.len() != count * eddsa::MESSAGE_BYTES
        || signatures.len() != count * eddsa::SIGNATURE_BYTES
    {
        return refuse("each signature takes 64 bytes of key, 32 of message and 96 of its own");
    }
    let valid: Vec<u8> = py.detach(|| {
        let parts = keys
            .chunks_exact(eddsa::KEY_BYTES)
            .zip(messages.chunks_exact(eddsa::MESSAGE_BYTES))
            .zip(signatures.chunks_exact(eddsa::SIGNATURE_BYTES));
        let verify = |((key, message), own): ((&[u8], _), _)| {
            eddsa::Key::new(key).is_some_and(|key| key.verify(message, own))
        };
        parts.map(|part| u8::from(verify(part))).collect()
    });
    Ok(PyBytes::new(py, &valid))
}

#[pyclass(frozen)]
struct EddsaKey {
    key: eddsa::Key,
}

#[pymethods]
impl EddsaKey {
    #[new]
    fn new(key: &Bound<'_, PyAny>) -> PyResult<Self> {
        // A tenth of a millisecond: whoever gave up the lock would wait longer to get it back.
        match eddsa::Key::new(&content(key)?) {
            Some(key) => Ok(Self { key }),
            None => refuse("not a point of the prime subgroup other than the identity"),
        }
    }

    fn verify(&self, message: &Bound<'_, PyAny>, signature: &Bound<'_, PyAny>) -> PyResult<bool> {
        let (message, signature) = (content(message)?, content(signature)?);
        if message.len() != eddsa::MESSAGE_BYTES || signature.len() != eddsa::SIGNATURE_BYTES {
            return refuse("a message has 32 bytes, a signature 96");
        }
        Ok(self.key.verify(&message, &signature))
    }
}

pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<EddsaKey>()?;
    module.add_function(wrap_pyfunction!(poseidon_hash, module)?)?;
    module.add_function(wrap_pyfunction!(poseidon_hash_two, module)?)?;
    module.add_function(wrap_pyfunction!(poseidon_hash_many, module)?)?;
    module.add_function(wrap_pyfunction!(babyjubjub_multiply, module)?)?;
    module.add_function(wrap_pyfunction!(babyjubjub_multiply_base8, module)?)?;
    module.add_function(wrap_pyfunction!(babyjubjub_in_subgroup, module)?)?;
    module.add_function(wrap_pyfunction!(eddsa_verify_many, module)?)
}
