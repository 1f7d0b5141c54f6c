//! The boundary to Python: bytes in and out, errors as exceptions.

#![forbid(unsafe_code)]

mod crypto;
mod files;
mod process;
mod prove;
mod recorder;
mod tree;
mod witness;

use std::borrow::Cow;

use pyo3::buffer::PyBuffer;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use crate::fault::FormatError;

pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    files::register(module)?;
    prove::register(module)?;
    crypto::register(module)?;
    recorder::register(module)?;
    tree::register(module)?;
    witness::register(module)
}

impl From<FormatError> for PyErr {
    fn from(error: FormatError) -> Self {
        PyValueError::new_err(error.to_string())
    }
}

/// What a buffer holds: `bytes` in place, of others, which may change meanwhile, a copy.
fn content<'a>(data: &'a Bound<'_, PyAny>) -> PyResult<Cow<'a, [u8]>> {
    match data.cast::<PyBytes>() {
        Ok(bytes) => Ok(Cow::Borrowed(bytes.as_bytes())),
        Err(_) => Ok(Cow::Owned(PyBuffer::<u8>::get(data)?.to_vec(data.py())?)),
    }
}

/// A seed of the right length.
fn seed32(seed: &[u8]) -> PyResult<[u8; 32]> {
    seed.try_into().map_err(|_| PyValueError::new_err("a seed has 32 bytes"))
}
