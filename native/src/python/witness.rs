//! Witness tapes for Python: computing witnesses from one.
#![forbid(unsafe_code)]

use std::collections::HashMap;

use ark_bn254::Fr;
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use rayon::prelude::*;

use super::content;
use super::crypto::refuse;
use super::process::own_threads;
use crate::fault::Result;
use crate::files::binary::Reader;
use crate::files::wtns;
use crate::tape::lies::Lies;
use crate::tape::{Tape, file};

/// A circuit's witness tape in memory.
#[pyclass(frozen)]
struct WitnessTape {
    tape: Tape,
    /// How many wires the witness has.
    wires: u32,
}

#[pymethods]
impl WitnessTape {
    #[new]
    #[pyo3(signature = (content, wires=None))]
    fn new(py: Python<'_>, content: &[u8], wires: Option<u32>) -> PyResult<Self> {
        own_threads()?;
        let tape = py.detach(|| file::read(content))?;
        let wires = wires.unwrap_or(tape.wires);
        if wires > tape.wires {
            return refuse(format!("the tape has {} wires, not {wires}", tape.wires));
        }
        Ok(Self { tape, wires })
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

    /// Returns `run` with wires that have other values than theirs.
    fn run_lying<'py>(
        &self,
        py: Python<'py>,
        inputs: &Bound<'py, PyAny>,
        lies: HashMap<u32, Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyBytes>> {
        let inputs = content(inputs)?;
        let mut told = Lies::new();
        for (wire, value) in &lies {
            let [value] = numbers(&content(value)?, "a lie")?[..] else {
                return refuse("a wire's value is one number of 32 bytes");
            };
            told.insert(*wire, value);
        }
        let witness = py.detach(|| -> Result<_> {
            let wires = self.tape.run_lying(&numbers(&inputs, INPUT)?, &told)?;
            Ok(self.file(&wires))
        })?;
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
        Ok(self.file(&self.tape.run(&numbers(inputs, INPUT)?)?))
    }

    fn file(&self, wires: &[Fr]) -> Vec<u8> {
        wtns::file(&wires[..self.wires as usize])
    }
}

const INPUT: &str = "the input";

/// Words of 32 little-endian bytes; errors name what they are.
fn numbers(words: &[u8], name: &str) -> Result<Vec<Fr>> {
    let mut reader = Reader::new(words, name.into());
    let mut values = Vec::with_capacity(words.len() / 32);
    while reader.remaining() > 0 {
        values.push(reader.scalar()?);
    }
    Ok(values)
}

pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<WitnessTape>()
}
