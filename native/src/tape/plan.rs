//! Lays a graph out as a tape: only what the witness needs, inversions together, slots reused.
#![forbid(unsafe_code)]

use crate::fault::{Result, fault};
use crate::tape::graph::Graph;
use crate::tape::ops::Op;
use crate::tape::{InputGroup, Step, Tape};

const NONE: u32 = u32::MAX;

/// Returns the tape that computes `outputs`, the node of each wire.
pub fn plan(graph: &Graph, outputs: &[u32], groups: Vec<InputGroup>, inputs: u32) -> Result<Tape> {
    if outputs.len() + graph.nodes.len() >= NONE as usize {
        return fault("the circuit is too large for a tape");
    }
    let live = live(graph, outputs);
    let (order, levels) = order(graph, &live);
    let mut slots = Slots::new(graph, outputs, &live, &order);
    let mut steps = Vec::with_capacity(order.len());
    let mut pairs = Vec::new();
    let mut position = 0;
    while let Some(&id) = order.get(position) {
        let node = graph.nodes[id as usize];
        if node.op != Op::Inverse {
            let (a, b) = match node.op {
                Op::Input => (node.a, 0),
                Op::Bit => (slots.place[node.a as usize], node.b),
                op if op.takes_one() => (slots.place[node.a as usize], 0),
                _ => (slots.place[node.a as usize], slots.place[node.b as usize]),
            };
            slots.release(position);
            steps.push(Step { op: node.op, to: slots.take(id), a, b });
            position += 1;
            continue;
        }
        // A level's inversions are computed together: their results are placed before any operand
        // is given up. The next level's may be the inverses of these.
        let start = pairs.len() as u32;
        let first = position;
        let level = levels[id as usize];
        let among =
            |id: u32| graph.nodes[id as usize].op == Op::Inverse && levels[id as usize] == level;
        while let Some(&id) = order.get(position).filter(|id| among(**id)) {
            let from = slots.place[graph.nodes[id as usize].a as usize];
            pairs.push((slots.take(id), from));
            position += 1;
        }
        (first..position).for_each(|position| slots.release(position));
        steps.push(Step { op: Op::Inverses, to: 0, a: start, b: (position - first) as u32 });
    }
    Ok(Tape {
        wires: outputs.len() as u32,
        inputs,
        groups,
        constants: slots.constants.iter().map(|id| graph.constants[*id as usize]).collect(),
        slots: slots.end,
        steps,
        pairs,
        copies: slots.copies(outputs),
    })
}

/// The nodes that a node uses.
fn operands(graph: &Graph, id: u32) -> impl Iterator<Item = u32> {
    let node = graph.nodes[id as usize];
    let (a, b) = match node.op {
        Op::Const | Op::Input => (None, None),
        op if op.takes_one() || op == Op::Bit => (Some(node.a), None),
        _ => (Some(node.a), Some(node.b)),
    };
    a.into_iter().chain(b)
}

fn live(graph: &Graph, outputs: &[u32]) -> Vec<bool> {
    let mut live = vec![false; graph.nodes.len()];
    outputs.iter().for_each(|id| live[*id as usize] = true);
    for id in (0..graph.nodes.len()).rev().filter(|id| graph.nodes[*id].op != Op::Const) {
        if live[id] {
            operands(graph, id as u32).for_each(|operand| live[operand as usize] = true);
        }
    }
    live
}

/// The live nodes by how many inversions stand before them, each level's inversions first; and the
/// levels of all nodes. An inversion costs as much as hundreds of products, many together hardly
/// more than one.
fn order(graph: &Graph, live: &[bool]) -> (Vec<u32>, Vec<u32>) {
    let mut levels = vec![0u32; graph.nodes.len()];
    let mut order = Vec::new();
    for id in (0..graph.nodes.len()).filter(|id| live[*id]) {
        let node = graph.nodes[id];
        let before = operands(graph, id as u32).map(|operand| levels[operand as usize]).max();
        levels[id] = before.unwrap_or(0) + u32::from(node.op == Op::Inverse);
        if node.op != Op::Const {
            order.push(id as u32);
        }
    }
    order.sort_by_key(|id| (levels[*id as usize], graph.nodes[*id as usize].op != Op::Inverse));
    (order, levels)
}

/// Where values stand: the wires, then the constants, then what is needed for a while.
struct Slots {
    place: Vec<u32>,
    constants: Vec<u32>,
    /// Nodes whose last use is at a position, as lists: the head of each and the next of each.
    dying: Vec<u32>,
    next: Vec<u32>,
    free: Vec<u32>,
    end: u32,
}

impl Slots {
    fn new(graph: &Graph, outputs: &[u32], live: &[bool], order: &[u32]) -> Self {
        let mut place = vec![NONE; graph.nodes.len()];
        for (wire, id) in outputs.iter().enumerate().rev() {
            if graph.nodes[*id as usize].op != Op::Const {
                place[*id as usize] = wire as u32;
            }
        }
        let mut end = outputs.len() as u32;
        let mut constants = Vec::new();
        for id in (0..graph.nodes.len()).filter(|id| live[*id]) {
            if graph.nodes[id].op == Op::Const {
                constants.push(graph.nodes[id].a);
                place[id] = end;
                end += 1;
            }
        }
        let mut last = vec![NONE; graph.nodes.len()];
        for (position, id) in order.iter().enumerate() {
            operands(graph, *id).for_each(|operand| last[operand as usize] = position as u32);
        }
        let mut dying = vec![NONE; order.len()];
        let mut next = vec![NONE; graph.nodes.len()];
        for id in order.iter().map(|id| *id as usize) {
            if place[id] == NONE && last[id] != NONE {
                next[id] = dying[last[id] as usize];
                dying[last[id] as usize] = id as u32;
            }
        }
        Self { place, constants, dying, next, free: Vec::new(), end }
    }

    fn take(&mut self, id: u32) -> u32 {
        let place = &mut self.place[id as usize];
        if *place == NONE {
            *place = self.free.pop().unwrap_or_else(|| {
                self.end += 1;
                self.end - 1
            });
        }
        *place
    }

    /// Gives up the slots of the values that nothing after the position uses.
    fn release(&mut self, position: usize) {
        let mut id = self.dying[position];
        while id != NONE {
            self.free.push(self.place[id as usize]);
            id = self.next[id as usize];
        }
    }

    /// The wires that repeat another slot's value.
    fn copies(&self, outputs: &[u32]) -> Vec<(u32, u32)> {
        let places = outputs.iter().map(|id| self.place[*id as usize]);
        let pairs = places.enumerate().map(|(wire, place)| (wire as u32, place));
        pairs.filter(|(wire, place)| wire != place).collect()
    }
}

#[cfg(test)]
mod tests {
    use ark_bn254::Fr;
    use ark_ff::Field;

    use super::*;

    #[test]
    fn an_inverse_of_an_inverse_is_computed_after_it() {
        let mut graph = Graph::default();
        let number = graph.input(0);
        let inverse = graph.apply(Op::Inverse, number, number);
        let again = graph.apply(Op::Inverse, inverse, inverse);
        let groups = vec![InputGroup { name: "in".into(), start: 0, size: 1 }];
        let tape = plan(&graph, &[inverse, again], groups, 1).expect("a tape");
        let (value, inverse) = (Fr::from(47), Fr::from(47).inverse().expect("an inverse"));
        assert_eq!(tape.run(&[value]).expect("a witness"), [inverse, value]);
    }
}
