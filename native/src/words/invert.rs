//! Inverses modulo a prime of at most 256 bits by division steps, 62 at a time, in variable time
//! (Bernstein and Yang, "Fast constant-time gcd computation and modular inversion", 2019, with the
//! batches of trailing zeros that libsecp256k1 made known).
//!
//! A step replaces (f, g) by (g, (g - f)/2) or (f, (g + f)/2) or (f, g/2), so that g ends at zero
//! and f at ±gcd. d and e follow with d·x = f and e·x = g modulo p.

#![forbid(unsafe_code)]

use ark_ff::{BigInt, MontConfig};

use super::{Element, modulus};

/// A number of five signed limbs of 62 bits, lowest first; all but the top one are not negative.
type Limbs = [i64; 5];

const BITS: u32 = 62;
const MASK: i64 = i64::MAX >> 1;

/// What 62 steps do: 2^62·(f', g') = ((u, v), (q, r))·(f, g).
struct Steps {
    u: i64,
    v: i64,
    q: i64,
    r: i64,
}

/// The inverse of an element in Montgomery form, in Montgomery form; None of zero.
pub fn inverse<C: MontConfig<4>>(value: &Element<C>) -> Option<Element<C>> {
    if value.0.0 == [0; 4] {
        return None;
    }
    // Of v·R the steps find 1/(v·R); times R³/R is 1/v·R.
    let plain = of_number(value.0.0, modulus::<C>());
    let cube = const { cube::<C>() };
    Some(Element::<C>::new_unchecked(BigInt::new(plain)) * cube)
}

/// R³ as a number: R² in Montgomery form.
const fn cube<C: MontConfig<4>>() -> Element<C> {
    // `new` of R² as a number multiplies it by R.
    Element::<C>::new(C::R2)
}

/// 1/x modulo an odd p, for x below p with no common factor.
fn of_number(x: [u64; 4], p: [u64; 4]) -> [u64; 4] {
    let modulus = to_limbs(p);
    let inverse = inverse_of_word(p[0]);
    let (mut d, mut e): (Limbs, Limbs) = ([0; 5], [1, 0, 0, 0, 0]);
    let (mut f, mut g) = (modulus, to_limbs(x));
    let mut eta = -1;
    while g != [0; 5] {
        let (next, steps) = divide(eta, f[0], g[0]);
        eta = next;
        update_modulo(&mut d, &mut e, &steps, &modulus, inverse);
        update(&mut f, &mut g, &steps);
    }
    // f is 1 or -1.
    from_limbs(canonical(d, f[4] < 0, &modulus))
}

/// 62 steps on the lowest 62 bits.
fn divide(mut eta: i64, f: i64, g: i64) -> (i64, Steps) {
    let (mut u, mut v, mut q, mut r) = (1u64, 0u64, 0u64, 1u64);
    let (mut f, mut g) = (f as u64, g as u64);
    let mut left = BITS;
    loop {
        // A bit above the steps that are left stops the count.
        let zeros = (g | u64::MAX << left).trailing_zeros();
        g >>= zeros;
        (u, v) = (u << zeros, v << zeros);
        eta -= i64::from(zeros);
        left -= zeros;
        if left == 0 {
            let signed = |value: u64| value as i64;
            return (eta, Steps { u: signed(u), v: signed(v), q: signed(q), r: signed(r) });
        }
        if eta < 0 {
            eta = -eta;
            (f, g) = (g, f.wrapping_neg());
            (u, q) = (q, u.wrapping_neg());
            (v, r) = (r, v.wrapping_neg());
        }
        // As many steps at once as keep eta's sign, six at most: w·f clears that many bits of g.
        let count = (eta + 1).min(i64::from(left)).min(6) as u32;
        let mask = u64::MAX >> (64 - count);
        let w = f.wrapping_mul(g).wrapping_mul(f.wrapping_mul(f).wrapping_sub(2)) & mask;
        g = g.wrapping_add(f.wrapping_mul(w));
        q = q.wrapping_add(u.wrapping_mul(w));
        r = r.wrapping_add(v.wrapping_mul(w));
    }
}

/// (d, e) = steps·(d, e) / 2^62 modulo p; both stay between -2·p and p.
fn update_modulo(d: &mut Limbs, e: &mut Limbs, s: &Steps, p: &Limbs, inverse: u64) {
    let (sign_d, sign_e) = (d[4] >> 63, e[4] >> 63);
    // Multiples of p that make negative numbers positive, then those that clear the low limb.
    let mut by_d = (s.u & sign_d) + (s.v & sign_e);
    let mut by_e = (s.q & sign_d) + (s.r & sign_e);
    let mut sum_d = wide(s.u, d[0]) + wide(s.v, e[0]);
    let mut sum_e = wide(s.q, d[0]) + wide(s.r, e[0]);
    let clear = |sum: i128, by: i64| {
        let low = inverse.wrapping_mul(sum as u64).wrapping_add(by as u64) & MASK as u64;
        by - low as i64
    };
    by_d = clear(sum_d, by_d);
    by_e = clear(sum_e, by_e);
    sum_d = (sum_d + wide(p[0], by_d)) >> BITS;
    sum_e = (sum_e + wide(p[0], by_e)) >> BITS;
    for i in 1..5 {
        sum_d += wide(s.u, d[i]) + wide(s.v, e[i]) + wide(p[i], by_d);
        sum_e += wide(s.q, d[i]) + wide(s.r, e[i]) + wide(p[i], by_e);
        d[i - 1] = sum_d as i64 & MASK;
        e[i - 1] = sum_e as i64 & MASK;
        sum_d >>= BITS;
        sum_e >>= BITS;
    }
    (d[4], e[4]) = (sum_d as i64, sum_e as i64);
}

