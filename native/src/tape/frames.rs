//! Functions that return in one side of a condition on a signal.
//!
//! What follows the condition is recorded as if neither side had returned. The function's own
//! variables are nobody's afterwards; what it writes outside its frame, which is its result, counts
//! where it has not returned before.
#![forbid(unsafe_code)]

use ark_bn254::Fr;
use ark_ff::{AdditiveGroup, Field};

use crate::fault::{Result, fault};
use crate::tape::places::{Answer, Frame, Recorder};
use crate::tape::signals::NUMBER;

/// Answers where a function returns or may have: it goes on, it is left, or only the side is.
pub const STAY: u32 = 0;
pub const LEAVE: u32 = 1;
const LEAVE_SIDE: u32 = 2;
/// Calls in calls.
const DEEPEST: usize = 1 << 10;
/// Numbers of a result.
const LARGEST: u32 = 1 << 20;

impl Recorder {
    pub(super) fn enter(&mut self, result: u32, size: u32, start: u32) -> Result<()> {
        if size > LARGEST {
            return fault(format!("the trace has a result of {size} numbers"));
        }
        if self.frames.len() == DEEPEST {
            return fault("a recursion is ended by a value of the inputs, or never");
        }
        let zero = self.graph.constant(Fr::ZERO);
        // Where one side returns, the result is chosen between it and what was there: any number.
        for address in (0..size).map(|i| result.wrapping_add(i.wrapping_mul(NUMBER))) {
            if self.read(address).is_err() {
                self.write(address, zero)?;
            }
        }
        self.frames.push(Frame { start, forks: self.forks.len(), returned: zero });
        Ok(())
    }

    pub(super) fn leave(&mut self) -> Result<()> {
        match self.frames.pop() {
            Some(frame) if frame.forks == self.forks.len() => Ok(()),
            _ => fault("the trace leaves a function that it is not in"),
        }
    }

    /// Takes a return, or asks whether there was one on every way to here.
    pub(super) fn gone(&mut self, returns: bool) -> Result<()> {
        let one = self.graph.constant(Fr::ONE);
        let Some(frame) = self.frames.last_mut() else {
            return fault("the trace returns from a function that it is not in");
        };
        if returns {
            frame.returned = one;
        }
        let sides = match (frame.returned == one, self.forks.len() > frame.forks) {
            (false, _) => STAY,
            (true, false) => LEAVE,
            (true, true) => LEAVE_SIDE,
        };
        self.answer = Answer { sides, memory: Vec::new() };
        Ok(())
    }
}
