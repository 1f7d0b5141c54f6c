//! Turns the trace of an instrumented calculator into the graph of its witness.
#![forbid(unsafe_code)]

use ark_bn254::Fr;
use ark_ff::{AdditiveGroup, PrimeField};

use crate::fault::{Result, fault};
use crate::files::binary::Reader;
use crate::tape::ops::Op;
use crate::tape::places::Recorder;
use crate::tape::signals::NUMBER;

impl Recorder {
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
                Some(Op::Fork) => self.fork(x, y, z)?,
                Some(Op::Else) => self.other_side()?,
                Some(Op::Join) => self.join()?,
                Some(Op::Enter) => self.enter(x, y, z)?,
                Some(Op::Leave) => self.leave()?,
                Some(Op::Return) => self.gone(x == 1)?,
                Some(op) if op as u8 <= Op::Lnot as u8 => {
                    let a = self.read(y)?;
                    let b = if op.takes_one() { a } else { self.read(z)? };
                    let b = self.divisor(op, b);
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
        if !self.forks.is_empty() || !self.frames.is_empty() {
            return fault("the trace ends inside a condition or a function");
        }
        let Some(signals) = self.signals else { return Ok(()) };
        for number in 0..signals.count {
            let node = self.read(signals.address(number)?)?;
            self.outputs.push(node);
        }
        Ok(())
    }

    fn copy(&mut self, to: u32, from: u32) -> Result<()> {
        let node = self.read(from)?;
        self.write(to, node)
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
