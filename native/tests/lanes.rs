//! The arithmetic in lanes and with two carry chains against arkworks, at the edges of the ranges
//! that the kernels' bounds allow. Machines without the instructions have nothing to test, but where
//! the build has them in software.
#![cfg(target_arch = "x86_64")]

use ark_bn254::{Fq, FqConfig, Fr, FrConfig};
use ark_ff::{BigInt, FftField, Field as _, MontConfig, PrimeField, UniformRand};
use ark_poly::{EvaluationDomain, Radix2EvaluationDomain};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha20Rng;
#[cfg(undertow_software)]
use undertow_native::groth16::engines::{LEAST_BITS, engines};
use undertow_native::ifma::coordinate::{Coordinate, invert_lanes};
use undertow_native::ifma::field::{Field, LIMB, Lanes};
use undertow_native::ifma::ntt::{Coset, set_lane, to_limbs};
use undertow_native::ifma::{self, ntt};
use undertow_native::words::adx::Adx;
#[cfg(undertow_software)]
use undertow_native::words::asked;
use undertow_native::words::{Element, Multiply};

const ROUNDS: usize = 4_000;
/// Bounds in tenths of p: reduced, loose, and what `reduce` takes.
const REDUCED: u64 = 10;
const LOOSE: u64 = 42;
const LARGEST: u64 = 79;
/// Differences of abscissas are below 3.07·p.
const DIFFERENCE: u64 = 30;

/// Limbs of a number up to bound/10·p: near a multiple of p, with limbs of all ones, or any.
fn limbs<F: PrimeField<BigInt = BigInt<4>>>(rng: &mut ChaCha20Rng, bound: u64) -> [u64; 5] {
    let p = Field::<F>::P;
    let top = p[4] * bound / 10;
    match rng.gen_range(0..4) {
        0 => {
            let multiple = rng.gen_range(0..=(bound / 10).min(7));
            let (mut number, mut carry) = ([0; 5], 0);
            for (limb, prime) in number.iter_mut().zip(p) {
                let sum = prime * multiple + carry;
                (*limb, carry) = (sum & LIMB, sum >> 52);
            }
            number[0] = (number[0] + rng.gen_range(0..3)).min(LIMB);
            number
        }
        1 => [LIMB, LIMB, LIMB, LIMB, top - 1],
        2 => [0, 0, 0, 0, rng.gen_range(0..top)],
        _ => {
            let mut any = || rng.r#gen::<u64>() & LIMB;
            let low = [any(), any(), any(), any()];
            [low[0], low[1], low[2], low[3], rng.gen_range(0..top)]
        }
    }
}

fn lanes<F: PrimeField<BigInt = BigInt<4>>>(rng: &mut ChaCha20Rng, bound: u64) -> Lanes {
    let mut v = Lanes::zero();
    (0..8).for_each(|lane| set_lane(&mut v, lane, limbs::<F>(rng, bound)));
    v
}

/// The residue of a lane's limbs, which may be negative.
fn residue<F: PrimeField>(v: &Lanes, lane: usize) -> F {
    v.words().iter().rev().fold(F::ZERO, |sum, limb| {
        let signed = limb[lane] as i64;
        let magnitude = F::from(signed.unsigned_abs());
        sum * F::from(LIMB + 1) + if signed < 0 { -magnitude } else { magnitude }
    })
}

/// Whether a lane is normal and below so many hundredths of p.
fn below<F: PrimeField<BigInt = BigInt<4>>>(v: &Lanes, lane: usize, bound: u64) -> bool {
    let limb = |i: usize| v.words()[i][lane];
    (0..4).all(|i| limb(i) <= LIMB) && limb(4) < Field::<F>::P[4] / 100 * bound
}

/// Whether a lane is normal and below 1.07·p.
fn reduced<F: PrimeField<BigInt = BigInt<4>>>(v: &Lanes, lane: usize) -> bool {
    below::<F>(v, lane, 107)
}

