//! What a recorder knows: the node of each number in the calculator's memory, and the conditions and
//! functions that the calculator is in.
#![forbid(unsafe_code)]

use std::collections::BTreeMap;

use ark_bn254::Fr;
use ark_ff::{AdditiveGroup, PrimeField};

use crate::fault::{Result, fault};
use crate::files::binary::Reader;
use crate::tape::graph::{Graph, NodeId};
use crate::tape::signals::{NUMBER, Signals};

pub const LONG: u32 = 1 << 31;
const MONTGOMERY: u32 = 1 << 30;
/// Memory is looked at in words of four bytes; every number starts at one.
pub const WORD: u32 = 4;
const WORDS: usize = (NUMBER / WORD) as usize;

pub const UNTOUCHED: NodeId = NodeId::MAX;
pub const OVERWRITTEN: NodeId = NodeId::MAX - 1;

pub struct Recorder {
    pub graph: Graph,
    pub inputs: u32,
    /// The node of each wire.
    pub outputs: Vec<NodeId>,
    names: Vec<String>,
    /// The memory before the first input, where constants stand.
    pub(super) initial: Vec<u8>,
    /// The node whose value a number at a word's address has.
    pub(super) places: Vec<NodeId>,
    /// Where the host hands numbers over.
    pub(super) shared: u32,
    /// Where each signal is a node of its own.
    pub(super) signals: Option<Signals>,
    /// The conditions on signals that the calculator is in, and how many there were.
    pub(super) forks: Vec<Fork>,
    pub count: u32,
    /// The calls that it is in of functions that may return in a condition.
    pub(super) frames: Vec<Frame>,
    /// What follows from the last entry.
    pub answer: Answer,
}

/// A condition whose sides are being recorded.
pub struct Fork {
    /// One where the first side counts.
    pub(super) condition: NodeId,
    /// What words held that a side changed, by position.
    pub(super) before: BTreeMap<usize, NodeId>,
    /// What the first side left in the words that it changed, once it is over.
    pub(super) first: Option<BTreeMap<usize, NodeId>>,
    /// Whether the function had returned before, and whether after the first side.
    pub(super) returned: [Option<NodeId>; 2],
}

/// What the calculator does next.
#[derive(Default)]
pub struct Answer {
    pub sides: u32,
    /// Addresses and what has to be there.
    pub memory: Vec<(u32, Vec<u8>)>,
}

/// A call of a function that may return in one side of a condition.
pub struct Frame {
    /// The address of its first variable; below is what was there before the call.
    pub(super) start: u32,
    /// How many conditions it was called in.
    pub(super) forks: usize,
    /// One where it has returned.
    pub(super) returned: NodeId,
}

impl Recorder {
    pub fn new(
        names: Vec<String>,
        initial: Vec<u8>,
        shared: u32,
        signals: Option<Signals>,
    ) -> Self {
        let places = vec![UNTOUCHED; initial.len() / WORD as usize];
        let graph = Graph::default();
        Self {
            graph,
            inputs: 0,
            outputs: Vec::new(),
            names,
            initial,
            places,
            shared,
            signals,
            forks: Vec::new(),
            count: 0,
            frames: Vec::new(),
            answer: Answer::default(),
        }
    }

    /// Checks that the calculator's decision is the same for all inputs.
    pub(super) fn decide(
        &mut self,
        result: u32,
        at: u32,
        function: u32,
        f: fn(Fr) -> u32,
    ) -> Result<()> {
        let node = self.read(at)?;
        let name = self.name(function);
        match self.graph.value(node) {
            Some(value) if f(value) == result => Ok(()),
            Some(_) => fault(format!("{name} does not compute what its trace says")),
            None => fault(format!(
                "{name} branches on a value of the inputs, or takes it as an index: {}",
                self.graph.describe(node, 3)
            )),
        }
    }

    pub(super) fn name(&self, function: u32) -> &str {
        self.names.get(function as usize).map_or("?", String::as_str)
    }

    pub(super) fn read(&mut self, address: u32) -> Result<NodeId> {
        if !address.is_multiple_of(WORD) {
            return fault(format!("a number at the odd address {address}"));
        }
        match self.places.get((address / WORD) as usize).copied() {
            Some(OVERWRITTEN) => fault(format!("the number at {address} was written in part")),
            Some(UNTOUCHED) => {
                let value = self.initial_number(address as usize)?;
                let node = self.graph.constant(value);
                self.places[(address / WORD) as usize] = node;
                Ok(node)
            }
            Some(node) => Ok(node),
            None => fault(format!("the number at {address} was never written")),
        }
    }

    pub(super) fn write(&mut self, address: u32, node: NodeId) -> Result<()> {
        let at = (address / WORD) as usize;
        if !address.is_multiple_of(WORD) || at + WORDS > self.places.len() {
            return fault(format!("a number at the address {address}, odd or outside the memory"));
        }
        let node = self.kept(address, node)?;
        let is_signal = self.signals.is_some_and(|signals| signals.hold(address));
        let node = if is_signal { self.graph.own(node) } else { node };
        // Whatever number reached into these ten words is gone.
        for near in at.saturating_sub(WORDS - 1)..at + WORDS {
            self.put(near, if near == at { node } else { OVERWRITTEN });
        }
        Ok(())
    }

    pub(super) fn initial_number(&self, address: usize) -> Result<Fr> {
        let Some(bytes) = self.initial.get(address..address + NUMBER as usize) else {
            return fault(format!("the number at {address} was never written"));
        };
        let mut reader = Reader::new(bytes, format!("the number at {address}"));
        let (short, kind) = (reader.u32()? as i32, reader.u32()?);
        if kind & LONG == 0 {
            let size = Fr::from(short.unsigned_abs());
            return Ok(if short < 0 { -size } else { size });
        }
        if kind & MONTGOMERY != 0 {
            let limbs = reader.limbs()?;
            return if limbs < Fr::MODULUS {
                Ok(Fr::new_unchecked(limbs))
            } else {
                fault(format!("the number at {address} is not below r"))
            };
        }
        reader.scalar()
    }

    /// Puts a node at a word, to be taken back where a side of a condition ends.
    pub(super) fn put(&mut self, at: usize, node: NodeId) {
        let old = std::mem::replace(&mut self.places[at], node);
        if let Some(fork) = self.forks.last_mut().filter(|_| old != node) {
            fork.before.entry(at).or_insert(old);
        }
    }

    /// What a number at an address becomes by a write: what it was, where the writer has returned.
    fn kept(&mut self, address: u32, mut node: NodeId) -> Result<NodeId> {
        for at in (0..self.frames.len()).rev() {
            let Frame { start, returned, .. } = self.frames[at];
            if address < start && self.graph.value(returned) != Some(Fr::ZERO) {
                let old = self.read(address)?;
                node = self.graph.select(returned, old, node);
            }
        }
        Ok(node)
    }
}
