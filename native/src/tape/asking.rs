//! The functions that an instrumented calculator calls at conditions: they have the trace read and
//! wait for what to do.
#![forbid(unsafe_code)]

use crate::tape::forks::BOTH;
use crate::tape::ops::Op;
use crate::tape::wasm::*;

/// `exceptionHandler` is called with it when the trace has to be read at once: its last entry is a
/// condition, or the end of a side. The answer is put where the trace's memory has `ANSWER`.
pub const ASK: u32 = 0x7fff_0002;
/// The address of the decision: which sides of the condition are run.
pub const ANSWER: u32 = 4;
/// The address of how many conditions the run is in both sides of.
pub const FORKS: u32 = 8;

/// The functions that wrappers call.
pub struct Known {
    pub log: u32,
    pub handler: u32,
    pub is_true: u32,
}

/// (address, function): an entry with what the calculator would decide, then what it has to.
pub fn fork(target: u32, known: &Known) -> Vec<u8> {
    let mut out = vec![1, 1, I32];
    put_const(&mut out, 0);
    local(&mut out, LOCAL_GET, 0);
    put_call(&mut out, target);
    local(&mut out, LOCAL_TEE, 2);
    traced(&mut out, I32_STORE, ANSWER);
    put_const(&mut out, Op::Fork as u32);
    for index in [2, 0, 1] {
        local(&mut out, LOCAL_GET, index);
    }
    ask(&mut out, known);
    count_forks(&mut out, |out| {
        traced_load(out, ANSWER);
        put_const(out, BOTH);
        out.extend([I32_EQ, I32_ADD]);
    });
    traced_load(&mut out, ANSWER);
    out.push(END);
    out
}

/// (sides that are run): between the sides, whether the second is; after them, nothing.
pub fn side(op: Op, known: &Known) -> Vec<u8> {
    let mut out = vec![0];
    local(&mut out, LOCAL_GET, 0);
    put_const(&mut out, BOTH);
    out.extend([I32_EQ, IF, NO_RESULT]);
    put_const(&mut out, op as u32);
    (0..3).for_each(|_| put_const(&mut out, 0));
    ask(&mut out, known);
    if op == Op::Join {
        count_forks(&mut out, |out| {
            put_const(out, 1);
            out.push(I32_SUB);
        });
        out.extend([END, END]);
        return out;
    }
    out.push(END);
    // 0 and 2 run the second side.
    local(&mut out, LOCAL_GET, 0);
    put_const(&mut out, 1);
    out.extend([I32_NE, END]);
    out
}

/// (whether it returns): an entry with it, then whether the function is left, or the side.
pub fn gone(known: &Known) -> Vec<u8> {
    let mut out = vec![0];
    put_const(&mut out, 0);
    local(&mut out, LOCAL_GET, 0);
    traced(&mut out, I32_STORE, ANSWER);
    put_const(&mut out, Op::Return as u32);
    local(&mut out, LOCAL_GET, 0);
    (0..2).for_each(|_| put_const(&mut out, 0));
    ask(&mut out, known);
    traced_load(&mut out, ANSWER);
    out.push(END);
    out
}

/// Writes the entry on the stack and has the trace read.
fn ask(out: &mut Vec<u8>, known: &Known) {
    put_call(out, known.log);
    put_const(out, ASK);
    put_call(out, known.handler);
    put_const(out, 0);
    put_const(out, 0);
    traced(out, I32_STORE, 0);
}

/// Changes how many conditions the run is in both sides of.
fn count_forks(out: &mut Vec<u8>, change: impl Fn(&mut Vec<u8>)) {
    put_const(out, 0);
    traced_load(out, FORKS);
    change(out);
    traced(out, I32_STORE, FORKS);
}

pub fn traced_load(out: &mut Vec<u8>, offset: u32) {
    put_const(out, 0);
    traced(out, I32_LOAD, offset);
}

pub fn local(out: &mut Vec<u8>, opcode: u8, index: u8) {
    out.extend([opcode, index]);
}

/// A load or store of 32 bits in the trace's memory, which is memory 1.
pub fn traced(out: &mut Vec<u8>, opcode: u8, offset: u32) {
    out.extend([opcode, 0x42, 1]);
    put_number(out, offset);
}
