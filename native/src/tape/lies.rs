//! Witnesses of a calculator that lies about some values and computes the others from these: what a
//! forger can make of a hint `<--`, if the constraints let it pass.
#![forbid(unsafe_code)]

use std::collections::BTreeMap;

use ark_bn254::Fr;

use crate::fault::{Result, fault};
use crate::tape::Tape;
use crate::tape::ops::Op;

/// Wires and the values that they are to have.
pub type Lies = BTreeMap<u32, Fr>;

impl Tape {
    /// Returns the witness in which the lies hold and whatever is computed from them follows.
    ///
    /// A lie is told where its wire's value is computed:
    /// 1. Wires with equal computations are one value. A lie about one of them is a lie about all,
    ///    and two lies about them have to agree.
    /// 2. A constant is computed nowhere. A lie about a wire that is one changes that wire alone.
    /// 3. A lie about an input's wire stands for the input.
    ///
    /// A tape of signals (`signals`) shares and folds nothing: there 1 is about a wire and the
    /// signal that it is, and 2 about signals that nothing is assigned to.
    pub fn run_lying(&self, inputs: &[Fr], lies: &Lies) -> Result<Vec<Fr>> {
        let told = self.told(lies)?;
        let mut slots = self.begin(inputs)?;
        let mut products = Vec::new();
        for step in &self.steps {
            self.execute(step, inputs, &mut slots, &mut products)?;
            if step.op == Op::Inverses {
                let batch = &self.pairs[step.a as usize..(step.a + step.b) as usize];
                batch.iter().for_each(|(to, _)| told.tell(*to, &mut slots));
            } else {
                told.tell(step.to, &mut slots);
            }
        }
        let mut witness = self.end(slots);
        lies.iter().for_each(|(wire, value)| witness[*wire as usize] = *value);
        Ok(witness)
    }

    /// The lies by the slot in which their wire's value is computed.
    fn told(&self, lies: &Lies) -> Result<Told> {
        let mut told = Told { values: BTreeMap::new(), any: vec![false; self.slots as usize] };
        let copied: BTreeMap<u32, u32> =
            self.copies.iter().filter(|(wire, _)| lies.contains_key(wire)).copied().collect();
        let constants = self.wires..self.wires + self.constants.len() as u32;
        for (wire, value) in lies {
            if *wire == 0 {
                return fault("wire 0 is one in every witness");
            }
            if *wire >= self.wires {
                return fault(format!("there is no wire {wire}: the tape has {}", self.wires));
            }
            let slot = copied.get(wire).copied().unwrap_or(*wire);
            if constants.contains(&slot) {
                continue;
            }
            if *told.values.entry(slot).or_insert(*value) != *value {
                return fault(format!("wire {wire} and another are one value, not two"));
            }
            told.any[slot as usize] = true;
        }
        Ok(told)
    }
}

/// Values by slot.
struct Told {
    values: BTreeMap<u32, Fr>,
    /// Whether a slot has one, which is quicker to ask for each step.
    any: Vec<bool>,
}

impl Told {
    fn tell(&self, slot: u32, slots: &mut [Fr]) {
        if self.any[slot as usize]
            && let Some(value) = self.values.get(&slot)
        {
            slots[slot as usize] = *value;
        }
    }
}
