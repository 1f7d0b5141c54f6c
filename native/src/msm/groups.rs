//! The pairs of a chunk by vectors, as lanes take them.
#![forbid(unsafe_code)]

use super::pairs::{Pair, Run};

/// The pairs of a chunk by so many at a time, in groups of `GROUP`; the spare pair fills the last.
pub struct Groups<'a, const LANES: usize, const GROUP: usize> {
    whole: Run<'a>,
    tail: [[u32; GROUP]; 3],
}

impl<'a, const LANES: usize, const GROUP: usize> Groups<'a, LANES, GROUP> {
    pub fn new(chunk: Run<'a>, spare: Pair) -> Self {
        let whole = chunk.len() / GROUP * GROUP;
        let mut tail = [[spare.a; GROUP], [spare.b; GROUP], [spare.out; GROUP]];
        for (part, pairs) in tail.iter_mut().zip([chunk.a, chunk.b, chunk.out]) {
            part[..chunk.len() - whole].copy_from_slice(&pairs[whole..]);
        }
        let whole = Run { a: &chunk.a[..whole], b: &chunk.b[..whole], out: &chunk.out[..whole] };
        Self { whole, tail }
    }

    /// A vector's pairs.
    #[inline(always)]
    pub fn get(&self, vector: usize) -> [&[u32; LANES]; 3] {
        let at = vector * LANES;
        let whole = self.whole.len();
        if at < whole {
            [lanes(self.whole.a, at), lanes(self.whole.b, at), lanes(self.whole.out, at)]
        } else {
            [0, 1, 2].map(|part| lanes(&self.tail[part], at - whole))
        }
    }
}

#[inline(always)]
fn lanes<const LANES: usize>(part: &[u32], at: usize) -> &[u32; LANES] {
    part[at..].first_chunk().expect("groups of whole vectors")
}