#[cfg_attr(
    not(undertow_software),
    target_feature(enable = "avx512f,avx512dq,avx512ifma,avx512vbmi2")
)]
#[allow(unsafe_code)]
fn check_field<F: PrimeField<BigInt = BigInt<4>>>(seed: u64) {
    let mut rng = ChaCha20Rng::seed_from_u64(seed);
    let unscale = F::from(2u64).pow([260]).inverse().expect("not zero");
    for _ in 0..ROUNDS {
        let [a, b] = [LOOSE; 2].map(|bound| lanes::<F>(&mut rng, bound));
        let wide = lanes::<F>(&mut rng, LARGEST);
        let (x, y) = (lanes::<F>(&mut rng, REDUCED), lanes::<F>(&mut rng, REDUCED));
        // SAFETY: the caller asked for the features.
        let [product, square, squares, small, difference] = unsafe {
            [
                Field::<F>::mul(&a, &b),
                Field::<F>::square(&a),
                Field::<F>::normal(Field::<F>::sum_of_squares_wide(&a, &b)),
                Field::<F>::reduce(&wide),
                Field::<F>::reduce(&Field::<F>::sub_wide::<2>(&x, &y)),
            ]
        };
        for lane in 0..8 {
            let [a, b] = [&a, &b].map(|v| residue::<F>(v, lane));
            assert_eq!(residue::<F>(&product, lane), a * b * unscale);
            assert_eq!(residue::<F>(&square, lane), a * a * unscale);
            assert_eq!(residue::<F>(&squares, lane), (a * a + b * b) * unscale);
            assert_eq!(residue::<F>(&small, lane), residue(&wide, lane));
            let expected = residue::<F>(&x, lane) - residue::<F>(&y, lane);
            assert_eq!(residue::<F>(&difference, lane), expected);
            assert!(reduced::<F>(&small, lane) && reduced::<F>(&difference, lane));
            // 1.13 + 4.2²/84, and twice as much of the factors.
            assert!([&product, &square].map(|v| below::<F>(v, lane, 134)) == [true; 2]);
            assert!(below::<F>(&squares, lane, 155));
        }
    }
}

/// Elsewhere it would go unseen that there are none.
#[test]
#[cfg(undertow_software)]
fn eight_lanes_run_in_software() {
    let names = engines(1 << LEAST_BITS).into_iter().map(|engine| engine.name());
    assert_eq!(names.filter(|name| *name == "avx512ifma").count() == 1, asked::for_lanes());
}

#[test]
#[allow(unsafe_code)]
#[cfg_attr(undertow_software, allow(unused_unsafe))]
fn lanes_agree_at_the_edges_of_their_ranges() {
    if ifma::available() {
        // SAFETY: the features are there.
        unsafe {
            check_field::<Fq>(1);
            check_field::<Fr>(2);
            check_fractions(3);
            check_chords(4);
            check_inverses(5);
        }
    }
}

/// The second group's slopes, at the edges of what a difference of coordinates can be: Karatsuba's
/// products have negative limbs before they are reduced.
#[cfg_attr(
    not(undertow_software),
    target_feature(enable = "avx512f,avx512dq,avx512ifma,avx512vbmi2")
)]
#[allow(unsafe_code)]
fn check_fractions(seed: u64) {
    let mut rng = ChaCha20Rng::seed_from_u64(seed);
    let unscale = Fq::from(2u64).pow([260]).inverse().expect("not zero");
    for _ in 0..ROUNDS {
        let dy = [LOOSE; 2].map(|bound| lanes::<Fq>(&mut rng, bound));
        let d = [DIFFERENCE; 2].map(|bound| lanes::<Fq>(&mut rng, bound));
        // SAFETY: the caller asked for the features.
        let ([real, imaginary], norm) = unsafe { <[Lanes; 2]>::fraction(&dy, &d) };
        for lane in 0..8 {
            let [y0, y1, d0, d1] = [&dy[0], &dy[1], &d[0], &d[1]].map(|v| residue::<Fq>(v, lane));
            assert_eq!(residue::<Fq>(&real, lane), (y0 * d0 + y1 * d1) * unscale);
            assert_eq!(residue::<Fq>(&imaginary, lane), (y1 * d0 - y0 * d1) * unscale);
            assert_eq!(residue::<Fq>(&norm, lane), (d0 * d0 + d1 * d1) * unscale);
            assert!(below::<Fq>(&real, lane, 240) && below::<Fq>(&imaginary, lane, 160));
            assert!(below::<Fq>(&norm, lane, 160));
        }
    }
}

