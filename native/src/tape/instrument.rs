//! Rewrites a circom calculator so that it tells which field operations it performs.
//!
//! Every call from circuit code into the field runtime goes through a wrapper that writes
//! (operation, three words) into a second memory first. The checks of `===` and `assert` are
//! taken out: the line that is recorded does not depend on whether they hold, and the constraint
//! check covers them. Code that a recorded line could not follow is refused.
#![forbid(unsafe_code)]

use crate::fault::{FormatError, Result, fault};
use crate::tape::asking::Known;
use crate::tape::functions::{parameters, pure};
use crate::tape::rewrite::Rewriter;
use crate::tape::wasm::*;
use crate::tape::wrappers::{TRACE_PAGES, TYPES, log_function, wrapper, wrapper_type};

/// The last function before the circuit's own.
const LAST_HELPER: &str = "buildLogMessage";

/// A calculator that writes a trace.
pub struct Instrumented {
    pub module: Vec<u8>,
    /// The functions' names, by number, as traces give them.
    pub names: Vec<String>,
}

pub fn instrument(wasm: &[u8]) -> Result<Instrumented> {
    if wasm.get(..8) != Some(b"\0asm\x01\0\0\0") {
        return fault("not a WebAssembly module");
    }
    let mut sections = Vec::new();
    let mut reader = Wasm::new(&wasm[8..]);
    while !reader.is_empty() {
        sections.push((reader.byte()?, reader.bytes()?));
    }
    let find = |number: u8| {
        let found = sections.iter().find(|(kind, _)| *kind == number);
        found
            .map(|(_, body)| *body)
            .ok_or_else(|| FormatError(format!("the calculator has no section {number}")))
    };
    let names = names(&sections)?;
    let imports = Wasm::new(find(2)?).count()?;
    let position = |name: &str| names.iter().position(|found| found == name);
    let last_helper = position(LAST_HELPER)
        .ok_or_else(|| FormatError(format!("the calculator has no {LAST_HELPER}")))?;
    let handler = position("exceptionHandler").filter(|index| *index < imports as usize);
    let handler = handler.ok_or_else(|| FormatError("the calculator has no handler".into()))?;

    let mut code = Wasm::new(find(10)?);
    let count = code.count()?;
    let log = imports + count;
    let is_true = position("Fr_isTrue").unwrap_or_default() as u32;
    let known = Known { log, handler: handler as u32, is_true };
    let mut all = Vec::new();
    for _ in 0..count {
        all.push(code.bytes()?);
    }
    let mut rewriter = Rewriter {
        pure: pure(&names, last_helper, imports, &all)?,
        parameters: parameters(find(1)?, find(3)?)?,
        imports,
        names,
        last_helper,
        wrappers: Vec::new(),
        first_wrapper: log + 1,
    };
    let mut bodies = Vec::new();
    for (index, body) in (imports..).zip(&all) {
        bodies.push(rewriter.function(index, body)?);
    }
    bodies.push(log_function(known.handler));
    bodies.extend(rewriter.wrappers.iter().map(|(target, op)| wrapper(*target, *op, &known)));
    let wrappers = rewriter.wrappers.iter();
    let shapes: Vec<u32> =
        std::iter::once(0).chain(wrappers.map(|(_, op)| wrapper_type(*op))).collect();

    let mut module = wasm[..8].to_vec();
    for (kind, body) in &sections {
        let changed = match kind {
            0 => continue,
            1 => with_types(body)?,
            3 => with_functions(body, Wasm::new(find(1)?).number()?, &shapes)?,
            5 => with_memory(body)?,
            7 => with_export(body)?,
            10 => with_bodies(&bodies),
            _ => body.to_vec(),
        };
        module.push(*kind);
        put_bytes(&mut module, &changed);
    }
    Ok(Instrumented { module, names: rewriter.names })
}

fn names(sections: &[(u8, &[u8])]) -> Result<Vec<String>> {
    for (_, body) in sections.iter().filter(|(kind, _)| *kind == 0) {
        let mut reader = Wasm::new(body);
        if reader.text()? != "name" {
            continue;
        }
        while !reader.is_empty() {
            let kind = reader.byte()?;
            let mut part = Wasm::new(reader.bytes()?);
            if kind != 1 {
                continue;
            }
            let mut found = Vec::new();
            for position in 0..part.number()? {
                if part.number()? != position {
                    return fault("the calculator does not name all its functions");
                }
                found.push(part.text()?);
            }
            return Ok(found);
        }
    }
    fault("the calculator does not name its functions")
}

fn with_types(body: &[u8]) -> Result<Vec<u8>> {
    let mut reader = Wasm::new(body);
    let mut out = Vec::new();
    put_number(&mut out, reader.count()? + TYPES.len() as u32);
    out.extend_from_slice(reader.rest());
    for (parameters, results) in TYPES {
        out.push(FUNCTION);
        put_bytes(&mut out, &vec![I32; parameters]);
        put_bytes(&mut out, &vec![I32; results]);
    }
    Ok(out)
}

fn with_functions(body: &[u8], types: u32, shapes: &[u32]) -> Result<Vec<u8>> {
    let mut reader = Wasm::new(body);
    let mut out = Vec::new();
    put_number(&mut out, reader.count()? + shapes.len() as u32);
    out.extend_from_slice(reader.rest());
    shapes.iter().for_each(|shape| put_number(&mut out, types + shape));
    Ok(out)
}

fn with_memory(body: &[u8]) -> Result<Vec<u8>> {
    let mut reader = Wasm::new(body);
    if reader.number()? != 1 {
        return fault("the calculator has more than one memory");
    }
    let mut out = vec![2];
    out.extend_from_slice(reader.rest());
    out.push(0);
    put_number(&mut out, TRACE_PAGES);
    Ok(out)
}

fn with_export(body: &[u8]) -> Result<Vec<u8>> {
    let mut reader = Wasm::new(body);
    let mut out = Vec::new();
    put_number(&mut out, reader.count()? + 1);
    out.extend_from_slice(reader.rest());
    put_bytes(&mut out, b"trace");
    out.extend([2, 1]);
    Ok(out)
}

fn with_bodies(bodies: &[Vec<u8>]) -> Vec<u8> {
    let mut out = Vec::new();
    put_number(&mut out, bodies.len() as u32);
    bodies.iter().for_each(|body| put_bytes(&mut out, body));
    out
}
