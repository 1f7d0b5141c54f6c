//! The arithmetic in four lanes against arkworks, at the edges of the ranges that the kernel's bounds
//! allow. Machines without the instructions have nothing to test.
#![cfg(target_arch = "x86_64")]
#![allow(unsafe_code)]

use ark_bn254::{Fq, G1Affine, G2Affine, g1, g2};
use ark_ec::short_weierstrass::Affine;
use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::{AdditiveGroup, Field as _, UniformRand, Zero};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha20Rng;
use undertow_native::msm::kernel::{Four, Kernel, entry_point};
use undertow_native::msm::pairs::{Pair, Pairs, Pool};
use undertow_native::quad::coordinate::{Coordinate, product};
use undertow_native::quad::field::{P, carried, digits, of_digits, small};
use undertow_native::quad::invert::inverted;
use undertow_native::quad::points::{ONE, Packed1, Packed2};
use undertow_native::quad::products::{FQ, square, two_products};
use undertow_native::quad::{self, Quad};
use undertow_native::words::packed::Packed;

use super::many;

/// Limbs: of digits, of products, of differences.
const DIGIT: f64 = (1u64 << 50) as f64;
const PRODUCT: f64 = DIGIT + 1024.0;
const DIFFERENCE: f64 = 2.0 * DIGIT;

/// Lanes of at most `bound`·p whose lower limbs are at most `limb`: at an edge, or any.
fn quad(rng: &mut ChaCha20Rng, bound: f64, limb: f64) -> Quad {
    let mut any = |most: f64| match rng.gen_range(0..6) {
        0 => most,
        1 => -most,
        2 => 0.0,
        3 => most - 1.0,
        _ => rng.gen_range(-most..=most).trunc(),
    };
    // The lower limbs may add two to the topmost.
    let top = (P[4] * bound).trunc() - 2.0;
    Quad::of([limb, limb, limb, limb, top].map(|most| [0; 4].map(|_| any(most))))
}

fn pair(rng: &mut ChaCha20Rng, bound: f64, limb: f64) -> [Quad; 2] {
    [quad(rng, bound, limb), quad(rng, bound, limb)]
}

fn value(v: &Quad, lane: usize) -> Fq {
    v.limbs().iter().rev().fold(Fq::zero(), |sum, limb| {
        let magnitude = Fq::from(limb[lane].abs() as u64);
        sum * Fq::from(1u64 << 51) + if limb[lane] < 0.0 { -magnitude } else { magnitude }
    })
}

/// Whether all lanes are whole, at most `bound`·p, with lower limbs of at most `limb`.
fn within(v: &Quad, bound: f64, limb: f64) -> bool {
    let [low @ .., third, top] = v.limbs();
    let ratio = |lane: usize| (top[lane] + third[lane] / DIFFERENCE) / P[4];
    let lower = low.as_flattened().iter().chain(third).all(|l| l.abs() <= limb);
    let whole = v.limbs().as_flattened().iter().all(|l| l.fract() == 0.0);
    lower && whole && (0..4).all(|lane| ratio(lane).abs() <= bound + 1e-9)
}

fn scale() -> Fq {
    Fq::from(2u64).pow([255]).inverse().expect("not zero")
}

