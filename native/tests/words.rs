//! The arithmetic on 64-bit words against arkworks, at the edges of the ranges that its bounds
//! allow, with every way to multiply that this machine has.

use ark_bn254::{Fq, Fq2, FqConfig, FrConfig};
use ark_ff::{AdditiveGroup, BigInt, Field, MontConfig};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha20Rng;
use undertow_native::words::coordinate::Coordinate;
use undertow_native::words::number::{Number, difference, sum};
use undertow_native::words::{Element, Generic, Multiply, modulus};

use super::many;

fn rounds() -> usize {
    many(20_000, 2_000)
}

/// A number below `multiple`·p, often at an edge.
fn below<C: MontConfig<4>>(rng: &mut ChaCha20Rng, multiple: u64) -> Number {
    let p = modulus::<C>();
    let times = |count: u64| (0..count).fold([0; 4], |total, _| sum(total, p));
    match rng.gen_range(0..4) {
        0 => difference(times(rng.gen_range(1..=multiple)), [rng.gen_range(1..3), 0, 0, 0]).0,
        1 => sum(times(rng.gen_range(0..multiple)), [rng.gen_range(0..2), 0, 0, 0]),
        _ => loop {
            let mut number = if rng.r#gen() { rng.r#gen() } else { [u64::MAX; 4] };
            number[3] %= times(multiple)[3] + 1;
            if difference(number, times(multiple)).1 {
                return number;
            }
        },
    }
}

/// The residue of any number, times 2^256 or not.
fn residue<C: MontConfig<4>>(number: Number) -> Element<C> {
    let base = Element::<C>::from(u64::MAX) + Element::<C>::from(1u64);
    number
        .iter()
        .rev()
        .fold(Element::<C>::from(0u64), |value, word| value * base + Element::<C>::from(*word))
}

/// Whether n·2^256 is below Σ a_i·b_i + p·2^256.
fn bounded<C: MontConfig<4>>(n: Number, a: &[Number], b: &[Number]) -> bool {
    let mut bound = [0u64; 9];
    let mut add = |at: usize, value: u128| {
        let mut carry = value;
        for word in &mut bound[at..] {
            carry += u128::from(*word);
            *word = carry as u64;
            carry >>= 64;
        }
    };
    for (a, b) in a.iter().zip(b) {
        for (i, a) in a.iter().enumerate() {
            for (j, b) in b.iter().enumerate() {
                add(i + j, u128::from(*a) * u128::from(*b));
            }
        }
    }
    modulus::<C>().iter().enumerate().for_each(|(i, word)| add(4 + i, u128::from(*word)));
    let high = [n[0], n[1], n[2], n[3], 0];
    let (low, bound) = bound.split_at(4);
    match high.iter().rev().cmp(bound.iter().rev()) {
        std::cmp::Ordering::Equal => low.iter().any(|word| *word > 0),
        order => order.is_lt(),
    }
}

