//! Witness tapes for Python: recording one.
#![forbid(unsafe_code)]

use std::sync::Mutex;

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use super::crypto::refuse;
use super::process::own_threads;
use crate::tape::asking::{ANSWER, ASK};
use crate::tape::instrument::instrument;
use crate::tape::places::Recorder;
use crate::tape::signals::Signals;
use crate::tape::wrappers::{FULL, TRACE_START};
use crate::tape::{InputGroup, file, plan};

/// Records a calculator's operations: run `module`, then hand over what it writes.
#[pyclass]
struct TapeRecorder {
    module: Vec<u8>,
    names: Vec<String>,
    signals: Option<Signals>,
    recorder: Mutex<Option<Recorder>>,
}

fn not_started() -> PyErr {
    PyValueError::new_err("the recording was not started")
}

#[pymethods]
impl TapeRecorder {
    /// The exception that says that the trace's memory is full, and where its entries start.
    #[classattr]
    const FULL: u32 = FULL;
    #[classattr]
    const TRACE_START: u32 = TRACE_START;
    /// The exception that asks for an answer, and where its decision goes.
    #[classattr]
    const ASK: u32 = ASK;
    #[classattr]
    const ANSWER: u32 = ANSWER;

    #[new]
    #[pyo3(signature = (wasm, signals=None))]
    fn new(py: Python<'_>, wasm: &[u8], signals: Option<(u32, u32)>) -> PyResult<Self> {
        let done = py.detach(|| instrument(wasm))?;
        let signals = signals.map(|(first, count)| Signals::new(first, count));
        Ok(Self { module: done.module, names: done.names, signals, recorder: Mutex::new(None) })
    }

    fn module<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.module)
    }

    /// Starts with the memory after `init` and the address at which numbers are handed over.
    fn start(&mut self, memory: &[u8], shared: u32) {
        let recorder = Recorder::new(self.names.clone(), memory.to_vec(), shared, self.signals);
        self.recorder = Mutex::new(Some(recorder));
    }

    fn feed(&self, py: Python<'_>, trace: &[u8]) -> PyResult<()> {
        py.detach(|| {
            let mut recorder = self.recorder.lock().map_err(|_| not_started())?;
            Ok(recorder.as_mut().ok_or_else(not_started)?.feed(trace)?)
        })
    }

    /// Returns the sides that the calculator runs next, and addresses with what has to be there.
    fn answer<'py>(&self, py: Python<'py>) -> PyResult<(u32, Vec<(u32, Bound<'py, PyBytes>)>)> {
        let mut recorder = self.recorder.lock().map_err(|_| not_started())?;
        let answer = std::mem::take(&mut recorder.as_mut().ok_or_else(not_started)?.answer);
        let memory = answer.memory.into_iter();
        Ok((answer.sides, memory.map(|(at, bytes)| (at, PyBytes::new(py, &bytes))).collect()))
    }

    /// How many conditions on signals were recorded.
    #[getter]
    fn conditions(&self) -> PyResult<u32> {
        let recorder = self.recorder.lock().map_err(|_| not_started())?;
        Ok(recorder.as_ref().map_or(0, |recorder| recorder.count))
    }

    /// Returns the tape's file; `groups` are the inputs' names and sizes in recorded order.
    fn finish<'py>(
        &self,
        py: Python<'py>,
        groups: Vec<(String, u32)>,
        wires: usize,
    ) -> PyResult<Bound<'py, PyBytes>> {
        own_threads()?;
        let content = py.detach(|| -> PyResult<_> {
            let mut slot = self.recorder.lock().map_err(|_| not_started())?;
            let mut recorder = slot.take().ok_or_else(not_started)?;
            let found = recorder.outputs.len();
            if found != wires {
                return refuse(format!("the trace has {found} wires, not {wires}"));
            }
            recorder.add_signals()?;
            let mut start = 0u32;
            let mut named = Vec::new();
            for (name, size) in groups {
                named.push(InputGroup { name, start, size });
                start = start.saturating_add(size);
            }
            let graph = &recorder.graph;
            let tape = plan::plan(graph, &recorder.outputs, named, recorder.inputs)?;
            Ok(file::write(&tape.check()?))
        })?;
        Ok(PyBytes::new(py, &content))
    }
}

pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<TapeRecorder>()
}
