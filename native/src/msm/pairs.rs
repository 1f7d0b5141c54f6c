//! Pairs of points to be added, and the pool of points that they name.

#![allow(unsafe_code)]

use crate::memory::{Plain, Scratch};

/// Two entries to add and the slot of their sum. An entry is slot · 2, plus 1 for the negative of
/// the slot's point.
#[derive(Clone, Copy, Debug)]
pub struct Pair {
    pub a: u32,
    pub b: u32,
    pub out: u32,
}

/// Pairs, each of their parts in an array of its own.
#[derive(Default)]
pub struct Pairs {
    a: Vec<u32>,
    b: Vec<u32>,
    out: Vec<u32>,
    len: usize,
}

/// Pairs that follow one another.
#[derive(Clone, Copy)]
pub struct Run<'a> {
    pub a: &'a [u32],
    pub b: &'a [u32],
    pub out: &'a [u32],
}

impl Pairs {
    /// No pairs, and room for so many.
    pub fn clear(&mut self, room: usize) {
        self.len = 0;
        if self.a.len() < room {
            for part in [&mut self.a, &mut self.b, &mut self.out] {
                part.resize(room, 0);
            }
        }
    }

    /// The next pairs, to be written.
    ///
    /// # Panics
    /// If there is no room for so many.
    pub fn next(&mut self, count: usize) -> [&mut [u32]; 3] {
        let range = self.len..self.len + count;
        self.len = range.end;
        [&mut self.a[range.clone()], &mut self.b[range.clone()], &mut self.out[range]]
    }

    pub fn all(&self) -> Run<'_> {
        Run { a: &self.a[..self.len], b: &self.b[..self.len], out: &self.out[..self.len] }
    }
}

impl FromIterator<Pair> for Pairs {
    fn from_iter<I: IntoIterator<Item = Pair>>(pairs: I) -> Self {
        let mut all = Self::default();
        for pair in pairs {
            all.a.push(pair.a);
            all.b.push(pair.b);
            all.out.push(pair.out);
        }
        all.len = all.a.len();
        all
    }
}

impl<'a> Run<'a> {
    pub fn len(&self) -> usize {
        self.out.len()
    }

    pub fn is_empty(&self) -> bool {
        self.out.is_empty()
    }

    pub fn get(&self, position: usize) -> Option<Pair> {
        let (a, b) = (*self.a.get(position)?, *self.b.get(position)?);
        Some(Pair { a, b, out: *self.out.get(position)? })
    }

    pub fn iter(&self) -> impl Iterator<Item = Pair> + 'a {
        let parts = self.a.iter().zip(self.b).zip(self.out);
        parts.map(|((a, b), out)| Pair { a: *a, b: *b, out: *out })
    }

    /// Runs of `len` pairs, the last one maybe shorter.
    pub fn chunks(&self, len: usize) -> impl Iterator<Item = Run<'a>> + 'a {
        let parts = self.a.chunks(len).zip(self.b.chunks(len)).zip(self.out.chunks(len));
        parts.map(|((a, b), out)| Run { a, b, out })
    }
}

/// Points by slot: first those that every thread shares, then a thread's own.
pub struct Pool<'a, P: Plain> {
    shared: &'a [P],
    own: Scratch<P>,
}

impl<'a, P: Plain> Pool<'a, P> {
    /// A pool with room for `own` points of its own.
    ///
    /// # Panics
    /// If an entry of 32 bits cannot name all its slots.
    pub fn new(shared: &'a [P], own: usize) -> Self {
        assert!(shared.len() + own <= 1 << 31, "more points than entries can name");
        Self { shared, own: Scratch::new(own) }
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

    /// # Panics
    /// If a pair reads a slot that the pool does not have, or writes one that is not its own.
    pub fn assert_has(&self, pairs: Run<'_>, spare: Pair) {
        let highest = |part: &[u32]| part.iter().fold(0, |max, entry| max.max(*entry)) as usize;
        let operands = highest(pairs.a).max(highest(pairs.b)).max(spare.a.max(spare.b) as usize);
        let writable = pairs.out.iter().chain([&spare.out]).all(|slot| self.writable(*slot));
        assert!(operands / 2 < self.len() && writable, "a pair names a slot that is not there");
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

    /// Where the points of the slots begin that every thread shares, and where the thread's own.
    pub fn starts(&mut self) -> (*const P, *mut P) {
        (self.shared.as_ptr(), self.own.as_mut_ptr())
    }
}
