//! Memory asked for before it is read.

#![allow(unsafe_code)]

const LINE: usize = 64;

/// Starts to bring a value into the nearest cache; nothing where the processor has no such
/// instruction.
#[inline(always)]
pub fn prefetch<T>(value: &T) {
    #[cfg(target_arch = "x86_64")]
    for offset in (0..size_of::<T>()).step_by(LINE) {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        // SAFETY: the instruction is part of the architecture, and only hints.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(std::ptr::from_ref(value).cast::<i8>().add(offset)) };
    }
    let _ = (value, LINE);
}
