//! The field operations of a circuit as a graph: equal nodes once, constants folded.
#![forbid(unsafe_code)]

use std::collections::HashMap;

use ark_bn254::Fr;
use ark_ff::{AdditiveGroup, Field, PrimeField};

use crate::tape::ops::{Op, bit, evaluate};

pub type NodeId = u32;

/// An operation and its operands: nodes, or a number where the operation says so (`Const`: the
/// constant's position, `Input`: the input's, `Bit`: the bit of the node `a`).
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Node {
    pub op: Op,
    pub a: u32,
    pub b: u32,
}

/// The numbers that an operation may leave out.
fn small(value: Option<Fr>) -> Option<u8> {
    value.and_then(|value| match value {
        zero if zero == Fr::ZERO => Some(0),
        one if one == Fr::ONE => Some(1),
        _ => None,
    })
}

#[derive(Default)]
pub struct Graph {
    /// Operands stand before the nodes that use them.
    pub nodes: Vec<Node>,
    pub constants: Vec<Fr>,
    known: HashMap<Node, NodeId>,
    known_constants: HashMap<[u64; 4], NodeId>,
}

impl Graph {
    pub fn constant(&mut self, value: Fr) -> NodeId {
        if let Some(found) = self.known_constants.get(&value.0.0) {
            return *found;
        }
        let id = self.nodes.len() as NodeId;
        self.nodes.push(Node { op: Op::Const, a: self.constants.len() as u32, b: 0 });
        self.constants.push(value);
        self.known_constants.insert(value.0.0, id);
        id
    }

    pub fn input(&mut self, position: u32) -> NodeId {
        self.node(Op::Input, position, 0)
    }

    /// The value of a node that depends on no input.
    pub fn value(&self, id: NodeId) -> Option<Fr> {
        let node = self.nodes[id as usize];
        (node.op == Op::Const).then(|| self.constants[node.a as usize])
    }

    /// Adds one of circom's operators; `b` is ignored where it takes one operand.
    pub fn apply(&mut self, op: Op, a: NodeId, b: NodeId) -> NodeId {
        let (known_a, known_b) = (self.value(a), self.value(b));
        if let (Some(x), Some(y)) = (known_a, if op.takes_one() { known_a } else { known_b })
            && let Some(value) = evaluate(op, x, y)
        {
            return self.constant(value);
        }
        match (op, small(known_a), small(known_b)) {
            (Op::Add, Some(0), _) | (Op::Mul, Some(1), _) => return b,
            (Op::Add | Op::Sub, _, Some(0)) | (Op::Mul | Op::Div, _, Some(1)) => {
                return a;
            }
            (Op::Mul, Some(0), _) => return a,
            (Op::Mul, _, Some(0)) => return b,
            (Op::Neg, ..) => {
                let zero = self.constant(Fr::ZERO);
                return self.node(Op::Sub, zero, a);
            }
            (Op::Div, ..) => {
                let inverse = self.apply(Op::Inverse, b, b);
                return self.apply(Op::Mul, a, inverse);
            }
            (Op::Gt, ..) => return self.node(Op::Lt, b, a),
            (Op::Geq, ..) => return self.node(Op::Leq, b, a),
            (Op::Band, _, Some(1)) => return self.low_bit(a),
            (Op::Band, Some(1), _) => return self.low_bit(b),
            _ => {}
        }
        if op.takes_one() {
            return self.node(op, a, 0);
        }
        let (a, b) = if op.is_symmetric() { (a.min(b), a.max(b)) } else { (a, b) };
        self.node(op, a, b)
    }

    /// The lowest bit of a node; of a number that was shifted right, a bit of that number.
    fn low_bit(&mut self, id: NodeId) -> NodeId {
        let node = self.nodes[id as usize];
        let distance = match node.op {
            Op::Shr => self.value(node.b).map(|by| by.into_bigint().0),
            _ => None,
        };
        let (number, index) = match distance {
            Some([index @ 0..254, 0, 0, 0]) => (node.a, index as u32),
            _ => (id, 0),
        };
        match self.value(number) {
            Some(value) => {
                let value = bit(Fr::new_unchecked(value.into_bigint()), index);
                self.constant(value)
            }
            None => {
                let integer = self.node(Op::Integer, number, 0);
                self.node(Op::Bit, integer, index)
            }
        }
    }

    /// One where a number is not zero, else zero.
    pub fn truth(&mut self, id: NodeId) -> NodeId {
        if self.nodes[id as usize].op.is_boolean() {
            return id;
        }
        let zero = self.constant(Fr::ZERO);
        self.apply(Op::Neq, id, zero)
    }

    /// The first node where the condition is one, the second where it is zero.
    pub fn select(&mut self, condition: NodeId, first: NodeId, second: NodeId) -> NodeId {
        if first == second {
            return first;
        }
        let difference = self.apply(Op::Sub, first, second);
        let chosen = self.apply(Op::Mul, condition, difference);
        self.apply(Op::Add, second, chosen)
    }

    fn node(&mut self, op: Op, a: u32, b: u32) -> NodeId {
        let node = Node { op, a, b };
        let next = self.nodes.len() as NodeId;
        let id = *self.known.entry(node).or_insert(next);
        if id == next {
            self.nodes.push(node);
        }
        id
    }

    /// A node of another's value that is equal to no other node and folded into none.
    pub fn own(&mut self, id: NodeId) -> NodeId {
        let zero = self.constant(Fr::ZERO);
        self.nodes.push(Node { op: Op::Add, a: id, b: zero });
        self.nodes.len() as NodeId - 1
    }

    /// The node as text, for messages; operands below `depth` are left out.
    pub fn describe(&self, id: NodeId, depth: u32) -> String {
        let node = self.nodes[id as usize];
        let inner = |id: u32| match depth {
            0 => "…".to_string(),
            _ => self.describe(id, depth - 1),
        };
        let name = format!("{:?}", node.op).to_lowercase();
        match node.op {
            Op::Const => self.constants[node.a as usize].to_string(),
            Op::Input => format!("input {}", node.a),
            Op::Bit => format!("bit {} of {}", node.b, inner(node.a)),
            Op::Integer => inner(node.a),
            op if op.takes_one() => format!("{name}({})", inner(node.a)),
            _ => format!("{name}({}, {})", inner(node.a), inner(node.b)),
        }
    }
}
