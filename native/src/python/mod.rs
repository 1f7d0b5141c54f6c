//! The boundary to Python: bytes in and out, errors as exceptions.

mod files;
mod protocol;
mod prove;
mod tree;
mod witness;

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use crate::files::binary::FormatError;

pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    files::register(module)?;
    prove::register(module)?;
    protocol::register(module)?;
    tree::register(module)?;
    witness::register(module)
}

impl From<FormatError> for PyErr {
    fn from(error: FormatError) -> Self {
        PyValueError::new_err(error.to_string())
    }
}

/// A seed of the right length.
fn seed32(seed: &[u8]) -> PyResult<[u8; 32]> {
    seed.try_into().map_err(|_| PyValueError::new_err("a seed has 32 bytes"))
}