/// (f, g) = steps·(f, g) / 2^62, exactly.
fn update(f: &mut Limbs, g: &mut Limbs, s: &Steps) {
    let mut sum_f = (wide(s.u, f[0]) + wide(s.v, g[0])) >> BITS;
    let mut sum_g = (wide(s.q, f[0]) + wide(s.r, g[0])) >> BITS;
    for i in 1..5 {
        sum_f += wide(s.u, f[i]) + wide(s.v, g[i]);
        sum_g += wide(s.q, f[i]) + wide(s.r, g[i]);
        f[i - 1] = sum_f as i64 & MASK;
        g[i - 1] = sum_g as i64 & MASK;
        sum_f >>= BITS;
        sum_g >>= BITS;
    }
    (f[4], g[4]) = (sum_f as i64, sum_g as i64);
}

/// From -2·p to p, perhaps negated, to the number from 0 to p - 1.
fn canonical(mut value: Limbs, negate: bool, p: &Limbs) -> Limbs {
    let add_if_negative = |value: &mut Limbs| {
        if value[4] < 0 {
            value.iter_mut().zip(p).for_each(|(limb, p)| *limb += p);
            carry(value);
        }
    };
    add_if_negative(&mut value);
    if negate {
        value.iter_mut().for_each(|limb| *limb = -*limb);
        carry(&mut value);
    }
    add_if_negative(&mut value);
    value
}

fn carry(value: &mut Limbs) {
    for i in 0..4 {
        value[i + 1] += value[i] >> BITS;
        value[i] &= MASK;
    }
}

fn wide(a: i64, b: i64) -> i128 {
    i128::from(a) * i128::from(b)
}

fn to_limbs(n: [u64; 4]) -> Limbs {
    let mask = MASK as u64;
    [
        n[0] & mask,
        (n[0] >> 62 | n[1] << 2) & mask,
        (n[1] >> 60 | n[2] << 4) & mask,
        (n[2] >> 58 | n[3] << 6) & mask,
        n[3] >> 56,
    ]
    .map(|limb| limb as i64)
}

fn from_limbs(l: Limbs) -> [u64; 4] {
    let l = l.map(|limb| limb as u64);
    [l[0] | l[1] << 62, l[1] >> 2 | l[2] << 60, l[2] >> 4 | l[3] << 58, l[3] >> 6 | l[4] << 56]
}

/// 1/p modulo 2^64, by Newton's iteration.
pub const fn inverse_of_word(p: u64) -> u64 {
    let mut inverse = 1u64;
    let mut step = 0;
    while step < 6 {
        inverse = inverse.wrapping_mul(2u64.wrapping_sub(p.wrapping_mul(inverse)));
        step += 1;
    }
    inverse
}

#[cfg(test)]
mod tests {
    use ark_bn254::{Fq, Fr};
    use ark_ff::{Field, PrimeField, UniformRand, Zero};
    use rand::SeedableRng;
    use rand_chacha::ChaCha20Rng;

    use super::*;

    fn check<C: MontConfig<4>>(value: Element<C>) {
        assert_eq!(inverse(&value), value.inverse());
    }

    fn check_field<C: MontConfig<4>>(seed: u64) {
        let mut rng = ChaCha20Rng::seed_from_u64(seed);
        check(Element::<C>::zero());
        (0..5000).for_each(|_| check(Element::<C>::rand(&mut rng)));
        for bit in 0..254 {
            let power = Element::<C>::from(2u64).pow([bit]);
            for near in [power - Element::<C>::from(1u64), power, power + Element::<C>::from(1u64)]
            {
                check(near);
                check(-near);
                // The same patterns as inner representations.
                let inner = near.into_bigint();
                check(Element::<C>::new_unchecked(inner));
            }
        }
    }

    #[test]
    fn inverses_are_arkworkss() {
        check_field::<ark_bn254::FqConfig>(1);
        check_field::<ark_bn254::FrConfig>(2);
        assert_eq!(inverse(&Fq::from(1u64)), Some(Fq::from(1u64)));
        assert_eq!(inverse(&-Fr::from(1u64)), Some(-Fr::from(1u64)));
    }
}