#[target_feature(enable = "avx2,fma")]
unsafe fn check_products(rng: &mut ChaCha20Rng) {
    let (a, b) = (quad(rng, 1.85, DIFFERENCE), quad(rng, 1.85, PRODUCT));
    let (slope, mut out) = (quad(rng, 1.82, PRODUCT), ONE);
    unsafe { product(&mut out, &a, &b) };
    for lane in 0..4 {
        assert_eq!(value(&out, lane), value(&a, lane) * value(&b, lane) * scale());
    }
    assert!(within(&out, 1.0 + 0.3781 * 1.85 * 1.85, PRODUCT));
    unsafe { square(&mut out, &slope, &FQ) };
    for lane in 0..4 {
        assert_eq!(value(&out, lane), value(&slope, lane).square() * scale());
    }
    assert!(within(&out, 2.26, PRODUCT));
    // The largest partial products that there may be.
    let (a, b) = (pair(rng, 1.002, DIFFERENCE), pair(rng, 1.002, DIFFERENCE));
    unsafe { two_products(&mut out, &a, &b, &FQ) };
    for lane in 0..4 {
        let [a0, a1, b0, b1] = [&a[0], &a[1], &b[0], &b[1]].map(|v| value(v, lane));
        assert_eq!(value(&out, lane), (a0 * b0 + a1 * b1) * scale());
    }
    assert!(within(&out, 1.76, PRODUCT));
    // A result in the place of an operand.
    let (a, mut b) = (quad(rng, 1.0, DIGIT), quad(rng, 1.0, DIGIT));
    let old = b;
    unsafe { product(&raw mut b, &a, &raw const b) };
    for lane in 0..4 {
        assert_eq!(value(&b, lane), value(&a, lane) * value(&old, lane) * scale());
    }
}

#[target_feature(enable = "avx2,fma")]
unsafe fn check_reductions(rng: &mut ChaCha20Rng) {
    let wide = quad(rng, 4.0, 4.0 * DIGIT);
    let sum = quad(rng, 1.002, DIFFERENCE + 16.0);
    let (near, exact, even) = unsafe { (small(&wide), of_digits(&digits(&wide)), carried(&sum)) };
    assert!(within(&near, 0.501, DIGIT + 8.0) && within(&exact, 0.501, DIGIT));
    assert!(within(&even, 1.002, DIGIT + 2.0));
    for lane in 0..4 {
        let expected = value(&wide, lane);
        assert_eq!([value(&near, lane), value(&exact, lane)], [expected; 2]);
        assert_eq!(value(&even, lane), value(&sum, lane));
    }
}

#[target_feature(enable = "avx2,fma")]
unsafe fn check_inverses(rng: &mut ChaCha20Rng) {
    let mut lanes = *quad(rng, 2.52, PRODUCT).limbs();
    if rng.gen_bool(0.2) {
        // A multiple of p is zero.
        let (lane, times) = (rng.gen_range(0..4), f64::from(rng.gen_range(-1..=1)));
        lanes.iter_mut().zip(P).for_each(|(limb, p)| limb[lane] = times * p);
    }
    let v = Quad::of(lanes);
    let values: Vec<Fq> = (0..4).map(|lane| value(&v, lane)).collect();
    match unsafe { inverted(&v) } {
        None => assert!(values.iter().any(Fq::is_zero)),
        Some(inverses) => {
            let one = Fq::from(2u64).pow([510]);
            assert!((0..4).all(|lane| value(&inverses, lane) * values[lane] == one));
            assert!(within(&inverses, 0.501, DIGIT));
        }
    }
}

/// Steps of the first group's sums, from operands at their bounds.
#[target_feature(enable = "avx2,fma")]
unsafe fn check_first(rng: &mut ChaCha20Rng) {
    let (xa, ya) = (quad(rng, 0.501, DIGIT), quad(rng, 0.501, DIGIT));
    let xb = quad(rng, 0.501, DIGIT);
    let slope = quad(rng, 1.82, PRODUCT);
    let blank = Packed1::pack(Fq::zero(), Fq::zero());
    let (mut points, mut squared, mut rise) = ([blank; 4], ONE, ONE);
    let [a, b, c, d] = &mut points;
    let places: [*mut Packed1; 4] = [a, b, c, d];
    let h = unsafe {
        Quad::square(&mut squared, &slope);
        let h = Quad::finish_x(&squared, &xa, &Quad::minus(&xb, &xa), &places);
        Quad::rise(&mut rise, &slope, &h);
        Quad::finish_y(&rise, &ya, &places);
        h
    };
    assert!(within(&h, 1.002, DIFFERENCE) && within(&rise, 1.69, PRODUCT));
    for (lane, point) in points.iter().enumerate() {
        let [s, xa, xb, ya] = [&slope, &xa, &xb, &ya].map(|v| value(v, lane) * scale());
        let x = s.square() - xa - xb;
        assert_eq!(point.unpack(), (x, s * (xa - x) - ya));
    }
}

