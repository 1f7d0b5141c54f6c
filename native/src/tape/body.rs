//! A function's body as it is rewritten, with its conditions of which both sides may be run.
#![forbid(unsafe_code)]

use crate::tape::forks::BOTH;
use crate::tape::frames::{LEAVE, STAY};
use crate::tape::ops::Op;
use crate::tape::pattern::Sides;
use crate::tape::wasm::*;

/// The functions that conditions call.
#[derive(Clone, Copy)]
pub struct Calls {
    /// Takes what is on the stack and says which sides are run.
    pub fork: u32,
    /// Between the sides, and after them.
    pub other: u32,
    pub join: u32,
    /// Where a function returns, and where it may have.
    pub gone: u32,
    pub log: u32,
}

/// The parameters of a function: where its result goes, and how many numbers it has.
const RESULT: [u32; 2] = [0, 1];

/// A condition of which both sides may be run, one after the other.
struct Condition {
    /// Circuit code sets each of the sides' locals again before it reads it; after a side that was
    /// run beside the other they hold what ends a run that does not.
    sides: Sides,
    /// The local that says which sides are run.
    which: u32,
    in_second: bool,
}

pub struct Body<'a> {
    pub out: Vec<u8>,
    calls: Calls,
    /// The open blocks, and the conditions among them.
    blocks: Vec<Option<Condition>>,
    /// The number of the first local that is new.
    first: u32,
    open: u32,
    most: u32,
    /// Where it may return in a condition: how it gives its frame back.
    release: Option<&'a [Instruction<'a>]>,
}

impl<'a> Body<'a> {
    pub fn new(first: u32, calls: Calls) -> Self {
        Self { out: Vec::new(), calls, blocks: Vec::new(), first, open: 0, most: 0, release: None }
    }

    /// Begins a function that may return in a condition: (result's address and size, frame).
    pub fn enter(&mut self, release: &'a [Instruction<'a>]) {
        self.release = Some(release);
        // A return counts in them while it copies an array.
        for parameter in RESULT {
            self.local(LOCAL_GET, parameter);
            self.local(LOCAL_SET, self.first.saturating_add(parameter));
        }
        (self.open, self.most) = (2, 2);
        put_const(&mut self.out, Op::Enter as u32);
        RESULT.iter().for_each(|parameter| self.local(LOCAL_GET, *parameter));
        put_const(&mut self.out, 0);
        self.out.extend([I32_LOAD, 2, 0]);
        put_call(&mut self.out, self.calls.log);
    }

    /// Begins a condition.
    pub fn begin(&mut self, sides: Sides) {
        let which = self.first.saturating_add(self.open);
        self.open += 1;
        self.most = self.most.max(self.open);
        put_call(&mut self.out, self.calls.fork);
        self.local(LOCAL_TEE, which);
        self.out.extend([IF, NO_RESULT]);
        self.blocks.push(Some(Condition { sides, which, in_second: false }));
    }

    /// Follows the blocks; returns whether the instruction belonged to a condition and is written.
    pub fn structure(&mut self, opcode: u8) -> bool {
        match opcode {
            BLOCK..=IF => self.blocks.push(None),
            ELSE => {
                if let Some(Some(mut condition)) = self.blocks.pop_if(|block| block.is_some()) {
                    self.second(&mut condition);
                    self.blocks.push(Some(condition));
                    return true;
                }
            }
            END => {
                if let Some(Some(condition)) = self.blocks.pop() {
                    self.end(condition);
                    return true;
                }
            }
            _ => {}
        }
        false
    }

    /// Writes a return: where both sides of a condition are run, the run goes on after this one.
    pub fn returning(&mut self) {
        if let Some(depth) = self.to_condition(0) {
            put_const(&mut self.out, 1);
            put_call(&mut self.out, self.calls.gone);
            put_const(&mut self.out, LEAVE);
            self.out.extend([I32_EQ, IF, NO_RESULT]);
            self.leave();
            self.out.extend([END, BR]);
            put_number(&mut self.out, depth);
        } else {
            self.leave();
        }
    }

    /// Ends the first side and begins the second.
    fn second(&mut self, condition: &mut Condition) {
        condition.in_second = true;
        self.end_side(condition);
        put_call(&mut self.out, self.calls.other);
        self.out.extend([IF, NO_RESULT]);
    }

    fn end(&mut self, mut condition: Condition) {
        if !condition.in_second {
            self.second(&mut condition);
        }
        self.end_side(&condition);
        put_call(&mut self.out, self.calls.join);
        self.open -= 1;
        if !condition.sides.returns {
            return;
        }
        // Where both sides returned, so does the function, or the side that the condition is in.
        put_const(&mut self.out, 0);
        put_call(&mut self.out, self.calls.gone);
        self.local(LOCAL_TEE, condition.which);
        put_const(&mut self.out, STAY);
        self.out.extend([I32_NE, IF, NO_RESULT]);
        if let Some(depth) = self.to_condition(1) {
            self.local(LOCAL_GET, condition.which);
            put_const(&mut self.out, LEAVE);
            self.out.extend([I32_EQ, IF, NO_RESULT]);
            self.leave();
            self.out.extend([END, BR]);
            put_number(&mut self.out, depth);
        } else {
            self.leave();
        }
        self.out.push(END);
    }

    /// Ends a side, with which ones are run on the stack.
    fn end_side(&mut self, condition: &Condition) {
        self.out.push(END);
        self.local(LOCAL_GET, condition.which);
        put_const(&mut self.out, BOTH);
        self.out.extend([I32_EQ, IF, NO_RESULT]);
        for local in &condition.sides.locals {
            if self.release.is_some() && RESULT.contains(local) {
                self.local(LOCAL_GET, self.first.saturating_add(*local));
            } else {
                put_const(&mut self.out, u32::MAX);
            }
            self.local(LOCAL_SET, *local);
        }
        self.out.push(END);
        self.local(LOCAL_GET, condition.which);
    }

    /// How many blocks a branch leaves to the end of the innermost condition's side.
    fn to_condition(&self, more: u32) -> Option<u32> {
        let found = self.blocks.iter().rev().position(Option::is_some);
        found.map(|position| position as u32 + more)
    }

    /// Gives the frame back and returns.
    fn leave(&mut self) {
        for step in self.release.into_iter().flatten() {
            self.out.extend_from_slice(step.raw);
        }
        put_const(&mut self.out, Op::Leave as u32);
        (0..3).for_each(|_| put_const(&mut self.out, 0));
        put_call(&mut self.out, self.calls.log);
        put_const(&mut self.out, 0);
        self.out.push(RETURN);
    }

    fn local(&mut self, opcode: u8, number: u32) {
        self.out.push(opcode);
        put_number(&mut self.out, number);
    }

    /// The whole body, with the locals that it declared and the new ones.
    pub fn finish(self, mut groups: Vec<(u32, u8)>) -> Vec<u8> {
        if self.most > 0 {
            groups.push((self.most, I32));
        }
        let mut out = Vec::new();
        put_number(&mut out, groups.len() as u32);
        for (count, kind) in groups {
            put_number(&mut out, count);
            out.push(kind);
        }
        out.extend(self.out);
        out
    }
}
