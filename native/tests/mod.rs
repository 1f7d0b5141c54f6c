//! Tests that use the crate by its name, as the module does. They are modules of the crate: it and
//! arkworks's generics are compiled once for all of them.

mod lanes;
mod lies;
mod proofs;
mod quads;
mod small;
mod strays;
mod sums;
mod words;

/// How many numbers a test takes: all of them, or a sample where each access is watched. With
/// UNDERTOW_FULL in the environment it is all of them there too.
fn many(all: usize, sample: usize) -> usize {
    let full = std::env::var_os("UNDERTOW_FULL").is_some();
    if cfg!(undertow_sanitize) && !full { sample } else { all }
}
