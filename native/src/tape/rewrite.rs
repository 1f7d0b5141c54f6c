//! Rewrites the functions of a circom calculator: calls into the field runtime go to wrappers, and
//! the checks of `===` and `assert` are taken out. Code that a recorded line could not follow is
//! refused.
#![forbid(unsafe_code)]

use crate::fault::{Result, fault};
use crate::tape::ops::Op;
use crate::tape::wasm::*;

pub struct Rewriter {
    pub names: Vec<String>,
    /// The last function before the circuit's own.
    pub last_helper: usize,
    /// The runtime functions that are called, in the order of their wrappers.
    pub wrappers: Vec<(u32, Op)>,
    pub first_wrapper: u32,
}

impl Rewriter {
    /// Rewrites a function's body: circuit code wholly; in `setInputSignal` and `getWitness`
    /// only the copies, which are the inputs and the witness.
    pub fn function(&mut self, index: u32, body: &[u8]) -> Result<Vec<u8>> {
        let name = self.names.get(index as usize).cloned().unwrap_or_default();
        let own = index as usize > self.last_helper;
        if !own && name != "setInputSignal" && name != "getWitness" {
            return Ok(body.to_vec());
        }
        let mut reader = Wasm::new(body);
        let mut out = Vec::new();
        let locals = reader.number()?;
        put_number(&mut out, locals);
        for _ in 0..locals {
            put_number(&mut out, reader.number()?);
            out.push(reader.byte()?);
        }
        let code = instructions(reader.rest())?;
        let mut at = 0;
        while let Some(step) = code.get(at) {
            if own && !step.is_circuit_code() {
                return fault(format!("{name} has the opcode {:#04x}", step.opcode));
            }
            if own && self.starts(&code[at..], &CHECK) {
                out.push(DROP);
                at += CHECK.len();
                continue;
            }
            if own && self.starts(&code[at..], &EQUALITY) {
                at += EQUALITY_EXIT;
                continue;
            }
            at += 1;
            let target = self.names.get(step.number as usize).map_or("", String::as_str);
            if step.opcode != CALL || !target.starts_with("Fr_") {
                out.extend_from_slice(step.raw);
                continue;
            }
            match operation(target) {
                Some(op) if own || op == Op::Copy => {
                    if matches!(op, Op::IsTrue | Op::ToInt) {
                        put_const(&mut out, index);
                    }
                    put_call(&mut out, self.wrapper(step.number, op));
                }
                None if own => return fault(format!("{name} calls {target}")),
                _ => out.extend_from_slice(step.raw),
            }
        }
        Ok(out)
    }

    fn wrapper(&mut self, target: u32, op: Op) -> u32 {
        let found = self.wrappers.iter().position(|(known, _)| *known == target);
        let position = found.unwrap_or_else(|| {
            self.wrappers.push((target, op));
            self.wrappers.len() - 1
        });
        self.first_wrapper + position as u32
    }

    fn starts(&self, code: &[Instruction<'_>], pattern: &[Pattern]) -> bool {
        let fits = |(step, part): (&Instruction<'_>, &Pattern)| match part {
            Pattern::Call(name) => {
                step.opcode == CALL
                    && self.names.get(step.number as usize).is_some_and(|n| n == name)
            }
            Pattern::Code(opcode) => step.opcode == *opcode,
            Pattern::Number(opcode, number) => step.opcode == *opcode && step.number == *number,
        };
        code.len() >= pattern.len() && code.iter().zip(pattern).all(fits)
    }
}

fn operation(name: &str) -> Option<Op> {
    use Op::*;
    Some(match name.strip_prefix("Fr_")? {
        "add" => Add,
        "sub" => Sub,
        "mul" => Mul,
        "div" => Div,
        "idiv" => Idiv,
        "mod" => Mod,
        "pow" => Pow,
        "shl" => Shl,
        "shr" => Shr,
        "band" => Band,
        "bor" => Bor,
        "bxor" => Bxor,
        "eq" => Eq,
        "neq" => Neq,
        "lt" => Lt,
        "gt" => Gt,
        "leq" => Leq,
        "geq" => Geq,
        "land" => Land,
        "lor" => Lor,
        "neg" => Neg,
        "bnot" => Bnot,
        "lnot" => Lnot,
        "copy" => Copy,
        "copyn" => CopyN,
        "isTrue" => IsTrue,
        "toInt" => ToInt,
        _ => return None,
    })
}

enum Pattern {
    Call(&'static str),
    Code(u8),
    Number(u8, u32),
}
use Pattern::{Call, Code, Number};

/// A check of `===` or `assert` on the number whose address is on the stack.
const CHECK: [Pattern; 10] = [
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
const EQUALITY: [Pattern; 10] = [
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
const EQUALITY_EXIT: usize = 4;
