//! Pairs of points to be added, and the pool of points that they name.

#![allow(unsafe_code)]

use crate::memory::{Huge, Plain};

/// Two entries to add and the slot of their sum. An entry is slot · 2, plus 1 for the negative of
/// the slot's point.
#[derive(Clone, Copy, Debug)]
pub struct Pair {
    pub a: u32,
    pub b: u32,
    pub out: u32,
}

impl Pair {
    /// The highest slot that the pair names.
    pub fn highest(&self) -> usize {
        (self.a >> 1).max(self.b >> 1).max(self.out) as usize
    }
}

/// Points by slot: first those that every thread shares, then a thread's own.
pub struct Pool<'a, P: Plain> {
    shared: &'a [P],
    own: Huge<P>,
}

impl<'a, P: Plain> Pool<'a, P> {
    /// A pool with room for `own` points of its own.
    pub fn new(shared: &'a [P], own: usize) -> Self {
        Self { shared, own: Huge::zeroed(own) }
    }

    #[allow(clippy::len_without_is_empty)]
    pub fn len(&self) -> usize {
        self.shared.len() + self.own.len()
    }

    /// The first slot of the thread's own.
    pub fn own_start(&self) -> u32 {
        self.shared.len() as u32
    }

    pub fn writable(&self, slot: u32) -> bool {
        (self.shared.len()..self.len()).contains(&(slot as usize))
    }

    pub fn read(&self, slot: u32) -> &P {
        let slot = slot as usize;
        match slot.checked_sub(self.shared.len()) {
            None => &self.shared[slot],
            Some(own) => &self.own[own],
        }
    }

    /// # Panics
    /// If the slot is not one of the thread's own.
    pub fn write(&mut self, slot: u32, point: P) {
        self.own[slot as usize - self.shared.len()] = point;
    }

    /// Where a slot's point is.
    ///
    /// # Safety
    /// The slot is below `len`.
    #[inline(always)]
    pub unsafe fn address(&self, slot: u32) -> *const P {
        let slot = slot as usize;
        let start = self.shared.len();
        // Both sides without a branch: the slots of one vector come in any order.
        let (base, index) = if slot < start {
            (self.shared.as_ptr(), slot)
        } else {
            (self.own.as_ptr(), slot - start)
        };
        // SAFETY: the index is inside its slice.
        unsafe { base.add(index) }
    }

    /// Where a slot's point is, to be written.
    ///
    /// # Safety
    /// `writable(slot)`.
    #[inline(always)]
    pub unsafe fn address_mut(&mut self, slot: u32) -> *mut P {
        // SAFETY: the slot is one of the thread's own.
        unsafe { self.own.as_mut_ptr().add(slot as usize - self.shared.len()) }
    }
}
