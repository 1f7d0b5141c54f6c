//! Where a calculator keeps its signals: one after another, in the order of their numbers in the
//! .sym file, signal 0 being the constant one.
#![forbid(unsafe_code)]

use crate::fault::{Result, fault};

/// Bytes of a number in the calculator's memory: a short value, a type, a long value.
pub const NUMBER: u32 = 40;

/// The signals of a calculator, of which the first that is set says where all of them are.
#[derive(Clone, Copy, Debug)]
pub struct Signals {
    pub count: u32,
    /// The number of the signal that is set first.
    first: u32,
    /// The address of signal 0, once it is known.
    start: Option<u32>,
}

impl Signals {
    pub fn new(first: u32, count: u32) -> Self {
        Self { count, first, start: None }
    }

    /// Takes the address at which the first input was put.
    pub fn begin(&mut self, address: u32) -> Result<()> {
        self.start = self.first.checked_mul(NUMBER).and_then(|before| address.checked_sub(before));
        match self.start {
            Some(_) => Ok(()),
            None => fault(format!("signal {} is not at the address {address}", self.first)),
        }
    }

    /// Whether a number at that address is a signal.
    pub fn hold(&self, address: u32) -> bool {
        let offset = self.start.and_then(|start| address.checked_sub(start));
        offset.is_some_and(|offset| offset % NUMBER == 0 && offset / NUMBER < self.count)
    }

    pub fn address(&self, number: u32) -> Result<u32> {
        let offset = number.checked_mul(NUMBER);
        match self.start.zip(offset).and_then(|(start, offset)| start.checked_add(offset)) {
            Some(address) => Ok(address),
            None => fault(format!("signal {number} has no address")),
        }
    }
}
