//! Large arrays in huge pages. Sums take points from all over an array of many megabytes: with
//! pages of 4 KiB each of them costs a walk through the page tables.

#![allow(unsafe_code)]

use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};

use memmap2::MmapMut;

/// Types of which every pattern of bits, zero included, is a value, without padding, and whose
/// alignment is at most a page's.
///
/// # Safety
/// As said.
pub unsafe trait Plain: Copy + Send + Sync + 'static {}

// SAFETY: arrays of words; the last three are arkworks's wrappers of such.
unsafe impl Plain for [u64; 4] {}
unsafe impl Plain for (ark_bn254::Fq, ark_bn254::Fq) {}
unsafe impl Plain for (ark_bn254::Fq2, ark_bn254::Fq2) {}

/// A fixed number of values.
pub struct Huge<T> {
    map: MmapMut,
    len: usize,
    of: PhantomData<T>,
}

impl<T: Plain> Huge<T> {
    /// Values of zero bits.
    ///
    /// # Panics
    /// If the machine has no memory for them, as a vector does.
    pub fn zeroed(len: usize) -> Self {
        let bytes = len.checked_mul(size_of::<T>()).expect("an array that fits the machine");
        let map = MmapMut::map_anon(bytes.max(1)).expect("memory");
        // Advice that is not taken costs speed only.
        #[cfg(target_os = "linux")]
        let _ = map.advise(memmap2::Advice::HugePage);
        Self { map, len, of: PhantomData }
    }

    pub fn copy_of(values: &[T]) -> Self {
        let mut copy = Self::zeroed(values.len());
        copy.copy_from_slice(values);
        copy
    }
}

impl<T: Plain> Deref for Huge<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        // SAFETY: the map has room for `len` values, starts at a page, and any bits are values.
        unsafe { std::slice::from_raw_parts(self.map.as_ptr().cast(), self.len) }
    }
}

impl<T: Plain> DerefMut for Huge<T> {
    fn deref_mut(&mut self) -> &mut [T] {
        // SAFETY: as above.
        unsafe { std::slice::from_raw_parts_mut(self.map.as_mut_ptr().cast(), self.len) }
    }
}
