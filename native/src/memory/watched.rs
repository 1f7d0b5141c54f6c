//! Memory for arrays where a sanitizer or Miri watches: each on the heap, with exactly its bytes,
//! so that an access past its end is seen. Of maps they know only whole pages.

#![allow(unsafe_code)]

use std::alloc::{Layout, alloc_zeroed, dealloc, handle_alloc_error};
use std::ops::{Deref, DerefMut};
use std::ptr::NonNull;
use std::slice;

/// No type of an array asks for more.
const ALIGNMENT: usize = 128;

/// Bytes, as of a map.
pub struct Map {
    start: NonNull<u8>,
    layout: Layout,
}

// SAFETY: it owns its bytes, and lends them as a vector does.
unsafe impl Send for Map {}
unsafe impl Sync for Map {}

impl Map {
    /// Bytes that are zero, one at least.
    pub fn zeroed(bytes: usize) -> Self {
        assert!(bytes > 0, "an array of no bytes");
        let layout = Layout::from_size_align(bytes, ALIGNMENT).expect("an array that fits");
        // SAFETY: the layout is not empty.
        let start = NonNull::new(unsafe { alloc_zeroed(layout) });
        Self { start: start.unwrap_or_else(|| handle_alloc_error(layout)), layout }
    }
}

impl Deref for Map {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        // SAFETY: so many bytes begin there, and all were written.
        unsafe { slice::from_raw_parts(self.start.as_ptr(), self.layout.size()) }
    }
}

impl DerefMut for Map {
    fn deref_mut(&mut self) -> &mut [u8] {
        // SAFETY: as above.
        unsafe { slice::from_raw_parts_mut(self.start.as_ptr(), self.layout.size()) }
    }
}

impl Drop for Map {
    fn drop(&mut self) {
        // SAFETY: allocated with this layout, and not used again.
        unsafe { dealloc(self.start.as_ptr(), self.layout) }
    }
}
