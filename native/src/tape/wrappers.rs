//! The functions that an instrumented calculator has besides: one that writes an entry of the
//! trace, and a wrapper for each function of the field runtime.
#![forbid(unsafe_code)]

use crate::tape::asking::{FORKS, Known, fork, gone, local, side, traced, traced_load};
use crate::tape::ops::Op;
use crate::tape::wasm::*;

/// `exceptionHandler` is called with it when the trace's memory is full.
pub const FULL: u32 = 0x7fff_0001;
/// The trace's bytes; word 0 of its memory counts how many are written, the entries follow.
pub const TRACE_BYTES: u32 = 1 << 20;
pub const TRACE_START: u32 = 16;
pub const TRACE_PAGES: u32 = 17;
/// Parameters and results of the functions' types; the first is the type of `log_function`.
pub const TYPES: [(usize, usize); 6] = [(4, 0), (2, 1), (2, 0), (3, 0), (1, 1), (1, 0)];

/// The position in `TYPES` of a wrapper's type.
pub fn wrapper_type(op: Op) -> u32 {
    match op {
        Op::IsTrue | Op::ToInt | Op::Fork => 1,
        Op::Else | Op::Return => 4,
        Op::Join => 5,
        op if op.takes_one() || op == Op::Copy => 2,
        _ => 3,
    }
}

/// (operation, x, y, z): writes an entry, and empties the memory when it is full.
pub fn log_function(handler: u32) -> Vec<u8> {
    let mut out = vec![1, 1, I32];
    put_const(&mut out, 0);
    traced(&mut out, I32_LOAD, 0);
    local(&mut out, LOCAL_SET, 4);
    for parameter in 0..4u8 {
        local(&mut out, LOCAL_GET, 4);
        local(&mut out, LOCAL_GET, parameter);
        traced(&mut out, I32_STORE, TRACE_START + 4 * u32::from(parameter));
    }
    put_const(&mut out, 0);
    local(&mut out, LOCAL_GET, 4);
    put_const(&mut out, 16);
    out.push(I32_ADD);
    local(&mut out, LOCAL_TEE, 4);
    traced(&mut out, I32_STORE, 0);
    local(&mut out, LOCAL_GET, 4);
    put_const(&mut out, TRACE_BYTES);
    out.extend([I32_EQ, IF, NO_RESULT]);
    put_const(&mut out, FULL);
    put_call(&mut out, handler);
    put_const(&mut out, 0);
    put_const(&mut out, 0);
    traced(&mut out, I32_STORE, 0);
    out.extend([END, END]);
    out
}

/// Writes an entry and calls the function.
pub fn wrapper(target: u32, op: Op, known: &Known) -> Vec<u8> {
    let log = known.log;
    match op {
        Op::Fork => return fork(target, known),
        Op::Else | Op::Join => return side(op, known),
        Op::Return => return gone(known),
        _ => {}
    }
    if matches!(op, Op::IsTrue | Op::ToInt) {
        // (address, function): the result, then an entry with the result, address and function.
        let mut out = vec![1, 1, I32];
        local(&mut out, LOCAL_GET, 0);
        put_call(&mut out, target);
        local(&mut out, LOCAL_SET, 2);
        put_const(&mut out, op as u32);
        for index in [2, 0, 1] {
            local(&mut out, LOCAL_GET, index);
        }
        put_call(&mut out, log);
        local(&mut out, LOCAL_GET, 2);
        out.push(END);
        return out;
    }
    let parameters = TYPES[wrapper_type(op) as usize].0 as u8;
    let mut out = vec![0];
    put_const(&mut out, op as u32);
    (0..parameters).for_each(|index| local(&mut out, LOCAL_GET, index));
    if parameters == 2 {
        put_const(&mut out, 0);
    }
    put_call(&mut out, log);
    let divides = matches!(op, Op::Idiv | Op::Mod);
    if divides {
        // In a side that only the trace needs, the divisor may be zero.
        traced_load(&mut out, FORKS);
        out.push(I32_EQZ);
        local(&mut out, LOCAL_GET, 2);
        put_call(&mut out, known.is_true);
        out.extend([I32_OR, IF, NO_RESULT]);
    }
    (0..parameters).for_each(|index| local(&mut out, LOCAL_GET, index));
    put_call(&mut out, target);
    if divides {
        out.push(END);
    }
    out.push(END);
    out
}