fn check_products<M: Multiply, C: MontConfig<4>>(rng: &mut ChaCha20Rng) {
    let unscale = Element::<C>::from(2u64).pow([256]).inverse().expect("not zero");
    let p = modulus::<C>();
    // One below what a product allows.
    let largest = difference(difference([u64::MAX; 4], p).0, [1, 0, 0, 0]).0;
    for round in 0..rounds() {
        let a = if round % 16 == 0 { largest } else { below::<C>(rng, 4) };
        let b = if round % 5 == 0 { [u64::MAX; 4] } else { rng.r#gen() };
        let product = M::product::<C>(&a, &b);
        assert_eq!(residue::<C>(product), residue::<C>(a) * residue::<C>(b) * unscale);
        assert!(bounded::<C>(product, &[a], &[b]));

        let a = [below::<C>(rng, 2), below::<C>(rng, 2)];
        let a = if round % 16 == 0 { [difference(largest, a[1]).0, a[1]] } else { a };
        let b = [b, if round % 3 == 0 { [u64::MAX; 4] } else { below::<C>(rng, 4) }];
        let products = M::two_products::<C>(&a, &b);
        let [x, y] = [0, 1].map(|i| residue::<C>(a[i]) * residue::<C>(b[i]));
        assert_eq!(residue::<C>(products), (x + y) * unscale);
        assert!(bounded::<C>(products, &a, &b));

        let [a, b] = [below::<C>(rng, 1), below::<C>(rng, 1)]
            .map(|number| Element::<C>::new_unchecked(BigInt::new(number)));
        assert_eq!(M::mul::<C>(&a, &b), a * b);
    }
}

/// How a test makes and reads what products leave.
trait Parts: Coordinate<BasePrimeField = Fq> {
    fn loose_of(parts: [Number; 2]) -> Self::Loose;
    fn parts(loose: &Self::Loose) -> Vec<Number>;
    fn of_parts(parts: [Fq; 2]) -> Self;

    /// The value of numbers in Montgomery form below 2·p, and that they are.
    fn value(loose: &Self::Loose) -> Self {
        let twice = sum(modulus::<FqConfig>(), modulus::<FqConfig>());
        let unscale = Fq::from(2u64).pow([256]).inverse().expect("not zero");
        let parts = Self::parts(loose);
        assert!(parts.iter().all(|part| difference(*part, twice).1));
        let value = |part: &Number| residue::<FqConfig>(*part) * unscale;
        let value = Self::of_parts([value(&parts[0]), parts.get(1).map_or(Fq::ZERO, value)]);
        assert_eq!(Self::reduced(loose), value);
        value
    }
}

impl Parts for Fq {
    fn loose_of([part, _]: [Number; 2]) -> Number {
        part
    }

    fn parts(loose: &Number) -> Vec<Number> {
        vec![*loose]
    }

    fn of_parts([part, _]: [Fq; 2]) -> Self {
        part
    }
}

impl Parts for Fq2 {
    fn loose_of(parts: [Number; 2]) -> [Number; 2] {
        parts
    }

    fn parts(loose: &[Number; 2]) -> Vec<Number> {
        loose.to_vec()
    }

    fn of_parts([c0, c1]: [Fq; 2]) -> Self {
        Self::new(c0, c1)
    }
}

fn check_coordinate<M: Multiply, F: Parts>(rng: &mut ChaCha20Rng) {
    for _ in 0..rounds() {
        let a = F::loose_of([0; 2].map(|_| below::<FqConfig>(rng, 2)));
        let [xa, xb, ya] = [0; 3].map(|_| {
            let part = |number| Fq::new_unchecked(BigInt::new(number));
            F::of_parts([0; 2].map(|_| part(below::<FqConfig>(rng, 1))))
        });
        let a_value = F::value(&a);
        assert_eq!(F::value(&xa.loose()), xa);
        let by = below::<FqConfig>(rng, 2);
        let by_value = F::from_base_prime_field(Fq::value(&by));
        assert_eq!(F::value(&F::scaled::<M>(&a, &by)), a_value * by_value);
        let (top, bottom) = F::fraction::<M>(&ya, &xa);
        let bottom = F::from_base_prime_field(Fq::value(&bottom));
        assert_eq!(F::value(&top) * xa, ya * bottom);
        assert_eq!(bottom.is_zero(), xa.is_zero());
        let x = a_value.square() - xa - xb;
        assert_eq!(F::chord::<M>(&a, &xa, &xb, &ya), (x, a_value * (xa - x) - ya));
        assert_eq!(xa.minus(&xb), xa - xb);
        assert_eq!(xa.minus(&xa), F::ZERO);
        assert_eq!(ya.negated_if(false), ya);
        assert!(ya.is_zero() || ya.negated_if(true) == -ya);
    }
}

fn check<M: Multiply>() {
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    check_products::<M, FqConfig>(&mut rng);
    check_products::<M, FrConfig>(&mut rng);
    check_coordinate::<M, Fq>(&mut rng);
    check_coordinate::<M, Fq2>(&mut rng);
}

#[test]
fn any_machine() {
    check::<Generic>();
}

#[test]
#[cfg(target_arch = "x86_64")]
fn two_carry_chains() {
    use undertow_native::words::adx::Adx;
    if Adx::detect().is_some() {
        check::<Adx>();
    }
}