/// The sums of points in both groups: slopes below 1.3·p, abscissas reduced, differences of them below
/// 3.07·p, ordinates of at most 2·p.
#[cfg_attr(
    not(undertow_software),
    target_feature(enable = "avx512f,avx512dq,avx512ifma,avx512vbmi2")
)]
#[allow(unsafe_code)]
fn check_chords(seed: u64) {
    let mut rng = ChaCha20Rng::seed_from_u64(seed);
    let unscale = Fq::from(2u64).pow([260]).inverse().expect("not zero");
    for _ in 0..ROUNDS {
        let mut both = |bound: u64| [bound; 2].map(|bound| lanes::<Fq>(&mut rng, bound));
        let (slope, xa, ya) = (both(13), both(REDUCED), both(20));
        let (d, h) = (both(DIFFERENCE), both(DIFFERENCE));
        // SAFETY: the caller asked for the features.
        let (x, y, x_first, y_first) = unsafe {
            (
                <[Lanes; 2]>::chord_x(&slope, &xa, &d),
                <[Lanes; 2]>::chord_y(&slope, &h, &ya),
                Lanes::chord_x(&slope[0], &xa[0], &d[0]),
                Lanes::chord_y(&slope[0], &h[0], &ya[0]),
            )
        };
        for lane in 0..8 {
            let of = |v: &[Lanes; 2]| [0, 1].map(|i| residue::<Fq>(&v[i], lane));
            let ([s, t], [xa0, xa1], [ya0, ya1]) = (of(&slope), of(&xa), of(&ya));
            let ([d0, d1], [h0, h1]) = (of(&d), of(&h));
            let x0 = (s * s - t * t) * unscale - xa0 - xa0 - d0;
            let x1 = (s + s) * t * unscale - xa1 - xa1 - d1;
            assert_eq!(of(&x), [x0, x1]);
            assert_eq!(
                of(&y),
                [(s * h0 - t * h1) * unscale - ya0, (s * h1 + t * h0) * unscale - ya1]
            );
            assert_eq!(residue::<Fq>(&x_first, lane), s * s * unscale - xa0 - xa0 - d0);
            assert_eq!(residue::<Fq>(&y_first, lane), s * h0 * unscale - ya0);
            let sums = [&x[0], &x[1], &y[0], &y[1], &x_first, &y_first];
            assert!(sums.into_iter().all(|sum| reduced::<Fq>(sum, lane)));
        }
    }
}

/// Eight inverses with one inversion, of what products leave; none where a lane is zero or p.
#[cfg_attr(
    not(undertow_software),
    target_feature(enable = "avx512f,avx512dq,avx512ifma,avx512vbmi2")
)]
#[allow(unsafe_code)]
fn check_inverses(seed: u64) {
    let mut rng = ChaCha20Rng::seed_from_u64(seed);
    let one = Fq::from(2u64).pow([520]);
    for _ in 0..ROUNDS / 8 {
        let v = lanes::<Fq>(&mut rng, 16);
        let values: Vec<Fq> = (0..8).map(|lane| residue(&v, lane)).collect();
        // SAFETY: the caller asked for the features.
        match unsafe { invert_lanes(&v) } {
            None => assert!(values.contains(&Fq::from(0u64))),
            Some(inverses) => {
                let found = (0..8).map(|lane| residue::<Fq>(&inverses, lane));
                assert!(found.zip(&values).all(|(inverse, value)| inverse * value == one));
            }
        }
    }
}

fn check_products<C: MontConfig<4>>(seed: u64) {
    let mut rng = ChaCha20Rng::seed_from_u64(seed);
    let one = Element::<C>::from(1u64);
    let mut values = vec![Element::<C>::from(0u64), one, -one];
    // The largest inner representations too, where the last subtraction is decided.
    let largest = -Element::<C>::new_unchecked(BigInt::new([1, 0, 0, 0]));
    values.extend([largest, Element::<C>::new_unchecked(BigInt::new([u64::MAX, 0, 0, 0]))]);
    values.extend((0..200).map(|_| Element::<C>::rand(&mut rng)));
    for a in &values {
        for b in &values {
            assert_eq!(Adx::mul::<C>(a, b), *a * b);
        }
    }
}

#[test]
fn two_carry_chains_multiply_as_arkworks_does() {
    if Adx::detect().is_some() {
        check_products::<FqConfig>(1);
        check_products::<FrConfig>(2);
    }
}

#[test]
fn transforms_agree_with_arkworks() {
    if !ifma::available() {
        return;
    }
    let mut rng = ChaCha20Rng::seed_from_u64(3);
    for bits in 6..=14u32 {
        let mut values: Vec<Fr> = (0..1 << bits).map(|_| Fr::rand(&mut rng)).collect();
        values[1] = -Fr::from(1u64);
        let mut in_lanes = vec![Lanes::zero(); values.len() / 8];
        for (i, value) in values.iter().enumerate() {
            set_lane(&mut in_lanes[i / 8], i % 8, to_limbs(*value));
        }
        Coset::new(bits).expect("a domain").extend(&mut in_lanes);
        let domain = Radix2EvaluationDomain::<Fr>::new(values.len()).expect("a domain");
        let shift = Fr::get_root_of_unity(2 << bits).expect("a root");
        domain.ifft_in_place(&mut values);
        domain.get_coset(shift).expect("a coset").fft_in_place(&mut values);
        let scale = Fr::from(16u64);
        for (i, value) in values.iter().enumerate() {
            let words = ntt::canonical(&in_lanes[i / 8])[i % 8];
            assert_eq!(words, (*value * scale).0.0, "element {i} of 2^{bits}");
        }
    }
}
