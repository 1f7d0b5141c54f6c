//! Turns the trace of an instrumented calculator into the graph of its witness.
#![forbid(unsafe_code)]

use ark_bn254::Fr;
use ark_ff::{AdditiveGroup, PrimeField};

use crate::fault::{Result, fault};
use crate::files::binary::Reader;
use crate::tape::graph::{Graph, NodeId};
use crate::tape::ops::Op;
use crate::tape::signals::{NUMBER, Signals};

const LONG: u32 = 1 << 31;
const MONTGOMERY: u32 = 1 << 30;
/// Memory is looked at in words of four bytes; every number starts at one.
const WORD: u32 = 4;
const WORDS: usize = (NUMBER / WORD) as usize;

const UNTOUCHED: NodeId = NodeId::MAX;
const OVERWRITTEN: NodeId = NodeId::MAX - 1;

pub struct Recorder {
    pub graph: Graph,
    pub inputs: u32,
    /// The node of each wire.
    pub outputs: Vec<NodeId>,
    names: Vec<String>,
    /// The memory before the first input, where constants stand.
    initial: Vec<u8>,
    /// The node whose value a number at a word's address has.
    places: Vec<NodeId>,
    /// Where the host hands numbers over.
    shared: u32,
    /// Where each signal is a node of its own.
    signals: Option<Signals>,
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
        Self { graph, inputs: 0, outputs: Vec::new(), names, initial, places, shared, signals }
    }

    /// Takes the next entries: (operation, x, y, z) in words of 32 bits.
    pub fn feed(&mut self, trace: &[u8]) -> Result<()> {
        let mut reader = Reader::new(trace, "the trace".into());
        while reader.remaining() > 0 {
            let (number, x, y, z) = (reader.u32()?, reader.u32()?, reader.u32()?, reader.u32()?);
            match Op::from_number(number) {
                Some(Op::Copy) if x == self.shared => {
                    let node = self.read(y)?;
                    self.outputs.push(node);
                }
                Some(Op::Copy) if y == self.shared => {
                    if let Some(signals) = self.signals.as_mut().filter(|_| self.inputs == 0) {
                        signals.begin(x)?;
                    }
                    let node = self.graph.input(self.inputs);
                    self.inputs += 1;
                    self.write(x, node)?;
                }
                Some(Op::Copy) => self.copy(x, y)?,
                Some(Op::CopyN) => {
                    for offset in (0..z).map(|i| i.wrapping_mul(NUMBER)) {
                        self.copy(x.wrapping_add(offset), y.wrapping_add(offset))?;
                    }
                }
                Some(Op::IsTrue) => self.decide(x, y, z, |value| u32::from(value != Fr::ZERO))?,
                Some(Op::ToInt) => self.decide(x, y, z, low_word)?,
                Some(op) if op as u8 <= Op::Lnot as u8 => {
                    let a = self.read(y)?;
                    let b = if op.takes_one() { a } else { self.read(z)? };
                    let node = self.graph.apply(op, a, b);
                    self.write(x, node)?;
                }
                _ => return fault(format!("the trace has the unknown operation {number}")),
            }
        }
        Ok(())
    }

    /// Appends the nodes of all signals to those of the wires, where signals have their own.
    pub fn add_signals(&mut self) -> Result<()> {
        let Some(signals) = self.signals else { return Ok(()) };
        for number in 0..signals.count {
            let node = self.read(signals.address(number)?)?;
            self.outputs.push(node);
        }
        Ok(())
    }

    /// Checks that the calculator's decision is the same for all inputs.
    fn decide(&mut self, result: u32, at: u32, function: u32, f: fn(Fr) -> u32) -> Result<()> {
        let node = self.read(at)?;
        let name = self.names.get(function as usize).map_or("?", String::as_str);
        match self.graph.value(node) {
            Some(value) if f(value) == result => Ok(()),
            Some(_) => fault(format!("{name} does not compute what its trace says")),
            None => fault(format!(
                "{name} branches on a value of the inputs, or takes it as an index: {}; write it \
                 without a condition",
                self.graph.describe(node, 3)
            )),
        }
    }

    fn copy(&mut self, to: u32, from: u32) -> Result<()> {
        let node = self.read(from)?;
        self.write(to, node)
    }

    fn read(&mut self, address: u32) -> Result<NodeId> {
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

    fn write(&mut self, address: u32, node: NodeId) -> Result<()> {
        let at = (address / WORD) as usize;
        if !address.is_multiple_of(WORD) || at + WORDS > self.places.len() {
            return fault(format!("a number at the address {address}, odd or outside the memory"));
        }
        let is_signal = self.signals.is_some_and(|signals| signals.hold(address));
        let node = if is_signal { self.graph.own(node) } else { node };
        // Whatever number reached into these ten words is gone.
        self.places[at.saturating_sub(WORDS - 1)..at + WORDS].fill(OVERWRITTEN);
        self.places[at] = node;
        Ok(())
    }

    fn initial_number(&self, address: usize) -> Result<Fr> {
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
}

/// What circom's runtime takes for an address.
fn low_word(value: Fr) -> u32 {
    let number = value.into_bigint();
    if number > Fr::MODULUS_MINUS_ONE_DIV_TWO {
        (-value).into_bigint().0[0].wrapping_neg() as u32
    } else {
        number.0[0] as u32
    }
}
