//! The nodes of a Merkle tree: shared by snapshots, hashed level by level; `merkle` is the tree.
#![forbid(unsafe_code)]

use std::sync::{Arc, OnceLock};

use ark_bn254::Fr;
use ark_ff::AdditiveGroup;

use crate::crypto::poseidon;

pub const ARITY: usize = 8;
pub const ARITY_BITS: usize = 3;
/// An index has 60 bits at most.
pub const MAX_DEPTH: usize = 20;
/// Domain of a node's hash.
const NODE: u64 = 1;

/// A node above the leaves that differs from an empty tree's.
#[derive(Clone)]
pub struct Branch {
    /// None while stale.
    pub hash: Option<Fr>,
    pub children: Children,
}

#[derive(Clone)]
pub enum Children {
    Leaves([Fr; ARITY]),
    Branches([Option<Arc<Branch>>; ARITY]),
}

/// Leaves to set, in ascending order of index, no index twice.
pub type Items = [(u64, Fr)];

/// The root of an empty tree of a height.
pub fn empty(height: usize) -> Fr {
    static ALL: OnceLock<[Fr; MAX_DEPTH + 1]> = OnceLock::new();
    ALL.get_or_init(|| {
        let mut roots = [Fr::ZERO; MAX_DEPTH + 1];
        for height in 1..=MAX_DEPTH {
            roots[height] = poseidon::hash(Fr::from(NODE), &[roots[height - 1]; ARITY]);
        }
        roots
    })[height]
}

pub fn digit(index: u64, height: usize) -> usize {
    (index >> (ARITY_BITS * height)) as usize % ARITY
}

impl Children {
    fn none(height: usize) -> Self {
        if height == 1 {
            Self::Leaves([Fr::ZERO; ARITY])
        } else {
            Self::Branches(Default::default())
        }
    }

    fn is_empty(&self) -> bool {
        match self {
            Self::Leaves(leaves) => leaves.iter().all(|leaf| *leaf == Fr::ZERO),
            Self::Branches(branches) => branches.iter().all(Option::is_none),
        }
    }

    /// The hashes of children at a height.
    pub fn hashes(&self, height: usize) -> [Fr; ARITY] {
        match self {
            Self::Leaves(leaves) => *leaves,
            Self::Branches(branches) => {
                std::array::from_fn(|i| hash_of(branches[i].as_deref(), height))
            }
        }
    }

    pub fn branch(&self, place: usize) -> Option<&Branch> {
        match self {
            Self::Leaves(_) => None,
            Self::Branches(branches) => branches[place].as_deref(),
        }
    }
}

pub fn hash_of(node: Option<&Branch>, height: usize) -> Fr {
    // Only an update meets a stale node, and it hashes children before parents.
    node.map_or(empty(height), |branch| branch.hash.unwrap_or_default())
}

/// Sets leaves below a node, and drops the node when nothing is left below it.
pub fn set(node: &mut Option<Arc<Branch>>, height: usize, items: &Items) {
    let fresh = || Arc::new(Branch { hash: None, children: Children::none(height) });
    let branch = Arc::make_mut(node.get_or_insert_with(fresh));
    branch.hash = None;
    match &mut branch.children {
        Children::Leaves(leaves) => {
            items.iter().for_each(|(index, leaf)| leaves[digit(*index, 0)] = *leaf);
        }
        Children::Branches(branches) => {
            let place = |index| digit(index, height - 1);
            for part in items.chunk_by(|(a, _), (b, _)| place(*a) == place(*b)) {
                set(&mut branches[place(part[0].0)], height - 1, part);
            }
        }
    }
    if branch.children.is_empty() {
        *node = None;
    }
}

/// Hashes every stale node below one at a height, children first.
pub fn rehash(node: &mut Option<Arc<Branch>>, depth: usize) {
    for height in 1..=depth {
        let mut inputs = Vec::new();
        gather(node.as_deref(), depth, height, &mut inputs);
        let hashes = poseidon::hash_many(Fr::from(NODE), ARITY, &inputs);
        store(node.as_mut(), depth, height, &mut hashes.into_iter());
    }
}

/// Appends the children's hashes of each stale node at a height.
fn gather(node: Option<&Branch>, at: usize, height: usize, inputs: &mut Vec<Fr>) {
    let Some(branch) = node.filter(|branch| branch.hash.is_none()) else {
        return;
    };
    if at == height {
        inputs.extend(branch.children.hashes(height - 1));
    } else if let Children::Branches(branches) = &branch.children {
        branches.iter().for_each(|child| gather(child.as_deref(), at - 1, height, inputs));
    }
}

/// Gives the stale nodes at a height their hashes, in the order of `gather`.
fn store(
    node: Option<&mut Arc<Branch>>,
    at: usize,
    height: usize,
    hashes: &mut impl Iterator<Item = Fr>,
) {
    let Some(shared) = node.filter(|branch| branch.hash.is_none()) else {
        return;
    };
    // A stale node was made in this update: nobody else holds it and nothing is copied.
    let branch = Arc::make_mut(shared);
    if at == height {
        branch.hash = hashes.next();
    } else if let Children::Branches(branches) = &mut branch.children {
        branches.iter_mut().for_each(|child| store(child.as_mut(), at - 1, height, hashes));
    }
}

pub fn spread(node: Option<&Branch>, at: usize, height: usize, nodes: &mut Vec<Fr>) {
    match node {
        None => nodes.extend(std::iter::repeat_n(empty(height), ARITY.pow((at - height) as u32))),
        Some(_) if at == height => nodes.push(hash_of(node, at)),
        Some(branch) => match &branch.children {
            Children::Leaves(leaves) => nodes.extend(leaves),
            Children::Branches(branches) => {
                branches.iter().for_each(|child| spread(child.as_deref(), at - 1, height, nodes));
            }
        },
    }
}

pub fn collect(node: Option<&Branch>, first: u64, found: &mut Vec<(u64, Fr)>) {
    let Some(branch) = node else { return };
    let place = |i: usize| first << ARITY_BITS | i as u64;
    match &branch.children {
        Children::Leaves(leaves) => {
            let set = leaves.iter().enumerate().filter(|(_, leaf)| **leaf != Fr::ZERO);
            found.extend(set.map(|(i, leaf)| (place(i), *leaf)));
        }
        Children::Branches(branches) => {
            let indexed = branches.iter().enumerate();
            indexed.for_each(|(i, child)| collect(child.as_deref(), place(i), found));
        }
    }
}
