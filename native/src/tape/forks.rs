//! Conditions on signals: both sides are recorded one after the other from the same memory, and
//! what they leave differently is selected by the condition.
//!
//! The calculator runs both sides too. Whatever it decides afterwards is compared with what the
//! record says (`decide`), so what memory holds must be right only where it is the same for all
//! inputs: the answers say what to put there.
#![forbid(unsafe_code)]

use std::collections::BTreeMap;

use ark_bn254::Fr;
use ark_ff::{AdditiveGroup, Field, PrimeField};

use crate::fault::{Result, fault};
use crate::tape::graph::NodeId;
use crate::tape::ops::Op;
use crate::tape::places::{Answer, Fork, LONG, OVERWRITTEN, Recorder, UNTOUCHED, WORD};
use crate::tape::signals::NUMBER;

/// The decision that runs both sides; 0 and 1 run one.
pub const BOTH: u32 = 2;
/// Conditions inside conditions: a recursion that a signal has to end goes no deeper.
const DEEPEST: usize = 64;
/// Conditions in all: no circuit's functions double for ever.
const MOST: u32 = 1 << 20;

impl Recorder {
    /// Begins a condition, with what the calculator found.
    pub(super) fn fork(&mut self, result: u32, at: u32, function: u32) -> Result<()> {
        let node = self.read(at)?;
        if self.graph.value(node).is_some() || self.signals.is_some() {
            self.answer = Answer { sides: result, memory: Vec::new() };
            return self.decide(result, at, function, |value| u32::from(value != Fr::ZERO));
        }
        self.count += 1;
        if self.forks.len() == DEEPEST || self.count > MOST {
            return fault(format!(
                "{} has too many conditions on values of the inputs",
                self.name(function)
            ));
        }
        let condition = self.graph.truth(node);
        let returned = [self.returned(), None];
        self.forks.push(Fork { condition, before: BTreeMap::new(), first: None, returned });
        self.answer = Answer { sides: BOTH, memory: Vec::new() };
        Ok(())
    }

    /// Ends the first side: memory is again as it was before it.
    pub(super) fn other_side(&mut self) -> Result<()> {
        let after = self.returned();
        let Some(fork) = self.forks.last_mut().filter(|fork| fork.first.is_none()) else {
            return fault("the trace has a second side of no condition");
        };
        fork.returned[1] = after;
        if let (Some(before), Some(frame)) = (fork.returned[0], self.frames.last_mut()) {
            frame.returned = before;
        }
        let changed = fork.before.keys().map(|at| (*at, self.places[*at])).collect();
        fork.first = Some(changed);
        fork.before.iter().for_each(|(at, node)| self.places[*at] = *node);
        let places: Vec<usize> = fork.before.keys().copied().collect();
        self.answer = Answer { sides: BOTH, memory: self.contents(&places) };
        Ok(())
    }

    /// Ends the second side.
    pub(super) fn join(&mut self) -> Result<()> {
        let Some(Fork { condition, before, first: Some(first), returned }) = self.forks.pop()
        else {
            return fault("the trace joins the sides of no condition");
        };
        if let (Some(first), Some(frame)) = (returned[1], self.frames.last_mut()) {
            frame.returned = self.graph.select(condition, first, frame.returned);
        }
        for (at, old) in &before {
            let left = first.get(at).copied().unwrap_or(*old);
            let node = self.merge(condition, *at, left, self.places[*at]);
            self.places[*at] = *old;
            self.put(*at, node);
        }
        let places: Vec<usize> = before.into_keys().collect();
        self.answer = Answer { sides: BOTH, memory: self.contents(&places) };
        Ok(())
    }

    fn returned(&self) -> Option<NodeId> {
        self.frames.last().map(|frame| frame.returned)
    }

    fn merge(&mut self, condition: NodeId, at: usize, first: NodeId, second: NodeId) -> NodeId {
        if first == second {
            return first;
        }
        let number = |recorder: &mut Self, node: NodeId| match node {
            OVERWRITTEN => None,
            UNTOUCHED => {
                let value = recorder.initial_number(at * WORD as usize).ok()?;
                Some(recorder.graph.constant(value))
            }
            node => Some(node),
        };
        match number(self, first).zip(number(self, second)) {
            Some((first, second)) => self.graph.select(condition, first, second),
            None => OVERWRITTEN,
        }
    }

    /// The divisor of a quotient, and one where the calculator does not divide.
    pub(super) fn divisor(&mut self, op: Op, node: NodeId) -> NodeId {
        let safe = self.graph.value(node).is_some_and(|value| value != Fr::ZERO);
        if safe || !matches!(op, Op::Idiv | Op::Mod) {
            return node;
        }
        let one = self.graph.constant(Fr::ONE);
        let mut divisor = node;
        for fork in &self.forks {
            divisor = match fork.first {
                None => self.graph.select(fork.condition, divisor, one),
                Some(_) => self.graph.select(fork.condition, one, divisor),
            };
        }
        for frame in &self.frames {
            divisor = self.graph.select(frame.returned, one, divisor);
        }
        divisor
    }

    /// What memory has to hold at these words where it does not depend on the inputs.
    fn contents(&self, places: &[usize]) -> Vec<(u32, Vec<u8>)> {
        let content = |at: &usize| {
            let address = *at as u32 * WORD;
            let bytes = match self.places[*at] {
                OVERWRITTEN => return None,
                UNTOUCHED => self.initial[address as usize..][..WORD as usize].to_vec(),
                node => number_bytes(self.graph.value(node)?),
            };
            Some((address, bytes))
        };
        places.iter().filter_map(content).collect()
    }
}

/// A number as the calculator's memory holds it.
fn number_bytes(value: Fr) -> Vec<u8> {
    let limbs = value.into_bigint().0;
    let mut bytes = Vec::with_capacity(NUMBER as usize);
    let (short, kind) = match limbs {
        [short @ 0..0x8000_0000, 0, 0, 0] => (short as u32, 0),
        _ => (0, LONG),
    };
    bytes.extend_from_slice(&short.to_le_bytes());
    bytes.extend_from_slice(&kind.to_le_bytes());
    limbs.iter().for_each(|limb| bytes.extend_from_slice(&limb.to_le_bytes()));
    bytes
}
