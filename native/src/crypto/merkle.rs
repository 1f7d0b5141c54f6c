//! A sparse Merkle tree of arity 8 whose snapshots share what did not change;
//! undertow/crypto/merkle.py is the specification.
//!
//! A copy costs one pointer. An update copies the nodes on its path that a snapshot still holds,
//! marks them stale, and then hashes every stale node once, level by level.
#![forbid(unsafe_code)]

use std::sync::Arc;

use ark_bn254::Fr;
use ark_ff::AdditiveGroup;

pub use crate::crypto::merkle_nodes::{ARITY, Items, MAX_DEPTH};
use crate::crypto::merkle_nodes::{
    ARITY_BITS, Branch, Children, collect, digit, empty, hash_of, rehash, set, spread,
};

#[derive(Clone)]
pub struct Tree {
    depth: usize,
    root: Option<Arc<Branch>>,
}

impl Tree {
    /// An empty tree; the depth is from 1 to `MAX_DEPTH`.
    pub fn new(depth: usize) -> Self {
        Self { depth, root: None }
    }

    pub fn depth(&self) -> usize {
        self.depth
    }

    pub fn holds(&self, index: u64) -> bool {
        index >> (ARITY_BITS * self.depth) == 0
    }

    pub fn root(&self) -> Fr {
        hash_of(self.root.as_deref(), self.depth)
    }

    pub fn get(&self, index: u64) -> Fr {
        let mut node = self.root.as_deref();
        for height in (0..self.depth).rev() {
            match node.map(|branch| &branch.children) {
                None => return Fr::ZERO,
                Some(Children::Leaves(leaves)) => return leaves[digit(index, 0)],
                Some(Children::Branches(branches)) => {
                    node = branches[digit(index, height)].as_deref()
                }
            }
        }
        Fr::ZERO
    }

    /// Sets leaves whose indices the tree holds.
    pub fn update(&mut self, items: &Items) {
        if items.is_empty() {
            return;
        }
        set(&mut self.root, self.depth, items);
        rehash(&mut self.root, self.depth);
    }

    /// For each level from the leaf up, the seven siblings on the leaf's path, left to right.
    pub fn proof(&self, index: u64) -> Vec<Fr> {
        let mut levels = Vec::with_capacity(self.depth);
        let mut node = self.root.as_deref();
        for height in (0..self.depth).rev() {
            let own = digit(index, height);
            let mut siblings = [empty(height); ARITY];
            if let Some(branch) = node {
                siblings = branch.children.hashes(height);
            }
            levels.push(siblings.into_iter().enumerate().filter(move |(i, _)| *i != own));
            node = node.and_then(|branch| branch.children.branch(own));
        }
        levels.into_iter().rev().flatten().map(|(_, sibling)| sibling).collect()
    }

    /// All nodes of a level, from left to right.
    pub fn level(&self, height: usize) -> Vec<Fr> {
        let mut nodes = Vec::new();
        spread(self.root.as_deref(), self.depth, height, &mut nodes);
        nodes
    }

    /// The leaves other than zero, in ascending order of index.
    pub fn leaves(&self) -> Vec<(u64, Fr)> {
        let mut found = Vec::new();
        collect(self.root.as_deref(), 0, &mut found);
        found
    }
}
