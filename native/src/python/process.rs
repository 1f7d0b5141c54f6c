//! The pool's threads, and the process that they belong to.
#![forbid(unsafe_code)]

use std::error::Error;
use std::sync::OnceLock;

use pyo3::PyResult;
use pyo3::exceptions::PyRuntimeError;

/// Starts the pool's threads at the first call. Refuses work where they cannot be started, and in
/// the child of a fork, which would wait for ever for threads that it lacks.
pub fn own_threads() -> PyResult<()> {
    static FIRST: OnceLock<Result<u32, String>> = OnceLock::new();
    let now = std::process::id();
    let started = || match rayon::ThreadPoolBuilder::new().build_global() {
        // Without a source: somebody had started them.
        Err(error) if error.source().is_some() => {
            Err(format!("the native core has no threads: {error}"))
        }
        _ => Ok(now),
    };
    match FIRST.get_or_init(started) {
        Ok(first) if *first == now => Ok(()),
        Ok(_) => Err(PyRuntimeError::new_err(
            "this process was forked from one that had used the native core, and lacks its \
             threads: start processes by \"spawn\"",
        )),
        Err(text) => Err(PyRuntimeError::new_err(text.clone())),
    }
}
