//! Witness tapes for Python: recording one, and computing witnesses from it.
#![forbid(unsafe_code)]

use std::sync::Mutex;

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use rayon::prelude::*;

use super::content;
use super::crypto::refuse;
use super::process::own_threads;
use crate::fault::Result;
use crate::files::binary::Reader;
use crate::files::wtns;
use crate::tape::instrument::instrument;
use crate::tape::record::Recorder;
use crate::tape::wrappers::{FULL, TRACE_START};
use crate::tape::{InputGroup, Tape};
use crate::tape::{file, plan};

/// Records a calculator's operations: run `module`, then hand over what it writes.
#[pyclass]
struct TapeRecorder {
    module: Vec<u8>,
    names: Vec<String>,
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

    #[new]
    fn new(py: Python<'_>, wasm: &[u8]) -> PyResult<Self> {
        let done = py.detach(|| instrument(wasm))?;
        Ok(Self { module: done.module, names: done.names, recorder: Mutex::new(None) })
    }

    fn module<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.module)
    }

    /// Starts with the memory after `init` and the address at which numbers are handed over.
    fn start(&mut self, memory: &[u8], shared: u32) {
        let recorder = Recorder::new(self.names.clone(), memory.to_vec(), shared);
        self.recorder = Mutex::new(Some(recorder));
    }

    fn feed(&self, py: Python<'_>, trace: &[u8]) -> PyResult<()> {
        py.detach(|| {
            let mut recorder = self.recorder.lock().map_err(|_| not_started())?;
            Ok(recorder.as_mut().ok_or_else(not_started)?.feed(trace)?)
        })
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
            let recorder = slot.take().ok_or_else(not_started)?;
            let found = recorder.outputs.len();
            if found != wires {
                return refuse(format!("the trace has {found} wires, not {wires}"));
            }
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

/// A circuit's witness tape in memory.
#[pyclass(frozen)]
struct WitnessTape {
    tape: Tape,
}

#[pymethods]
impl WitnessTape {
    #[new]
    fn new(py: Python<'_>, content: &[u8]) -> PyResult<Self> {
        own_threads()?;
        py.detach(|| Ok(Self { tape: file::read(content)? }))
    }

    /// The name, first position and size of each input.
    fn inputs(&self) -> Vec<(String, u32, u32)> {
        self.tape.groups.iter().map(|group| (group.name.clone(), group.start, group.size)).collect()
    }

    /// The number of input values.
    #[getter]
    fn input_count(&self) -> u32 {
        self.tape.inputs
    }

    #[getter]
    fn steps(&self) -> usize {
        self.tape.steps.len()
    }

    /// Returns the .wtns content for inputs in words of 32 little-endian bytes.
    fn run<'py>(
        &self,
        py: Python<'py>,
        inputs: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyBytes>> {
        let inputs = content(inputs)?;
        let witness = py.detach(|| self.witness(&inputs))?;
        Ok(PyBytes::new(py, &witness))
    }

    /// Computes several witnesses, one on each thread.
    fn run_many<'py>(
        &self,
        py: Python<'py>,
        inputs: Vec<Bound<'py, PyAny>>,
    ) -> PyResult<Vec<Bound<'py, PyBytes>>> {
        own_threads()?;
        let inputs = inputs.iter().map(content).collect::<PyResult<Vec<_>>>()?;
        let found: Vec<_> = py.detach(|| {
            inputs.par_iter().map(|inputs| self.witness(inputs)).collect::<Result<_>>()
        })?;
        Ok(found.iter().map(|content| PyBytes::new(py, content)).collect())
    }
}

impl WitnessTape {
    fn witness(&self, inputs: &[u8]) -> Result<Vec<u8>> {
        let mut reader = Reader::new(inputs, "the input".into());
        let mut values = Vec::with_capacity(inputs.len() / 32);
        while reader.remaining() > 0 {
            values.push(reader.scalar()?);
        }
        Ok(wtns::file(&self.tape.run(&values)?))
    }
}

pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<TapeRecorder>()?;
    module.add_class::<WitnessTape>()?;
    Ok(())
}
