//! Eight field elements at a time with AVX-512 IFMA (52-bit multiply-add), for BN254.
//!
//! `available()` is asked once, at the top; everything below it assumes the answer was yes.

#![allow(unsafe_code)]

pub mod coordinate;
pub mod field;
pub mod lanes;
pub mod ntt;
pub mod pairs;
pub mod quotient;
pub mod rows;

/// Whether this machine runs the kernels of this module.
pub fn available() -> bool {
    is_x86_feature_detected!("avx512f")
        && is_x86_feature_detected!("avx512dq")
        && is_x86_feature_detected!("avx512ifma")
        && is_x86_feature_detected!("avx512vbmi2")
}
