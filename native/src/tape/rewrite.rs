//! Rewrites the functions of a circom calculator: calls into the field runtime go to wrappers, and
//! the checks of `===` and `assert` are taken out. Code that a recorded line could not follow is
//! refused.
#![forbid(unsafe_code)]

use std::collections::BTreeSet;

use crate::fault::{Result, fault};
use crate::tape::body::{Body, Calls};
use crate::tape::ops::Op;
use crate::tape::pattern::{
    CHECK, CONDITION, EQUALITY, EQUALITY_EXIT, Pattern, RELEASE, RETURNING, sides, starts,
};
use crate::tape::wasm::*;

pub struct Rewriter {
    pub names: Vec<String>,
    /// The last function before the circuit's own.
    pub last_helper: usize,
    /// How many parameters each function has that is not imported, and the first one's number.
    pub parameters: Vec<u32>,
    pub imports: u32,
    /// The circuit's functions that change nothing but numbers.
    pub pure: BTreeSet<u32>,
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
        let mut groups = Vec::new();
        for _ in 0..reader.count()? {
            groups.push((reader.number()?, reader.byte()?));
        }
        let code = instructions(reader.rest())?;
        if let Some(step) = code.iter().find(|step| own && !step.is_circuit_code()) {
            return fault(format!("{name} has the opcode {:#04x}", step.opcode));
        }
        let parameters = self.parameters.get((index - self.imports) as usize).copied();
        let declared = groups.iter().map(|(count, _)| *count).fold(0, u32::saturating_add);
        let first = parameters.unwrap_or(0).saturating_add(declared);
        let fork = self.names.iter().position(|name| name == "Fr_isTrue").unwrap_or_default();
        let calls = Calls {
            fork: self.wrapper(fork as u32, Op::Fork),
            other: self.wrapper(0, Op::Else),
            join: self.wrapper(0, Op::Join),
            gone: self.wrapper(0, Op::Return),
            log: self.first_wrapper - 1,
        };
        let mut rewritten = Body::new(first, calls);
        let release = self.early(&code).filter(|_| own);
        if let Some(release) = release {
            rewritten.enter(release);
        }
        let mut at = 0;
        while let Some(step) = code.get(at) {
            let rest = &code[at..];
            if own && starts(&self.names, rest, &CHECK) {
                rewritten.out.push(DROP);
                at += CHECK.len();
            } else if own && starts(&self.names, rest, &EQUALITY) {
                at += EQUALITY_EXIT;
            } else if own
                && starts(&self.names, rest, &CONDITION)
                && let Some(sides) = sides(&self.names, &rest[2..], |f| self.is_harmless(f))
            {
                put_const(&mut rewritten.out, index);
                rewritten.begin(sides);
                at += CONDITION.len();
            } else if release.is_some() && starts(&self.names, rest, &RETURNING) {
                rewritten.returning();
                at += RETURNING.len();
            } else {
                self.instruction(&mut rewritten, index, step, own)?;
                at += 1;
            }
        }
        Ok(rewritten.finish(groups))
    }

    /// Rewrites one instruction.
    fn instruction(
        &mut self,
        body: &mut Body<'_>,
        index: u32,
        step: &Instruction<'_>,
        own: bool,
    ) -> Result<()> {
        if body.structure(step.opcode) {
            return Ok(());
        }
        let target = self.names.get(step.number as usize).map_or("", String::as_str);
        if step.opcode != CALL || !target.starts_with("Fr_") {
            body.out.extend_from_slice(step.raw);
            return Ok(());
        }
        match operation(target) {
            Some(op) if own || op == Op::Copy => {
                if matches!(op, Op::IsTrue | Op::ToInt) {
                    put_const(&mut body.out, index);
                }
                put_call(&mut body.out, self.wrapper(step.number, op));
            }
            None if own => return fault(format!("the circuit calls {target}")),
            _ => body.out.extend_from_slice(step.raw),
        }
        Ok(())
    }

    /// How a function gives its frame back that returns in a condition of which both sides may be
    /// run; None for others.
    fn early<'a>(&self, code: &'a [Instruction<'a>]) -> Option<&'a [Instruction<'a>]> {
        let at = |pattern: &'static [Pattern]| {
            (0..code.len()).filter(move |at| starts(&self.names, &code[*at..], pattern))
        };
        let both = |at: usize| sides(&self.names, &code[at + 2..], |f| self.is_harmless(f));
        let early = at(&CONDITION).any(|at| both(at).is_some_and(|sides| sides.returns));
        at(&RETURNING).next().filter(|_| early).map(|at| &code[at..at + RELEASE.len()])
    }

    /// Whether a call changes nothing that a condition's second side could not take back.
    fn is_harmless(&self, function: u32) -> bool {
        function as usize <= self.last_helper || self.pure.contains(&function)
    }

    fn wrapper(&mut self, target: u32, op: Op) -> u32 {
        let found = self.wrappers.iter().position(|known| *known == (target, op));
        let position = found.unwrap_or_else(|| {
            self.wrappers.push((target, op));
            self.wrappers.len() - 1
        });
        self.first_wrapper + position as u32
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
