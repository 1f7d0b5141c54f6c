//! Eight field elements at a time with AVX-512 IFMA (52-bit multiply-add), for BN254.
//!
//! `available()` is asked once, at the top; everything below it assumes the answer was yes. An
//! unsafe block without a comment of its own stands in an unsafe function and asks no more than
//! that function does: the instructions, and memory where its SAFETY line names some.
//!
//! Built for tests with `--cfg undertow_software`, the same code runs on any machine of this
//! architecture, on the arithmetic of `software` in place of the instructions.

#![allow(unsafe_code)]

use std::sync::LazyLock;

use crate::words::asked;

pub mod addresses;
pub mod coordinate;
pub mod field;
pub mod lanes;
pub mod ntt;
pub mod rows;
#[cfg(undertow_software)]
pub mod software;

#[cfg(undertow_software)]
pub use software as instructions;
#[cfg(not(undertow_software))]
pub use std::arch::x86_64 as instructions;

/// Whether this machine runs the kernels of this module.
pub fn available() -> bool {
    static FOUND: LazyLock<bool> = LazyLock::new(|| {
        let found = is_x86_feature_detected!("avx512f")
            && is_x86_feature_detected!("avx512dq")
            && is_x86_feature_detected!("avx512ifma")
            && is_x86_feature_detected!("avx512vbmi2");
        (found || cfg!(undertow_software)) && asked::for_lanes()
    });
    *FOUND
}
