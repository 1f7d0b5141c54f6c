//! The arrays and the pool of points, which stand on unsafe code, with so few numbers that Miri
//! runs them too.

use ark_bn254::{Fq, Fq2, Fr, G1Affine, G2Affine, g1, g2};
use ark_ec::AffineRepr;
use ark_ec::short_weierstrass::{Affine, Projective};
use ark_ff::{AdditiveGroup, BigInt, PrimeField};
use undertow_native::memory::{Huge, Plain, Scratch};
use undertow_native::msm::kernel::{Kernel, Narrow};
use undertow_native::msm::{Bases, Scalars};
use undertow_native::words::Generic;

fn zero_is_a_value<T: Plain + Default + PartialEq>() {
    let mut values = Huge::<T>::zeroed(3);
    assert!(values.iter().all(|value| *value == T::default()));
    values[2] = values[0];
    assert!(values[2] == T::default());
    assert!(Huge::<T>::zeroed(0).is_empty() && Scratch::<T>::new(0).is_empty());
}

#[test]
fn arrays_begin_with_zeros() {
    zero_is_a_value::<u32>();
    zero_is_a_value::<u64>();
    zero_is_a_value::<[i128; 2]>();
    zero_is_a_value::<[u64; 4]>();
    zero_is_a_value::<(Fq, Fq)>();
    zero_is_a_value::<(Fq2, Fq2)>();
}

#[test]
fn scratch_arrays_keep_what_was_written() {
    for len in [40usize, 7, 40, 300, 1] {
        let mut words = Scratch::<u64>::new(len);
        assert_eq!(words.len(), len);
        (0..).zip(words.iter_mut()).for_each(|(i, word)| *word = i);
        // Another type in whatever memory it gets, beside the first.
        let mut wide = Scratch::<[i128; 2]>::new(len);
        wide.fill([-1, 1]);
        assert!((0..len as u64).eq(words.iter().copied()));
        std::thread::spawn(move || assert!(wide.iter().all(|pair| *pair == [-1, 1])))
            .join()
            .expect("a thread that takes an array along");
    }
}

/// So large that no other test's arrays can stand in.
#[cfg(not(any(miri, undertow_sanitize)))]
#[test]
fn scratch_memory_is_used_again_until_it_is_released() {
    const LEN: usize = 1 << 20;
    let again = |value: u64| Scratch::<u64>::new(LEN).iter().all(|word| *word == value);
    Scratch::<u64>::new(LEN).fill(1);
    assert!(again(1));
    undertow_native::memory::release();
    assert!(again(0));
}

/// Σ scalar·point by additions alone.
fn by_additions<K: Kernel>(points: &[Affine<K::Curve>], scalars: &[i8]) -> Projective<K::Curve> {
    let mut sum = Projective::<K::Curve>::default();
    for (point, scalar) in points.iter().zip(scalars) {
        let point = if *scalar < 0 { -*point } else { *point };
        (0..scalar.unsigned_abs()).for_each(|_| sum += point);
    }
    sum
}

fn check<K: Kernel>(generator: Affine<K::Curve>) {
    let mut points = vec![generator, -generator, Affine::identity(), generator];
    points.push((Projective::from(generator).double()).into());
    let scalars = [1, 1, 5, -3, 6];
    let word = |scalar: i8| -> BigInt<4> {
        let magnitude = Fr::from(scalar.unsigned_abs());
        (if scalar < 0 { -magnitude } else { magnitude }).into_bigint()
    };
    let words = scalars.map(|scalar| word(scalar).0);
    let sum = Bases::<K>::new(&points, 0).msm(&Scalars::new(&words));
    assert_eq!(sum, by_additions::<K>(&points, &scalars));
}

#[test]
fn sums_of_a_few_points() {
    check::<Narrow<g1::Config, Generic>>(G1Affine::generator());
    check::<Narrow<g2::Config, Generic>>(G2Affine::generator());
}
