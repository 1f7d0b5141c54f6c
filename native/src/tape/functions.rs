//! What a calculator says of its functions: their parameters, and whether they change only numbers.
#![forbid(unsafe_code)]

use std::collections::{BTreeMap, BTreeSet};

use crate::fault::{FormatError, Result, fault};
use crate::tape::pattern::callees;
use crate::tape::wasm::{FUNCTION, Wasm, instructions};

/// How many parameters each function has that is not imported.
pub fn parameters(types: &[u8], functions: &[u8]) -> Result<Vec<u32>> {
    let mut reader = Wasm::new(types);
    let mut counts = Vec::new();
    for _ in 0..reader.count()? {
        if reader.byte()? != FUNCTION {
            return fault("the calculator has a type that is no function's");
        }
        counts.push(reader.bytes()?.len() as u32);
        reader.bytes()?;
    }
    let mut reader = Wasm::new(functions);
    let mut found = Vec::new();
    for _ in 0..reader.count()? {
        let number = reader.number()? as usize;
        let count = counts.get(number);
        found.push(*count.ok_or_else(|| FormatError(format!("there is no type {number}")))?);
    }
    Ok(found)
}

/// The circuit's functions that change nothing but numbers, nor do those that they call.
pub fn pure(
    names: &[String],
    last_helper: usize,
    imports: u32,
    bodies: &[&[u8]],
) -> Result<BTreeSet<u32>> {
    let mut called = BTreeMap::new();
    for (index, body) in (imports..).zip(bodies).filter(|(at, _)| *at as usize > last_helper) {
        let mut reader = Wasm::new(body);
        for _ in 0..reader.count()? {
            reader.number()?;
            reader.byte()?;
        }
        if let Some(functions) = callees(names, &instructions(reader.rest())?) {
            called.insert(index, functions);
        }
    }
    let mut pure: BTreeSet<u32> = called.keys().copied().collect();
    loop {
        let known = |function: &u32| *function as usize <= last_helper || pure.contains(function);
        let next: BTreeSet<u32> =
            pure.iter().filter(|index| called[*index].iter().all(known)).copied().collect();
        if next.len() == pure.len() {
            return Ok(pure);
        }
        pure = next;
    }
}
