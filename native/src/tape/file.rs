//! Reads and writes .tape files: sections as in .r1cs, a checksum of all before it at the end.
//!
//! Steps are packed: the operation's byte, then the differences to the slots before as numbers of
//! variable length.
#![forbid(unsafe_code)]

use crate::fault::{FormatError, Result, fault};
use crate::files::binary::{Reader, Sections};
use crate::files::wtns::to_bytes;
use crate::tape::ops::Op;
use crate::tape::{InputGroup, Step, Tape};

const VERSION: u32 = 1;
const CHECKSUM: usize = 8;

/// FNV-1a over words of eight bytes: finds damage, proves nothing about who wrote the file.
fn checksum(data: &[u8]) -> u64 {
    data.chunks(8).fold(0xcbf2_9ce4_8422_2325, |sum, chunk| {
        let word = chunk.iter().rev().fold(0u64, |word, byte| word << 8 | u64::from(*byte));
        (sum ^ word).wrapping_mul(0x0000_0100_0000_01b3).rotate_left(29)
    })
}

pub fn write(tape: &Tape) -> Vec<u8> {
    let mut header = Vec::new();
    let counts = [tape.wires, tape.inputs, tape.slots, tape.steps.len() as u32];
    let lists = [tape.groups.len(), tape.constants.len(), tape.pairs.len(), tape.copies.len()];
    for count in counts.into_iter().chain(lists.map(|length| length as u32)) {
        header.extend_from_slice(&count.to_le_bytes());
    }
    let mut groups = Vec::new();
    for group in &tape.groups {
        for number in [group.start, group.size, group.name.len() as u32] {
            groups.extend_from_slice(&number.to_le_bytes());
        }
        groups.extend_from_slice(group.name.as_bytes());
    }
    let constants = to_bytes(&tape.constants);
    let mut lists = Vec::new();
    for (to, from) in tape.pairs.iter().chain(&tape.copies) {
        lists.extend_from_slice(&to.to_le_bytes());
        lists.extend_from_slice(&from.to_le_bytes());
    }
    let mut out = b"tape".to_vec();
    let parts = [header, groups, constants, pack(&tape.steps), lists];
    out.extend_from_slice(&VERSION.to_le_bytes());
    out.extend_from_slice(&(parts.len() as u32).to_le_bytes());
    for (number, part) in (1u32..).zip(&parts) {
        out.extend_from_slice(&number.to_le_bytes());
        out.extend_from_slice(&(part.len() as u64).to_le_bytes());
        out.extend_from_slice(part);
    }
    let sum = checksum(&out);
    out.extend_from_slice(&sum.to_le_bytes());
    out
}

pub fn read(data: &[u8]) -> Result<Tape> {
    let Some((data, sum)) = data.split_last_chunk::<CHECKSUM>() else {
        return fault("the tape ends early");
    };
    if checksum(data) != u64::from_le_bytes(*sum) {
        return fault("the tape's checksum is wrong");
    }
    read_checked(data)
}

fn read_checked(data: &[u8]) -> Result<Tape> {
    let all = Sections::read(data, "tape", VERSION, &[1..=5])?;
    let mut header = all.get(1)?;
    let mut counts = [0u32; 8];
    for count in &mut counts {
        *count = header.u32()?;
    }
    header.end()?;
    let [wires, inputs, slots, steps, groups, constants, pairs, copies] = counts;
    Tape {
        wires,
        inputs,
        groups: list(all.get(2)?, groups, 12, group)?,
        constants: list(all.get(3)?, constants, 32, Reader::scalar)?,
        slots,
        steps: unpack(all.get(4)?, steps)?,
        ..pairs_and_copies(all.get(5)?, pairs, copies)?
    }
    .check()
}

/// Reads a list that fills a section; every item has at least `least` bytes.
fn list<'a, T>(
    mut body: Reader<'a>,
    count: u32,
    least: usize,
    item: impl Fn(&mut Reader<'a>) -> Result<T>,
) -> Result<Vec<T>> {
    let mut found = Vec::with_capacity((count as usize).min(body.remaining() / least));
    for _ in 0..count {
        found.push(item(&mut body)?);
    }
    body.end()?;
    Ok(found)
}

fn group(body: &mut Reader<'_>) -> Result<InputGroup> {
    let (start, size, length) = (body.u32()?, body.u32()?, body.u32()?);
    let name = std::str::from_utf8(body.bytes(length as usize)?)
        .map_err(|_| FormatError("tape section 2 holds a name that is not text".into()))?;
    Ok(InputGroup { name: name.to_string(), start, size })
}

fn pairs_and_copies(body: Reader<'_>, pairs: u32, copies: u32) -> Result<Tape> {
    let Some(count) = pairs.checked_add(copies) else {
        return fault("tape section 1 has too many pairs");
    };
    let mut pairs_list = list(body, count, 8, |body| Ok((body.u32()?, body.u32()?)))?;
    let copies = pairs_list.split_off(pairs as usize);
    Ok(Tape {
        wires: 0,
        inputs: 0,
        groups: Vec::new(),
        constants: Vec::new(),
        slots: 0,
        steps: Vec::new(),
        pairs: pairs_list,
        copies,
    })
}

/// A difference with its sign in the lowest bit, seven bits a byte.
fn put_difference(out: &mut Vec<u8>, to: u32, from: u32) {
    let difference = i64::from(to) - i64::from(from);
    let mut rest = (difference << 1 ^ difference >> 63) as u64;
    while rest >= 0x80 {
        out.push(rest as u8 | 0x80);
        rest >>= 7;
    }
    out.push(rest as u8);
}

fn difference(body: &mut Reader<'_>, from: u32) -> Result<u32> {
    let mut value = 0u64;
    for shift in (0..35).step_by(7) {
        let byte = body.bytes(1)?[0];
        value |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            let difference = (value >> 1) as i64 ^ -((value & 1) as i64);
            return u32::try_from(i64::from(from) + difference)
                .map_err(|_| FormatError("tape section 4 names a slot out of range".into()));
        }
    }
    fault("tape section 4 holds a number that is too long")
}

fn pack(steps: &[Step]) -> Vec<u8> {
    let mut out = Vec::with_capacity(6 * steps.len());
    let mut before = Step { op: Op::Add, to: 0, a: 0, b: 0 };
    for step in steps {
        out.push(step.op as u8);
        put_difference(&mut out, step.to, before.to);
        put_difference(&mut out, step.a, before.a);
        put_difference(&mut out, step.b, before.b);
        before = *step;
    }
    out
}

fn unpack(body: Reader<'_>, count: u32) -> Result<Vec<Step>> {
    let before = std::cell::Cell::new(Step { op: Op::Add, to: 0, a: 0, b: 0 });
    list(body, count, 4, |body| {
        let byte = body.bytes(1)?[0];
        let Some(op) = Op::from_number(byte.into()) else {
            return fault(format!("tape section 4 has the unknown operation {byte}"));
        };
        let last = before.get();
        let step = Step {
            op,
            to: difference(body, last.to)?,
            a: difference(body, last.a)?,
            b: difference(body, last.b)?,
        };
        before.set(step);
        Ok(step)
    })
}
