//! Merkle trees for Python; `undertow_native.pyi` gives types and errors.
#![forbid(unsafe_code)]

use std::collections::BTreeMap;

use pyo3::prelude::*;
use pyo3::types::PyBytes;

use super::content;
use super::crypto::{numbers, output, refuse};
use crate::crypto::merkle::{ARITY, MAX_DEPTH, Tree};
use crate::crypto::snapshot;

const INDEX_BYTES: usize = 8;
/// The most levels below a node that `level` lists: 64 MiB.
const LEVEL_LIMIT: usize = 7;

#[pyclass]
struct MerkleTree {
    tree: Tree,
}

impl MerkleTree {
    fn check(&self, index: u64) -> PyResult<()> {
        if self.tree.holds(index) {
            return Ok(());
        }
        refuse(format!("no leaf {index} in a tree of depth {}", self.tree.depth()))
    }
}

#[pymethods]
impl MerkleTree {
    #[new]
    fn new(depth: usize) -> PyResult<Self> {
        if (1..=MAX_DEPTH).contains(&depth) {
            return Ok(Self { tree: Tree::new(depth) });
        }
        refuse(format!("a tree's depth is 1 to {MAX_DEPTH}, not {depth}"))
    }

    #[getter]
    fn depth(&self) -> usize {
        self.tree.depth()
    }

    fn root<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        output(py, &[self.tree.root()])
    }

    fn get<'py>(&self, py: Python<'py>, index: u64) -> PyResult<Bound<'py, PyBytes>> {
        self.check(index)?;
        Ok(output(py, &[self.tree.get(index)]))
    }

    fn update(
        &mut self,
        py: Python<'_>,
        indices: &Bound<'_, PyAny>,
        leaves: &Bound<'_, PyAny>,
    ) -> PyResult<()> {
        let (indices, leaves) = (content(indices)?, numbers(&content(leaves)?)?);
        if indices.len() != leaves.len() * INDEX_BYTES {
            return refuse("each leaf takes an index of 8 bytes");
        }
        // The last leaf of an index counts.
        let mut items = BTreeMap::new();
        for (bytes, leaf) in indices.chunks_exact(INDEX_BYTES).zip(leaves) {
            let index = bytes.iter().fold(0, |value, byte| value << 8 | u64::from(*byte));
            self.check(index)?;
            items.insert(index, leaf);
        }
        let items: Vec<_> = items.into_iter().collect();
        py.detach(|| self.tree.update(&items));
        Ok(())
    }

    fn proof<'py>(&self, py: Python<'py>, index: u64) -> PyResult<Bound<'py, PyBytes>> {
        self.check(index)?;
        Ok(output(py, &self.tree.proof(index)))
    }

    fn level<'py>(&self, py: Python<'py>, height: usize) -> PyResult<Bound<'py, PyBytes>> {
        let depth = self.tree.depth();
        if height > depth || depth - height > LEVEL_LIMIT {
            let limit = ARITY.pow(LEVEL_LIMIT as u32);
            return refuse(format!("no level {height} of at most {limit} nodes"));
        }
        let nodes = py.detach(|| self.tree.level(height));
        Ok(output(py, &nodes))
    }

    fn copy(&self) -> Self {
        Self { tree: self.tree.clone() }
    }

    fn to_bytes<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &py.detach(|| snapshot::write(&self.tree)))
    }

    #[staticmethod]
    fn from_bytes(py: Python<'_>, data: &Bound<'_, PyAny>) -> PyResult<Self> {
        let data = content(data)?;
        Ok(Self { tree: py.detach(|| snapshot::read(&data))? })
    }
}

pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<MerkleTree>()
}
