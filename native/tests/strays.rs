//! Whether a sanitizer watches what the kernels read and write: each stray access below has to end
//! its process with a report, under Miri too. Where nobody watches, there is nothing here.
#![cfg(any(miri, undertow_sanitize))]
#![allow(unsafe_code)]

use std::hint::black_box;

use undertow_native::memory::{Huge, Scratch};

const COUNT: usize = 64;

/// Runs one of the ignored tests in a process of its own and looks for the report.
#[cfg(not(miri))]
fn assert_reported(stray: &str, report: &str) {
    use std::process::Command;
    let this = std::env::current_exe().expect("this program's path");
    let test = format!("{}::{stray}", module_path!().split_once("::").expect("a module").1);
    let run = Command::new(this).args(["--ignored", "--exact", &test]).output().expect("a process");
    let errors = String::from_utf8_lossy(&run.stderr);
    let reported = errors.contains(&format!("AddressSanitizer: {report}"));
    assert!(!run.status.success() && reported, "{stray} went unseen: {errors}");
}

#[test]
#[cfg(not(miri))]
fn strays_in_arrays_are_reported() {
    // What the standard library's unsafe functions ask for is checked too.
    const { assert!(cfg!(debug_assertions)) };
    assert_reported("reads_past_an_array", "heap-buffer-overflow");
    assert_reported("writes_past_a_scratch_array", "heap-buffer-overflow");
    assert_reported("reads_an_array_that_ended", "heap-use-after-free");
}

#[test]
#[ignore = "ends its process"]
fn reads_past_an_array() {
    let values = Huge::<u64>::zeroed(COUNT);
    // SAFETY: none, on purpose.
    black_box(unsafe { values.as_ptr().add(COUNT).read_volatile() });
}

#[test]
#[ignore = "ends its process"]
fn writes_past_a_scratch_array() {
    // The longer one's memory must not serve the shorter one.
    drop(Scratch::<u64>::new(2 * COUNT));
    let mut values = Scratch::<u64>::new(COUNT);
    // SAFETY: none, on purpose.
    unsafe { values.as_mut_ptr().add(COUNT).write_volatile(1) };
}

#[test]
#[ignore = "ends its process"]
fn reads_an_array_that_ended() {
    let values = Scratch::<u64>::new(COUNT);
    let start = values.as_ptr();
    drop(values);
    // SAFETY: none, on purpose.
    black_box(unsafe { start.read_volatile() });
}

/// The kernels in four lanes, with a slot behind the last one.
#[cfg(all(target_arch = "x86_64", not(miri)))]
mod fours {
    use super::*;
    use undertow_native::quad::{self, points};

    #[test]
    fn strays_in_fours_are_reported() {
        if quad::available() {
            assert_reported("fours::loads_past_points", "heap-buffer-overflow");
            assert_reported("fours::stores_past_points", "heap-buffer-overflow");
        }
    }

    /// Three of an array's numbers, and one that is past its end.
    fn strays(numbers: &mut Huge<[u64; 4]>) -> [*mut [u64; 4]; 4] {
        let start = numbers.as_mut_ptr();
        [COUNT - 3, COUNT - 2, COUNT - 1, COUNT].map(|place| start.wrapping_add(place))
    }

    #[target_feature(enable = "avx2,fma")]
    fn load(numbers: &mut Huge<[u64; 4]>) {
        let places = strays(numbers).map(<*mut [u64; 4]>::cast_const);
        // SAFETY: none, on purpose.
        black_box(unsafe { points::read(&places, 0) });
    }

    #[target_feature(enable = "avx2,fma")]
    fn store(numbers: &mut Huge<[u64; 4]>) {
        // SAFETY: none, on purpose.
        unsafe { points::write(&black_box([std::mem::zeroed(); 5]), &strays(numbers), 0) };
    }

    #[test]
    #[ignore = "ends its process"]
    fn loads_past_points() {
        assert!(quad::available());
        // SAFETY: asked for.
        unsafe { load(&mut Huge::zeroed(COUNT)) };
    }

    #[test]
    #[ignore = "ends its process"]
    fn stores_past_points() {
        assert!(quad::available());
        // SAFETY: asked for.
        unsafe { store(&mut Huge::zeroed(COUNT)) };
    }
}

/// The kernels themselves, with a slot behind the last one.
#[cfg(all(target_arch = "x86_64", not(miri)))]
#[cfg_attr(undertow_software, allow(unused_unsafe))]
mod lanes {
    use super::*;
    use undertow_native::ifma::addresses::Eight;
    use undertow_native::ifma::coordinate::{Coordinate, Packed1};
    use undertow_native::ifma::{self, field::Lanes};
    use undertow_native::msm::finder::Finder;
    use undertow_native::msm::pairs::Pool;

    #[test]
    fn strays_in_lanes_are_reported() {
        if ifma::available() {
            assert_reported("lanes::loads_past_a_pool", "heap-buffer-overflow");
            assert_reported("lanes::stores_past_a_pool", "heap-buffer-overflow");
        }
    }

    /// Seven points of a pool, and one that is past its end.
    #[cfg_attr(
        not(undertow_software),
        target_feature(enable = "avx512f,avx512dq,avx512ifma,avx512vbmi2")
    )]
    fn strays(pool: &mut Pool<'_, Packed1>) -> Eight {
        let end = pool.len() as u32;
        let slots: [u32; 8] = std::array::from_fn(|lane| end - 7 + lane as u32);
        // SAFETY: the features are there.
        unsafe { Finder::new(pool).outputs(slots.as_ptr()) }
    }

    #[cfg_attr(
        not(undertow_software),
        target_feature(enable = "avx512f,avx512dq,avx512ifma,avx512vbmi2")
    )]
    fn load(pool: &mut Pool<'_, Packed1>) {
        // SAFETY: none, on purpose.
        black_box(unsafe { Lanes::load(&strays(pool)) });
    }

    #[cfg_attr(
        not(undertow_software),
        target_feature(enable = "avx512f,avx512dq,avx512ifma,avx512vbmi2")
    )]
    fn store(pool: &mut Pool<'_, Packed1>) {
        let x = black_box(Lanes::zero());
        // SAFETY: none, on purpose.
        unsafe { Lanes::store(&x, &x, &strays(pool)) };
    }

    #[test]
    #[ignore = "ends its process"]
    fn loads_past_a_pool() {
        assert!(ifma::available());
        // SAFETY: asked for.
        unsafe { load(&mut Pool::new(&[], COUNT)) };
    }

    #[test]
    #[ignore = "ends its process"]
    fn stores_past_a_pool() {
        assert!(ifma::available());
        // SAFETY: asked for.
        unsafe { store(&mut Pool::new(&[], COUNT)) };
    }
}
