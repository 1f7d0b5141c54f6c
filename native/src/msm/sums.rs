//! Many sums at once, by halving: each round adds neighbours of all sums in one batch of pairs.
#![forbid(unsafe_code)]

use super::kernel::Kernel;
use super::pairs::{Pair, Pairs, Pool};

/// The entry of an empty sum.
pub const NONE: u32 = u32::MAX;

/// Sums entries of one pool.
pub struct Summer<'a, K: Kernel> {
    pub pool: Pool<'a, K::Point>,
    /// The next free slot of the thread's own.
    pub top: u32,
    spare: Pair,
    pairs: Pairs,
    workspace: K::Workspace,
}

/// A sum that is not finished: its number, and where its entries are.
#[derive(Clone, Copy)]
struct Open {
    sum: u32,
    start: u32,
    len: u32,
}

impl<'a, K: Kernel> Summer<'a, K> {
    /// `spare` names two points whose abscissas differ and a slot of the pool's own.
    pub fn new(pool: Pool<'a, K::Point>, spare: Pair) -> Self {
        let top = pool.own_start() + 1;
        Self { pool, top, spare, pairs: Pairs::default(), workspace: K::Workspace::default() }
    }

    /// Returns each sum's entry: sum i is of `entries[starts[i]..starts[i + 1]]`, which are used
    /// up. The first round's sums take slots from `top` on. In later rounds the first of two entries
    /// is always a sum of the round before, since what is left over goes last: the new sum takes
    /// its slot.
    pub fn sums(&mut self, entries: &mut [u32], starts: &[u32]) -> Vec<u32> {
        let count = starts.len() - 1;
        let mut results = vec![NONE; count];
        let mut open: Vec<Open> = (0..count)
            .map(|i| Open { sum: i as u32, start: starts[i], len: starts[i + 1] - starts[i] })
            .collect();
        let mut first = true;
        loop {
            let left: u32 = open.iter().map(|sum| sum.len / 2).sum();
            self.pairs.clear(left as usize);
            open.retain_mut(|sum| {
                let own = &mut entries[sum.start as usize..][..sum.len as usize];
                match own {
                    [] => false,
                    [last] => {
                        results[sum.sum as usize] = *last;
                        false
                    }
                    _ => {
                        sum.len -= self.halve(own, first);
                        true
                    }
                }
            });
            let pairs = self.pairs.all();
            if pairs.is_empty() {
                return results;
            }
            let infinite = K::add_pairs(&mut self.pool, pairs, self.spare, &mut self.workspace);
            if !infinite.is_empty() {
                let gone: Vec<u32> = infinite.iter().map(|i| pairs.out[*i] << 1).collect();
                remove(entries, &mut open, gone);
            }
            first = false;
        }
    }

    /// Pairs up one sum's entries; the sums' entries take their place. Returns how many pairs.
    fn halve(&mut self, entries: &mut [u32], first: bool) -> u32 {
        let half = entries.len() / 2;
        let [a, b, out] = self.pairs.next(half);
        for (pair, (a, b)) in a.iter_mut().zip(b).enumerate() {
            [*a, *b] = [entries[2 * pair], entries[2 * pair + 1]];
        }
        if first {
            out.iter_mut().zip(self.top..).for_each(|(out, slot)| *out = slot);
            self.top += half as u32;
        } else {
            out.iter_mut().zip(a).for_each(|(out, a)| *out = *a >> 1);
        }
        entries.iter_mut().zip(out).for_each(|(entry, out)| *entry = *out << 1);
        if entries.len() % 2 == 1 {
            entries[half] = entries[entries.len() - 1];
        }
        half as u32
    }
}

/// Takes entries that became infinity out of their sums.
#[cold]
fn remove(entries: &mut [u32], open: &mut [Open], mut gone: Vec<u32>) {
    gone.sort_unstable();
    for sum in open {
        let own = &mut entries[sum.start as usize..][..sum.len as usize];
        let mut kept = 0;
        for i in 0..own.len() {
            if gone.binary_search(&own[i]).is_err() {
                own[kept] = own[i];
                kept += 1;
            }
        }
        sum.len = kept as u32;
    }
}
