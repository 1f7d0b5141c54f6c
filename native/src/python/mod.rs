//! The boundary to Python: bytes in and out, errors as exceptions.

mod files;
mod protocol;
mod prove;
mod tree;
mod witness;

use pyo3::prelude::*;

pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    files::register(module)?;
    prove::register(module)?;
    protocol::register(module)?;
    tree::register(module)?;
    witness::register(module)
}
