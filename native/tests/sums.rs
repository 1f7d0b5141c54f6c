//! Multi-scalar multiplication against arkworks: every kernel of this machine, both groups, and the
//! points and scalars that the fast paths do not like.

use ark_bn254::{Fr, G1Affine, G2Affine, g1, g2};
use ark_ec::short_weierstrass::{Affine, Projective, SWCurveConfig};
use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::{One, PrimeField, UniformRand, Zero};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha20Rng;
use undertow_native::msm::kernel::{Kernel, Narrow};
use undertow_native::msm::{Bases, Scalars, reference};
use undertow_native::words::Generic;

use super::many;

fn check<K: Kernel>(points: &[Affine<K::Curve>], words: &[[u64; 4]], sum: &Projective<K::Curve>) {
    assert_eq!(Bases::<K>::new(points, 0).msm(&Scalars::new(words)), *sum);
}

fn check_all(points: &[G1Affine], others: &[G2Affine], scalars: &[Fr]) {
    let words: Vec<[u64; 4]> = scalars.iter().map(|scalar| scalar.into_bigint().0).collect();
    let one = reference::<Narrow<g1::Config, Generic>>(points, &words);
    let two = reference::<Narrow<g2::Config, Generic>>(others, &words);
    check::<Narrow<g1::Config, Generic>>(points, &words, &one);
    check::<Narrow<g2::Config, Generic>>(others, &words, &two);
    #[cfg(target_arch = "x86_64")]
    {
        use undertow_native::ifma::{self, field::Lanes};
        use undertow_native::msm::kernel::{Four, Wide};
        use undertow_native::quad::{self, Quad};
        use undertow_native::words::adx::Adx;
        if Adx::detect().is_some() {
            check::<Narrow<g1::Config, Adx>>(points, &words, &one);
            check::<Narrow<g2::Config, Adx>>(others, &words, &two);
        }
        if quad::available() {
            check::<Four<Quad, g1::Config>>(points, &words, &one);
            check::<Four<[Quad; 2], g2::Config>>(others, &words, &two);
        }
        if ifma::available() {
            check::<Wide<Lanes, g1::Config>>(points, &words, &one);
            check::<Wide<[Lanes; 2], g2::Config>>(others, &words, &two);
        }
    }
}

fn points<C: SWCurveConfig>(rng: &mut ChaCha20Rng, count: usize, distinct: usize) -> Vec<Affine<C>>
where
    C::ScalarField: UniformRand,
{
    let base: Vec<Affine<C>> = (0..distinct)
        .map(|_| (Affine::<C>::generator() * C::ScalarField::rand(rng)).into_affine())
        .collect();
    (0..count)
        .map(|_| {
            let point = base[rng.gen_range(0..distinct)];
            match rng.gen_range(0..8) {
                0 => Affine::identity(),
                1 | 2 => -point,
                _ => point,
            }
        })
        .collect()
}

fn scalar(rng: &mut ChaCha20Rng) -> Fr {
    let half = Fr::from(Fr::MODULUS_MINUS_ONE_DIV_TWO);
    match rng.gen_range(0..12) {
        0 | 1 => Fr::zero(),
        2 | 3 => Fr::one(),
        4 => -Fr::one(),
        5 => half,
        6 => half + Fr::one(),
        7 => Fr::from(rng.r#gen::<u64>()),
        8 => -Fr::from(rng.r#gen::<u64>()),
        9 => Fr::from(rng.r#gen::<u128>()),
        _ => Fr::rand(rng),
    }
}

#[test]
fn random_points_and_scalars() {
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    for count in [0, 1, 2, 3, 7, 31, 32, 33, 100, 1000, many(5000, 1500)] {
        let scalars: Vec<Fr> = (0..count).map(|_| scalar(&mut rng)).collect();
        let (one, two) = (points(&mut rng, count, 64), points(&mut rng, count, 64));
        check_all(&one, &two, &scalars);
    }
}

#[test]
fn few_points_meet_themselves_and_their_negatives() {
    let mut rng = ChaCha20Rng::seed_from_u64(2);
    for distinct in [1, 2, 3, 5] {
        for count in [2, 10, 64, many(3000, 600)] {
            let scalars: Vec<Fr> = (0..count).map(|_| scalar(&mut rng)).collect();
            let (one, two) = (points(&mut rng, count, distinct), points(&mut rng, count, distinct));
            check_all(&one, &two, &scalars);
        }
    }
}

#[test]
fn the_spare_points_are_also_the_keys() {
    let mut rng = ChaCha20Rng::seed_from_u64(3);
    let count = many(3000, 600);
    let one = vec![G1Affine::generator(); count];
    let two = vec![G2Affine::generator(); count];
    let scalars: Vec<Fr> = (0..count).map(|_| scalar(&mut rng)).collect();
    check_all(&one, &two, &scalars);
}

#[test]
fn sums_that_vanish() {
    let mut rng = ChaCha20Rng::seed_from_u64(4);
    let one: Vec<G1Affine> = points(&mut rng, 500, 500);
    let two: Vec<G2Affine> = points(&mut rng, 500, 500);
    let scalars: Vec<Fr> = (0..500).map(|_| scalar(&mut rng)).collect();
    let twice =
        |scalars: &[Fr]| [scalars, &scalars.iter().map(|s| -*s).collect::<Vec<_>>()].concat();
    check_all(&[&one[..], &one[..]].concat(), &[&two[..], &two[..]].concat(), &twice(&scalars));
}

#[test]
fn one_scalar_for_all() {
    let mut rng = ChaCha20Rng::seed_from_u64(5);
    let count = many(4000, 800);
    let (one, two) = (points(&mut rng, count, count), points(&mut rng, count, count));
    for value in [Fr::one(), -Fr::one(), Fr::from(2u64), Fr::rand(&mut rng)] {
        check_all(&one, &two, &vec![value; count]);
    }
}
