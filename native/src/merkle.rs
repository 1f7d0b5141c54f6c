//! A sparse Merkle tree of arity 8 whose snapshots share what did not change;
//! undertow/protocol/merkle.py is the specification.
//!
//! A copy costs one pointer. An update copies the nodes on its path that a snapshot still holds,
//! marks them stale, and then hashes every stale node once, level by level.

use std::sync::{Arc, OnceLock};

use ark_bn254::Fr;
use ark_ff::AdditiveGroup;

use crate::poseidon;

pub const ARITY: usize = 8;
const ARITY_BITS: usize = 3;
/// An index has 60 bits at most.
pub const MAX_DEPTH: usize = 20;
/// Domain of a node's hash.
const NODE: u64 = 1;

#[derive(Clone)]
pub struct Tree {
    depth: usize,
    root: Option<Arc<Branch>>,
}

/// A node above the leaves that differs from an empty tree's.
#[derive(Clone)]
struct Branch {
    /// None while stale.
    hash: Option<Fr>,
    children: Children,
}

#[derive(Clone)]
enum Children {
    Leaves([Fr; ARITY]),
    Branches([Option<Arc<Branch>>; ARITY]),
}

/// Leaves to set, in ascending order of index, no index twice.
pub type Items = [(u64, Fr)];

/// The root of an empty tree of a height.
fn empty(height: usize) -> Fr {
    static ALL: OnceLock<[Fr; MAX_DEPTH + 1]> = OnceLock::new();
    ALL.get_or_init(|| {
        let mut roots = [Fr::ZERO; MAX_DEPTH + 1];
        for height in 1..=MAX_DEPTH {
            roots[height] = poseidon::hash(Fr::from(NODE), &[roots[height - 1]; ARITY]);
        }
        roots
    })[height]
}

fn digit(index: u64, height: usize) -> usize {
    (index >> (ARITY_BITS * height)) as usize % ARITY
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
        for height in 1..=self.depth {
            let mut inputs = Vec::new();
            gather(self.root.as_deref(), self.depth, height, &mut inputs);
            let hashes = poseidon::hash_many(Fr::from(NODE), ARITY, &inputs);
            store(
                self.root.as_mut(),
                self.depth,
                height,
                &mut hashes.into_iter(),
            );
        }
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
            levels.push(
                siblings
                    .into_iter()
                    .enumerate()
                    .filter(move |(i, _)| *i != own),
            );
            node = node.and_then(|branch| branch.children.branch(own));
        }
        levels
            .into_iter()
            .rev()
            .flatten()
            .map(|(_, sibling)| sibling)
            .collect()
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
    fn hashes(&self, height: usize) -> [Fr; ARITY] {
        match self {
            Self::Leaves(leaves) => *leaves,
            Self::Branches(branches) => {
                std::array::from_fn(|i| hash_of(branches[i].as_deref(), height))
            }
        }
    }

    fn branch(&self, place: usize) -> Option<&Branch> {
        match self {
            Self::Leaves(_) => None,
            Self::Branches(branches) => branches[place].as_deref(),
        }
    }
}

fn hash_of(node: Option<&Branch>, height: usize) -> Fr {
    // Only an update meets a stale node, and it hashes children before parents.
    node.map_or(empty(height), |branch| branch.hash.unwrap_or_default())
}

/// Sets leaves below a node, and drops the node when nothing is left below it.
fn set(node: &mut Option<Arc<Branch>>, height: usize, items: &Items) {
    let fresh = || {
        Arc::new(Branch {
            hash: None,
            children: Children::none(height),
        })
    };
    let branch = Arc::make_mut(node.get_or_insert_with(fresh));
    branch.hash = None;
    match &mut branch.children {
        Children::Leaves(leaves) => {
            items
                .iter()
                .for_each(|(index, leaf)| leaves[digit(*index, 0)] = *leaf);
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

/// Appends the children's hashes of each stale node at a height.
fn gather(node: Option<&Branch>, at: usize, height: usize, inputs: &mut Vec<Fr>) {
    let Some(branch) = node.filter(|branch| branch.hash.is_none()) else {
        return;
    };
    if at == height {
        inputs.extend(branch.children.hashes(height - 1));
    } else if let Children::Branches(branches) = &branch.children {
        branches
            .iter()
            .for_each(|child| gather(child.as_deref(), at - 1, height, inputs));
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
        branches
            .iter_mut()
            .for_each(|child| store(child.as_mut(), at - 1, height, hashes));
    }
}

fn spread(node: Option<&Branch>, at: usize, height: usize, nodes: &mut Vec<Fr>) {
    match node {
        None => nodes.extend(std::iter::repeat_n(
            empty(height),
            ARITY.pow((at - height) as u32),
        )),
        Some(_) if at == height => nodes.push(hash_of(node, at)),
        Some(branch) => match &branch.children {
            Children::Leaves(leaves) => nodes.extend(leaves),
            Children::Branches(branches) => {
                branches
                    .iter()
                    .for_each(|child| spread(child.as_deref(), at - 1, height, nodes));
            }
        },
    }
}

fn collect(node: Option<&Branch>, first: u64, found: &mut Vec<(u64, Fr)>) {
    let Some(branch) = node else { return };
    let place = |i: usize| first << ARITY_BITS | i as u64;
    match &branch.children {
        Children::Leaves(leaves) => {
            let set = leaves
                .iter()
                .enumerate()
                .filter(|(_, leaf)| **leaf != Fr::ZERO);
            found.extend(set.map(|(i, leaf)| (place(i), *leaf)));
        }
        Children::Branches(branches) => {
            let indexed = branches.iter().enumerate();
            indexed.for_each(|(i, child)| collect(child.as_deref(), place(i), found));
        }
    }
}
