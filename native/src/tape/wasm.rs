//! The parts of the WebAssembly format that circom's calculators use.
#![forbid(unsafe_code)]

use crate::fault::{FormatError, Result, fault};

pub const BLOCK: u8 = 0x02;
pub const IF: u8 = 0x04;
pub const ELSE: u8 = 0x05;
pub const END: u8 = 0x0b;
pub const BR: u8 = 0x0c;
pub const BR_IF: u8 = 0x0d;
pub const RETURN: u8 = 0x0f;
pub const CALL: u8 = 0x10;
pub const CALL_INDIRECT: u8 = 0x11;
pub const DROP: u8 = 0x1a;
pub const LOCAL_GET: u8 = 0x20;
pub const LOCAL_SET: u8 = 0x21;
pub const LOCAL_TEE: u8 = 0x22;
pub const I32_LOAD: u8 = 0x28;
pub const I32_STORE: u8 = 0x36;
pub const I32_CONST: u8 = 0x41;
pub const I32_EQZ: u8 = 0x45;
pub const I32_EQ: u8 = 0x46;
pub const I32_NE: u8 = 0x47;
pub const I32_ADD: u8 = 0x6a;
pub const I32_SUB: u8 = 0x6b;
pub const I32_OR: u8 = 0x72;
/// The type of addresses, and of every parameter and result of the functions added here.
pub const I32: u8 = 0x7f;
/// How a function's type begins.
pub const FUNCTION: u8 = 0x60;
/// The type of a block without a result.
pub const NO_RESULT: u8 = 0x40;

/// Reads LEB128 numbers and counted bytes.
pub struct Wasm<'a> {
    data: &'a [u8],
    at: usize,
}

impl<'a> Wasm<'a> {
    pub fn new(data: &'a [u8]) -> Self {
        Self { data, at: 0 }
    }

    pub fn is_empty(&self) -> bool {
        self.at >= self.data.len()
    }

    pub fn byte(&mut self) -> Result<u8> {
        let byte = self.data.get(self.at).copied();
        self.at += 1;
        byte.ok_or_else(|| FormatError("the calculator's code ends early".into()))
    }

    /// An unsigned number; of a signed one, its low 32 bits without the sign's extension.
    pub fn number(&mut self) -> Result<u32> {
        let mut value = 0u64;
        for shift in (0..70).step_by(7) {
            let byte = self.byte()?;
            if shift < 63 {
                value |= u64::from(byte & 0x7f) << shift;
            }
            if byte < 0x80 {
                return Ok(value as u32);
            }
        }
        fault("the calculator's code has a number that is too long")
    }

    /// How many entries follow, each of a byte at least.
    pub fn count(&mut self) -> Result<u32> {
        let count = self.number()?;
        if count as usize > self.data.len() - self.at {
            return fault("the calculator's code counts more than it holds");
        }
        Ok(count)
    }

    pub fn bytes(&mut self) -> Result<&'a [u8]> {
        let size = self.number()? as usize;
        let rest = self.data.get(self.at..).unwrap_or_default();
        self.at += size;
        rest.get(..size).ok_or_else(|| FormatError("the calculator's code ends early".into()))
    }

    pub fn text(&mut self) -> Result<String> {
        Ok(String::from_utf8_lossy(self.bytes()?).into_owned())
    }

    pub fn rest(&self) -> &'a [u8] {
        self.data.get(self.at..).unwrap_or_default()
    }
}

/// One instruction with its first immediate number.
#[derive(Clone, Copy)]
pub struct Instruction<'a> {
    pub opcode: u8,
    pub number: u32,
    pub raw: &'a [u8],
}

impl Instruction<'_> {
    /// Whether circom writes it into the code of templates and functions: 32-bit arithmetic,
    /// control flow, and memory only as words of 32 bits, which hold addresses and counters.
    pub fn is_circuit_code(&self) -> bool {
        matches!(self.opcode,
            0x01..=0x05 | 0x0b..=0x11 | 0x1a | 0x20..=0x22 | 0x28 | 0x36 | 0x41
            | 0x45..=0x4f | 0x6a..=0x78)
    }
}

/// Splits an expression into its instructions.
pub fn instructions(code: &[u8]) -> Result<Vec<Instruction<'_>>> {
    let mut reader = Wasm::new(code);
    let mut found = Vec::new();
    while !reader.is_empty() {
        let start = reader.at;
        let opcode = reader.byte()?;
        let mut number = 0;
        match opcode {
            BLOCK..=IF => {
                reader.byte()?;
            }
            BR | BR_IF | CALL | 0x20..=0x24 | I32_CONST | 0x42 => number = reader.number()?,
            CALL_INDIRECT | 0x28..=0x3e => {
                number = reader.number()?;
                reader.number()?;
            }
            0x3f | 0x40 => {
                reader.byte()?;
            }
            0x00 | 0x01 | ELSE | END | RETURN | 0x1a | 0x1b | 0x45..=0xbf => {}
            _ => {
                return fault(format!("the calculator has the unknown opcode {opcode:#04x}"));
            }
        }
        let raw = code
            .get(start..reader.at)
            .ok_or_else(|| FormatError("the calculator's code ends early".into()))?;
        found.push(Instruction { opcode, number, raw });
    }
    Ok(found)
}

pub fn put_number(out: &mut Vec<u8>, mut value: u32) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// `i32.const`, whose immediate is signed.
pub fn put_const(out: &mut Vec<u8>, value: u32) {
    out.push(I32_CONST);
    let mut rest = i64::from(value as i32);
    loop {
        let byte = (rest & 0x7f) as u8;
        rest >>= 7;
        if (rest == 0 && byte & 0x40 == 0) || (rest == -1 && byte & 0x40 != 0) {
            return out.push(byte);
        }
        out.push(byte | 0x80);
    }
}

pub fn put_call(out: &mut Vec<u8>, function: u32) {
    out.push(CALL);
    put_number(out, function);
}

pub fn put_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    put_number(out, bytes.len() as u32);
    out.extend_from_slice(bytes);
}
