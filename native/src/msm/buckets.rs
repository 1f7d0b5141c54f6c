//! From a window's buckets to its sum, Σ k·B_k, with rows and columns.
//!
//! Bucket k = i·C + j lies in row i and column j, so Σ (k + d)·B_k = C·Σ i·Row_i + Σ (j + d)·Col_j:
//! two additions a bucket leave lists of about the square root's length, which are treated alike
//! once more and then added up one by one.
#![forbid(unsafe_code)]

use ark_ec::short_weierstrass::Projective;
use ark_ff::{AdditiveGroup, Zero};

use super::kernel::{Kernel, entry_point};
use super::sums::{NONE, Summer};

const LEVELS: usize = 2;

/// A list of 2^bits entries, of which the k-th counts k + offset times.
#[derive(Clone)]
pub struct Weighted {
    pub entries: Vec<u32>,
    pub bits: u32,
    pub offset: u32,
}

impl Weighted {
    /// Bits of a column's number.
    fn low_bits(&self) -> u32 {
        self.bits.div_ceil(2)
    }
}

/// The value of each list.
pub fn weighted_sums<K: Kernel>(
    summer: &mut Summer<'_, K>,
    lists: Vec<Weighted>,
) -> Vec<Projective<K::Curve>> {
    descend(summer, lists, LEVELS)
}

fn descend<K: Kernel>(
    summer: &mut Summer<'_, K>,
    lists: Vec<Weighted>,
    levels: usize,
) -> Vec<Projective<K::Curve>> {
    if levels == 0 || lists.iter().all(|list| list.bits < 2) {
        return lists.iter().map(|list| one_by_one(summer, list)).collect();
    }
    let halves = split(summer, &lists);
    let values = descend(summer, halves, levels - 1);
    lists
        .iter()
        .zip(values.chunks_exact(2))
        .map(|(list, value)| doubled(value[0], list.low_bits()) + value[1])
        .collect()
}

/// Row sums and column sums of each list, one after the other.
fn split<K: Kernel>(summer: &mut Summer<'_, K>, lists: &[Weighted]) -> Vec<Weighted> {
    let (mut entries, mut starts) = (Vec::new(), vec![0u32]);
    for list in lists {
        let columns = 1 << list.low_bits();
        for row in list.entries.chunks(columns) {
            entries.extend(row.iter().filter(|entry| **entry != NONE));
            starts.push(entries.len() as u32);
        }
        for column in 0..columns {
            let picked = list.entries.iter().skip(column).step_by(columns);
            entries.extend(picked.filter(|entry| **entry != NONE));
            starts.push(entries.len() as u32);
        }
    }
    let sums = summer.sums(&mut entries, &starts);
    let mut rest = sums.as_slice();
    let mut halves = Vec::with_capacity(2 * lists.len());
    for list in lists {
        let low = list.low_bits();
        let (rows, others) = rest.split_at(1 << (list.bits - low));
        let (columns, others) = others.split_at(1 << low);
        rest = others;
        halves.push(Weighted { entries: rows.to_vec(), bits: list.bits - low, offset: 0 });
        halves.push(Weighted { entries: columns.to_vec(), bits: low, offset: list.offset });
    }
    halves
}

fn one_by_one<K: Kernel>(summer: &Summer<'_, K>, list: &Weighted) -> Projective<K::Curve> {
    let (mut running, mut total) = (Projective::zero(), Projective::zero());
    for (k, entry) in list.entries.iter().enumerate().rev() {
        if *entry != NONE {
            running += entry_point::<K>(&summer.pool, *entry);
        }
        if k as u32 + list.offset > 0 {
            total += running;
        }
    }
    // Offsets are 0 or 1: with 1, every entry counts once more than its place.
    total
}

pub fn doubled<G: AdditiveGroup>(mut value: G, times: u32) -> G {
    for _ in 0..times {
        value.double_in_place();
    }
    value
}
