//! What circom's code generator writes: checks, and conditions of which both sides can be run.
#![forbid(unsafe_code)]

use std::collections::BTreeSet;

use crate::tape::wasm::*;

pub enum Pattern {
    Call(&'static str),
    Code(u8),
    Number(u8, u32),
}
use Pattern::{Call, Code, Number};

/// A check of `===` or `assert` on the number whose address is on the stack.
pub const CHECK: [Pattern; 10] = [
    Call("Fr_isTrue"),
    Code(I32_EQZ),
    Code(IF),
    Code(I32_CONST),
    Code(I32_CONST),
    Call("buildBufferMessage"),
    Call("printErrorMessage"),
    Number(I32_CONST, 4),
    Code(RETURN),
    Code(END),
];

/// Inside `===` of arrays: the loop's exit at the first difference, then its counter.
pub const EQUALITY: [Pattern; 10] = [
    Code(LOCAL_GET),
    Call("Fr_isTrue"),
    Code(I32_EQZ),
    Number(BR_IF, 1),
    Code(LOCAL_GET),
    Number(I32_CONST, 1),
    Code(I32_SUB),
    Code(LOCAL_TEE),
    Code(I32_EQZ),
    Number(BR_IF, 1),
];
pub const EQUALITY_EXIT: usize = 4;

/// A condition of the language: loops ask with `i32.eqz` and `br_if`.
pub const CONDITION: [Pattern; 2] = [Call("Fr_isTrue"), Code(IF)];

/// The end of a run whose callee met a broken check; the checks are taken out.
const FAILURE: [Pattern; 9] = [
    Code(LOCAL_TEE),
    Code(IF),
    Code(I32_CONST),
    Code(I32_CONST),
    Call("buildBufferMessage"),
    Call("printErrorMessage"),
    Code(LOCAL_GET),
    Code(RETURN),
    Code(END),
];

/// Where a function or a template gives its frame back.
pub const RELEASE: [Pattern; 3] = [Number(I32_CONST, 0), Code(LOCAL_GET), Code(I32_STORE)];

/// A function's return, once its result is written.
pub const RETURNING: [Pattern; 5] =
    [Number(I32_CONST, 0), Code(LOCAL_GET), Code(I32_STORE), Number(I32_CONST, 0), Code(RETURN)];

/// The end of a line of a message.
const MESSAGE: [Pattern; 3] = [Code(I32_CONST), Code(I32_CONST), Code(I32_STORE)];

pub fn starts(names: &[String], code: &[Instruction<'_>], pattern: &[Pattern]) -> bool {
    let fits = |(step, part): (&Instruction<'_>, &Pattern)| match part {
        Call(name) => {
            step.opcode == CALL && names.get(step.number as usize).is_some_and(|n| n == name)
        }
        Code(opcode) => step.opcode == *opcode,
        Number(opcode, number) => step.opcode == *opcode && step.number == *number,
    };
    code.len() >= pattern.len() && code.iter().zip(pattern).all(fits)
}

/// The functions that a body calls, or None where it writes to memory otherwise than by operations
/// of the field: such an effect has no second side.
pub fn callees(names: &[String], code: &[Instruction<'_>]) -> Option<Vec<u32>> {
    let mut called = Vec::new();
    for (at, step) in code.iter().enumerate() {
        match step.opcode {
            CALL => called.push(step.number),
            CALL_INDIRECT => return None,
            I32_STORE if !stores(names, code, at, &[&RELEASE, &MESSAGE]) => return None,
            _ => {}
        }
    }
    Some(called)
}

/// Whether a store is the last instruction of one of the patterns.
fn stores(names: &[String], code: &[Instruction<'_>], at: usize, known: &[&[Pattern]]) -> bool {
    at >= 2 && known.iter().any(|pattern| starts(names, &code[at - 2..], pattern))
}

/// What a condition's sides do.
pub struct Sides {
    /// The locals that they set.
    pub locals: BTreeSet<u32>,
    /// Whether the function ends in one.
    pub returns: bool,
}

/// What a condition's sides do, or None where they cannot both be run: one leaves a block around
/// the condition, or has an effect beyond operations of the field and calls of `pure` functions.
///
/// `code` begins after the `if`.
pub fn sides(
    names: &[String],
    code: &[Instruction<'_>],
    pure: impl Fn(u32) -> bool,
) -> Option<Sides> {
    let mut found = Sides { locals: BTreeSet::new(), returns: false };
    let (mut depth, mut at) = (0u32, 0);
    while let Some(step) = code.get(at) {
        let known = [&CHECK[..], &FAILURE[..], &RETURNING[..]];
        if let Some(pattern) = known.iter().find(|known| starts(names, &code[at..], known)) {
            found.returns |= step.opcode == I32_CONST;
            if step.opcode == LOCAL_TEE {
                found.locals.insert(step.number);
            }
            at += pattern.len();
            continue;
        }
        match step.opcode {
            BLOCK..=IF => depth += 1,
            END if depth == 0 => return Some(found),
            END => depth -= 1,
            BR | BR_IF if step.number > depth => return None,
            RETURN | CALL_INDIRECT => return None,
            I32_STORE if !stores(names, code, at, &[&MESSAGE]) => return None,
            CALL if !pure(step.number) => return None,
            LOCAL_SET | LOCAL_TEE => {
                found.locals.insert(step.number);
            }
            _ => {}
        }
        at += 1;
    }
    None
}
