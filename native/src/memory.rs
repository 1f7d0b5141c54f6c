//! Large arrays in huge pages. Sums take points from all over an array of many megabytes: with
//! pages of 4 KiB each of them costs a walk through the page tables.
//!
//! Arrays of temporary values keep their memory when they end, for the next ones: clearing fresh
//! pages took 6 % of a proof.
//!
//! Where a sanitizer or Miri watches, every array has memory of its own on the heap.

#![allow(unsafe_code)]

#[cfg(any(miri, undertow_sanitize))]
mod watched;

use std::marker::PhantomData;
use std::mem::ManuallyDrop;
use std::ops::{Deref, DerefMut};
use std::sync::{Mutex, MutexGuard, PoisonError};

#[cfg(not(any(miri, undertow_sanitize)))]
use memmap2::MmapMut as Map;
#[cfg(any(miri, undertow_sanitize))]
use watched::Map;

/// Whether a sanitizer or Miri watches.
const WATCHED: bool = cfg!(any(miri, undertow_sanitize));

/// Types of which every pattern of bits, zero included, is a value, without padding, and whose
/// alignment is at most a page's.
///
/// # Safety
/// As said.
pub unsafe trait Plain: Copy + Send + Sync + 'static {}

// SAFETY: numbers, and arrays of words; the last two are arkworks's wrappers of such.
unsafe impl Plain for u32 {}
unsafe impl Plain for u64 {}
unsafe impl Plain for [i128; 2] {}
unsafe impl Plain for [u64; 4] {}
unsafe impl Plain for (ark_bn254::Fq, ark_bn254::Fq) {}
unsafe impl Plain for (ark_bn254::Fq2, ark_bn254::Fq2) {}

/// A fixed number of values.
pub struct Huge<T> {
    map: Map,
    len: usize,
    of: PhantomData<T>,
}

impl<T: Plain> Huge<T> {
    /// Values of zero bits.
    ///
    /// # Panics
    /// If the machine has no memory for them, as a vector does.
    pub fn zeroed(len: usize) -> Self {
        Self { map: fresh(bytes::<T>(len)), len, of: PhantomData }
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

fn bytes<T>(len: usize) -> usize {
    len.checked_mul(size_of::<T>()).expect("an array that fits the machine").max(1)
}

#[cfg(any(miri, undertow_sanitize))]
fn fresh(bytes: usize) -> Map {
    Map::zeroed(bytes)
}

#[cfg(not(any(miri, undertow_sanitize)))]
fn fresh(bytes: usize) -> Map {
    let map = Map::map_anon(bytes).expect("memory");
    // Advice that is not taken costs speed only.
    #[cfg(target_os = "linux")]
    let _ = map.advise(memmap2::Advice::HugePage);
    map
}

/// The memory of scratch arrays that ended.
static ENDED: Mutex<Vec<Map>> = Mutex::new(Vec::new());

/// How many are kept: the arrays that a proof's work has on one core at a time, for each core. None
/// where somebody watches, who is to see the use of an array that ended.
fn most_ended() -> usize {
    if WATCHED { 0 } else { 16 * rayon::current_num_threads() }
}

/// What scratch arrays begin as where somebody watches: a value that nobody wrote is then wrong.
const ANYTHING: u8 = 0xa5;

/// A fixed number of values that begin as anything: whoever reads one has written it.
pub struct Scratch<T: Plain>(ManuallyDrop<Huge<T>>);

impl<T: Plain> Scratch<T> {
    /// # Panics
    /// If the machine has no memory for them, as a vector does.
    pub fn new(len: usize) -> Self {
        let bytes = bytes::<T>(len);
        let kept = smallest(&mut ended(), bytes);
        let mut map = kept.unwrap_or_else(|| fresh(bytes));
        if WATCHED {
            map.fill(ANYTHING);
        }
        Self(ManuallyDrop::new(Huge { map, len, of: PhantomData }))
    }
}

/// The smallest map of at least so many bytes, but not one that a far larger array will want.
fn smallest(maps: &mut Vec<Map>, bytes: usize) -> Option<Map> {
    let fitting = maps.iter().enumerate().filter(|(_, m)| (bytes..=8 * bytes).contains(&m.len()));
    let (place, _) = fitting.min_by_key(|(_, map)| map.len())?;
    Some(maps.remove(place))
}

/// Gives back the memory of all scratch arrays that ended.
pub fn release() {
    let maps = std::mem::take(&mut *ended());
    drop(maps);
}

fn ended() -> MutexGuard<'static, Vec<Map>> {
    // Nobody leaves the list half changed.
    ENDED.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<T: Plain> Drop for Scratch<T> {
    fn drop(&mut self) {
        // SAFETY: the array ends here and is not used again.
        let Huge { map, .. } = unsafe { ManuallyDrop::take(&mut self.0) };
        let mut maps = ended();
        maps.push(map);
        // The one that lay there longest, given back when the list is free again.
        let oldest = (maps.len() > most_ended()).then(|| maps.remove(0));
        drop(maps);
        drop(oldest);
    }
}

impl<T: Plain> Deref for Scratch<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.0
    }
}

impl<T: Plain> DerefMut for Scratch<T> {
    fn deref_mut(&mut self) -> &mut [T] {
        &mut self.0
    }
}
