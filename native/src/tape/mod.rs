//! A tape: the line of field operations that computes a circuit's witness from its inputs.
#![forbid(unsafe_code)]

pub mod asking;
pub mod body;
pub mod file;
pub mod forks;
pub mod frames;
pub mod functions;
pub mod graph;
pub mod instrument;
pub mod lies;
pub mod ops;
pub mod pattern;
pub mod places;
pub mod plan;
pub mod record;
pub mod rewrite;
pub mod signals;
pub mod wasm;
pub mod wrappers;

use ark_bn254::Fr;
use ark_ff::{AdditiveGroup, PrimeField};

use crate::fault::{FormatError, Result, fault};
use crate::tape::ops::{Op, bit, evaluate, inverse};

/// An input of the circuit: `size` numbers from position `start`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InputGroup {
    pub name: String,
    pub start: u32,
    pub size: u32,
}

/// One operation: slots, or numbers where the operation says so (`Input`: `a` is the input's
/// position, `Bit`: `b` is the bit, `Inverses`: `a` and `b` are the first pair and how many).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    pub op: Op,
    pub to: u32,
    pub a: u32,
    pub b: u32,
}

/// Slots 0 to `wires` are the witness, the constants follow, then what is needed for a while.
#[derive(Debug, PartialEq, Eq)]
pub struct Tape {
    pub wires: u32,
    pub inputs: u32,
    pub groups: Vec<InputGroup>,
    pub constants: Vec<Fr>,
    pub slots: u32,
    pub steps: Vec<Step>,
    /// Slots (result, operand) of the inversions.
    pub pairs: Vec<(u32, u32)>,
    /// Wires that repeat another slot's value at the end.
    pub copies: Vec<(u32, u32)>,
}

impl Tape {
    /// Checks that every slot, input and list that the steps name is there, and that there are no
    /// more slots than the file fills: a damaged count takes no memory.
    pub fn check(self) -> Result<Self> {
        let slot = |slot: u32| slot < self.slots;
        let listed = |start: u32, count: u32, length: usize| {
            u64::from(start) + u64::from(count) <= length as u64
        };
        let fits = |step: &Step| match step.op {
            Op::Inverses => listed(step.a, step.b, self.pairs.len()),
            Op::Input => slot(step.to) && step.a < self.inputs,
            Op::Bit => slot(step.to) && slot(step.a) && step.b < 256,
            Op::Copy | Op::CopyN | Op::IsTrue | Op::ToInt | Op::Const | Op::Inverse => false,
            Op::Fork | Op::Else | Op::Join | Op::Enter | Op::Leave | Op::Return => false,
            _ => slot(step.to) && slot(step.a) && slot(step.b),
        };
        let written = self.steps.len() + self.pairs.len();
        let room = self.wires as usize + self.constants.len();
        let sizes = self.wires as usize <= written + self.copies.len()
            && (room..=room + written).contains(&(self.slots as usize));
        let groups = &self.groups;
        let grouped = groups.iter().all(|g| listed(g.start, g.size, self.inputs as usize));
        let pairs = self.pairs.iter().all(|(to, from)| slot(*to) && slot(*from));
        let copies = self.copies.iter().all(|(wire, from)| *wire < self.wires && slot(*from));
        if sizes && grouped && pairs && copies && self.steps.iter().all(fits) {
            return Ok(self);
        }
        fault("the tape names something that it does not have")
    }

    /// Returns the witness for the inputs.
    ///
    /// Whether the inputs meet the circuit's constraints is not looked at here.
    pub fn run(&self, inputs: &[Fr]) -> Result<Vec<Fr>> {
        let mut slots = self.begin(inputs)?;
        let mut products = Vec::with_capacity(self.longest_batch());
        for step in &self.steps {
            self.execute(step, inputs, &mut slots, &mut products)?;
        }
        Ok(self.end(slots))
    }

    /// The slots before the first step.
    fn begin(&self, inputs: &[Fr]) -> Result<Vec<Fr>> {
        if inputs.len() != self.inputs as usize {
            return fault(format!("{} input values for {} signals", inputs.len(), self.inputs));
        }
        let mut slots = vec![Fr::ZERO; self.slots as usize];
        let first = self.wires as usize;
        slots[first..first + self.constants.len()].copy_from_slice(&self.constants);
        Ok(slots)
    }

    #[inline(always)]
    fn execute(
        &self,
        step: &Step,
        inputs: &[Fr],
        slots: &mut [Fr],
        products: &mut Vec<Fr>,
    ) -> Result<()> {
        let (to, a, b) = (step.to as usize, step.a as usize, step.b as usize);
        slots[to] = match step.op {
            Op::Add => slots[a] + slots[b],
            Op::Sub => slots[a] - slots[b],
            Op::Mul => slots[a] * slots[b],
            Op::Bit => bit(slots[a], step.b),
            Op::Integer => Fr::new_unchecked(slots[a].into_bigint()),
            Op::Input => inputs[a],
            Op::Inverses => {
                invert(slots, &self.pairs[a..a + b], products);
                return Ok(());
            }
            op => evaluate(op, slots[a], slots[b])
                .ok_or_else(|| FormatError("division by zero".into()))?,
        };
        Ok(())
    }

    /// The witness after the last step.
    fn end(&self, mut slots: Vec<Fr>) -> Vec<Fr> {
        for (wire, from) in &self.copies {
            slots[*wire as usize] = slots[*from as usize];
        }
        slots.truncate(self.wires as usize);
        slots
    }

    fn longest_batch(&self) -> usize {
        let batches = self.steps.iter().filter(|step| step.op == Op::Inverses);
        batches.map(|step| step.b as usize).max().unwrap_or(0)
    }
}

/// Inverts many numbers at the price of one inversion and three products each; zero stays zero.
fn invert(slots: &mut [Fr], pairs: &[(u32, u32)], products: &mut Vec<Fr>) {
    products.clear();
    let mut product = Fr::from(1u8);
    for (_, from) in pairs {
        products.push(product);
        let value = slots[*from as usize];
        if value != Fr::ZERO {
            product *= value;
        }
    }
    let mut rest = inverse(product);
    for ((to, from), before) in pairs.iter().zip(products.iter()).rev() {
        let value = slots[*from as usize];
        slots[*to as usize] = if value == Fr::ZERO { Fr::ZERO } else { rest * before };
        if value != Fr::ZERO {
            rest *= value;
        }
    }
}