/// The same in the second group, with the slope's fraction.
#[target_feature(enable = "avx2,fma")]
unsafe fn check_second(rng: &mut ChaCha20Rng) {
    type Both = [Quad; 2];
    let (dy, d) = (pair(rng, 1.002, DIFFERENCE), pair(rng, 1.002, DIFFERENCE));
    let (mut numerator, mut norm, mut slope) = (Both::ZERO, ONE, Both::ZERO);
    let one = quad(rng, 1.77, PRODUCT);
    unsafe {
        Both::fraction(&mut numerator, &mut norm, &dy, &d);
        Both::slope(&mut slope, &numerator, &one);
    }
    assert!(numerator.iter().all(|v| within(v, 1.76, PRODUCT)));
    assert!([norm, slope[0], slope[1]].iter().all(|v| within(v, 0.501, DIGIT + 8.0)));
    for lane in 0..4 {
        let [y0, y1, d0, d1] = [&dy[0], &dy[1], &d[0], &d[1]].map(|v| value(v, lane));
        let expected = [y0 * d0 + y1 * d1, y1 * d0 - y0 * d1].map(|v| v * scale());
        assert_eq!([0, 1].map(|i| value(&numerator[i], lane)), expected);
        assert_eq!(value(&norm, lane), (d0.square() + d1.square()) * scale());
        let product = expected.map(|v| v * value(&one, lane) * scale());
        assert_eq!([0, 1].map(|i| value(&slope[i], lane)), product);
    }
    let slope = pair(rng, 0.501, DIGIT + 8.0);
    let (xa, xb, ya) = (pair(rng, 0.501, DIGIT), pair(rng, 0.501, DIGIT), pair(rng, 0.501, DIGIT));
    let blank = Packed2::pack(ark_bn254::Fq2::zero(), ark_bn254::Fq2::zero());
    let (mut points, mut squared, mut rise) = ([blank; 4], Both::ZERO, Both::ZERO);
    let [a, b, c, e] = &mut points;
    let places: [*mut Packed2; 4] = [a, b, c, e];
    unsafe {
        Both::square(&mut squared, &slope);
        let h = Both::finish_x(&squared, &xa, &Both::minus(&xb, &xa), &places);
        Both::rise(&mut rise, &slope, &h);
        Both::finish_y(&rise, &ya, &places);
    }
    assert!(squared.iter().chain(&rise).all(|v| within(v, 1.39, PRODUCT)));
    for (lane, point) in points.iter().enumerate() {
        let of = |v: &Both| {
            let [real, imaginary] = [0, 1].map(|i| value(&v[i], lane) * scale());
            ark_bn254::Fq2::new(real, imaginary)
        };
        let (s, xa) = (of(&slope), of(&xa));
        let x = s.square() - xa - of(&xb);
        assert_eq!(point.unpack(), (x, s * (xa - x) - of(&ya)));
    }
}

#[test]
fn quads_agree_at_the_edges_of_their_ranges() {
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    for _ in 0..if quad::available() { many(20_000, 500) } else { 0 } {
        // SAFETY: the features are there.
        unsafe {
            check_products(&mut rng);
            check_reductions(&mut rng);
            check_inverses(&mut rng);
            check_first(&mut rng);
            check_second(&mut rng);
        }
    }
}

