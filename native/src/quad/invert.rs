//! The inverses of four lanes.

use super::Quad;
use super::field::digits;
use super::points::{of_words, read, to_words, write};
use crate::words::invert::inverse;

/// A lane's number.
#[derive(Clone, Copy)]
#[repr(C, align(32))]
struct Words([u64; 4]);

/// The four inverses with one inversion, of at most 0.501·p, or None if a lane is zero; for what
/// `digits` takes.
///
/// SAFETY: `quad::available()`.
#[inline(always)]
pub unsafe fn inverted(all: &Quad) -> Option<Quad> {
    let mut lanes = [Words([0; 4]); 4];
    let [a, b, c, d] = &mut lanes;
    unsafe { write::<Words>(&digits(all), &[a, b, c, d], 0) };
    let [a, b, c, d] = lanes.map(|lane| of_words(lane.0));
    let (ab, cd) = (a * b, c * d);
    let all = inverse(&(ab * cd))?;
    let (of_ab, of_cd) = (all * cd, all * ab);
    let inverses = [of_ab * b, of_ab * a, of_cd * d, of_cd * c];
    let [a, b, c, d] = &inverses.map(|inverse| Words(to_words(inverse)));
    Some(unsafe { read::<Words>(&[a, b, c, d].map(std::ptr::from_ref), 0) })
}
