//! A tree as bytes: 16 bytes of name, depth, number of leaves, root, then (index, leaf) of every
//! leaf other than zero in ascending order. Numbers are big-endian, 8 bytes, field elements 32.
#![forbid(unsafe_code)]

use ark_bn254::Fr;
use ark_ff::AdditiveGroup;

use crate::crypto::merkle::{MAX_DEPTH, Tree};
use crate::crypto::word::{self, WORD};
use crate::fault::{FormatError, Result, fault};
use crate::files::binary::Reader;

const NAME: &[u8; 16] = b"undertow tree 1\n";
const ENTRY: usize = 8 + WORD;

pub fn write(tree: &Tree) -> Vec<u8> {
    let leaves = tree.leaves();
    let mut out = Vec::with_capacity(NAME.len() + 16 + WORD + leaves.len() * ENTRY);
    out.extend_from_slice(NAME);
    out.extend_from_slice(&(tree.depth() as u64).to_be_bytes());
    out.extend_from_slice(&(leaves.len() as u64).to_be_bytes());
    word::write(&mut out, tree.root());
    for (index, leaf) in leaves {
        out.extend_from_slice(&index.to_be_bytes());
        word::write(&mut out, leaf);
    }
    out
}

/// Reads a tree; every node is hashed again and the root compared.
pub fn read(data: &[u8]) -> Result<Tree> {
    let mut reader = Reader::new(data, "tree snapshot".into());
    if reader.bytes(NAME.len())? != NAME {
        return fault("not a tree snapshot");
    }
    let depth = usize::try_from(number(reader.bytes(8)?)).unwrap_or(usize::MAX);
    if !(1..=MAX_DEPTH).contains(&depth) {
        return fault(format!("tree snapshot: a tree's depth is 1 to {MAX_DEPTH}"));
    }
    let count = number(reader.bytes(8)?);
    let root = element(reader.bytes(WORD)?)?;
    let size = usize::try_from(count).ok().and_then(|count| count.checked_mul(ENTRY));
    if size != Some(reader.remaining()) {
        return fault(format!("tree snapshot: it does not hold {count} leaves"));
    }
    let mut tree = Tree::new(depth);
    let entries = reader.bytes(reader.remaining())?.chunks_exact(ENTRY);
    let leaves = entries
        .map(|entry| Ok((number(&entry[..8]), element(&entry[8..])?)))
        .collect::<Result<Vec<_>>>()?;
    if !leaves.is_sorted_by(|a, b| a.0 < b.0) || leaves.last().is_some_and(|l| !tree.holds(l.0)) {
        return fault("tree snapshot: indices do not ascend or are beyond the tree");
    }
    if leaves.iter().any(|(_, leaf)| *leaf == Fr::ZERO) {
        return fault("tree snapshot: it holds an empty leaf");
    }
    tree.update(&leaves);
    if tree.root() == root {
        Ok(tree)
    } else {
        fault("tree snapshot: the leaves give another root")
    }
}

fn element(word: &[u8]) -> Result<Fr> {
    word::read(word).ok_or_else(|| FormatError("tree snapshot: a number is not below r".into()))
}

fn number(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0, |value, byte| value << 8 | u64::from(*byte))
}