#[test]
fn points_keep_their_values() {
    let mut rng = ChaCha20Rng::seed_from_u64(2);
    let half = Fq::from(<Fq as ark_ff::PrimeField>::MODULUS_MINUS_ONE_DIV_TWO);
    let two = Fq::from(2u64);
    let mut values = vec![Fq::zero(), two, -two, half, half + two, half.double(), half * two];
    values.extend((0..many(500, 50)).map(|_| Fq::rand(&mut rng)));
    for pair in values.windows(2) {
        assert_eq!(Packed1::pack(pair[0], pair[1]).unpack(), (pair[0], pair[1]));
    }
}

/// Runs in a thread of that mode of MXCSR.
fn in_mode<T: Send>(mode: u32, run: impl FnOnce() -> T + Send) -> T {
    let set = move |mode: u32| {
        // SAFETY: the mode masks every fault, and this thread ends or gets the usual mode back.
        unsafe { std::arch::asm!("ldmxcsr [{}]", in(reg) &raw const mode, options(nostack)) };
    };
    std::thread::scope(|scope| {
        let thread = scope.spawn(move || {
            set(mode);
            let done = run();
            set(USUAL);
            done
        });
        thread.join().expect("a thread")
    })
}

const USUAL: u32 = 0x1f80;
const MODES: [(u32, bool); 6] = [
    (USUAL, true),
    // Tiny numbers are zero.
    (USUAL | 0x8040, true),
    // Down, up, to zero; an inexact result is a fault.
    (USUAL | 0x2000, false),
    (USUAL | 0x4000, false),
    (USUAL | 0x6000, false),
    (USUAL & !0x1000, false),
];

/// Sums of points, doubles, negatives and what vanishes, in one batch with its positions.
fn check_mode<K: Kernel>(points: &[Affine<K::Curve>]) {
    let pack = |point: &Affine<K::Curve>| {
        let (x, y) = point.xy().expect("finite");
        K::pack(x, y)
    };
    let count = points.len() as u32;
    let packed: Vec<K::Point> = points.iter().map(pack).collect();
    let mut pool = Pool::new(&packed, 2 * points.len());
    let spare = Pair { a: 0, b: 2, out: 2 * count };
    let pairs: Vec<Pair> = (0..count - 1)
        .map(|i| match i % 5 {
            3 => Pair { a: i << 1, b: i << 1, out: count + i },
            4 => Pair { a: i << 1, b: i << 1 | 1, out: count + i },
            sign => Pair { a: i << 1 | sign & 1, b: (i + 1) << 1 | sign >> 1, out: count + i },
        })
        .collect();
    let expected: Vec<_> = pairs
        .iter()
        .map(|pair| {
            let [a, b] = [pair.a, pair.b].map(|entry| entry_point::<K>(&pool, entry));
            (a + b).into_affine()
        })
        .collect();
    let all: Pairs = pairs.iter().copied().collect();
    let infinite = K::add_pairs(&mut pool, all.all(), spare, &mut K::Workspace::default());
    for (position, (pair, expected)) in pairs.iter().zip(&expected).enumerate() {
        assert_eq!(infinite.contains(&position), expected.is_zero());
        if !expected.is_zero() {
            assert_eq!(entry_point::<K>(&pool, pair.out << 1), *expected);
        }
    }
}

#[test]
fn sums_are_right_however_the_thread_rounds() {
    let mut rng = ChaCha20Rng::seed_from_u64(3);
    let count = many(2500, 300);
    let one: Vec<G1Affine> = (0..count).map(|_| G1Affine::rand(&mut rng)).collect();
    let two: Vec<G2Affine> = (0..count / 2).map(|_| G2Affine::rand(&mut rng)).collect();
    for (mode, expected) in if quad::available() { &MODES[..] } else { &[] } {
        assert_eq!(in_mode(*mode, quad::trusted), *expected);
        in_mode(*mode, || check_mode::<Four<Quad, g1::Config>>(&one));
        in_mode(*mode, || check_mode::<Four<[Quad; 2], g2::Config>>(&two));
    }
}
