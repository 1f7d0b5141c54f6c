//! The process that the pool's threads belong to.
#![forbid(unsafe_code)]

use std::sync::OnceLock;

use pyo3::PyResult;
use pyo3::exceptions::PyRuntimeError;

/// Refuses work in the child of a fork: it would wait for ever for threads that it lacks.
pub fn own_threads() -> PyResult<()> {
    static FIRST: OnceLock<u32> = OnceLock::new();
    let now = std::process::id();
    if *FIRST.get_or_init(|| now) == now {
        return Ok(());
    }
    let text = "this process was forked from one that had used the native core, and lacks its \
                threads: start processes by \"spawn\"";
    Err(PyRuntimeError::new_err(text))
}
