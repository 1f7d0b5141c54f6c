//! Values on a domain to values on its odd coset, eight elements at a time.
//!
//! Down with decimation in frequency (natural order to bit-reversed), scaled there, up again with
//! decimation in time (bit-reversed to natural): nothing is ever permuted. Both work depth first
//! with two levels a pass. The three levels inside a vector run on 64 transposed elements, and the
//! scaling in between is laid out to match.
//!
//! Every value between passes is below 1.2·p: reduced, or a product with a twiddle.
//!
//! Long for one file: the way down and the way up share levels, layouts and bounds, and each is
//! checked by reading it against the other.

use ark_bn254::Fr;
use ark_ff::{FftField, Field as _, PrimeField};
use rayon::prelude::*;

use super::field::{Field, Lanes, split};
use super::instructions::{__m512i, _mm512_setzero_si512};
use super::lanes::transpose;
use crate::memory::Scratch;

type R = Field<Fr>;

/// Elements below which a transform stays on one core and in its cache.
const LEAF_BITS: u32 = 12;
const LEAST_BITS: u32 = 6;

/// A value of the field times 2^260, in limbs.
pub fn to_limbs(value: Fr) -> [u64; 5] {
    split((value * Fr::from(16u64)).0.0)
}

/// Writes one element of a vector.
pub fn set_lane(v: &mut Lanes, lane: usize, limbs: [u64; 5]) {
    let words: &mut [[u64; 8]; 5] = v.words_mut();
    for (limb, value) in words.iter_mut().zip(limbs) {
        limb[lane] = value;
    }
}

fn vector(limbs: impl Fn(usize) -> [u64; 5]) -> Lanes {
    let mut v = Lanes::zero();
    (0..8).for_each(|lane| set_lane(&mut v, lane, limbs(lane)));
    v
}

/// The powers that one direction needs.
struct Twiddles {
    /// For each level from 8 elements up, w^0 to w^(half - 1) for its root w.
    levels: Vec<Vec<Lanes>>,
    /// Inside a vector: w8^0..3 and w4^0..1, each in all lanes.
    eight: [Lanes; 4],
    four: [Lanes; 2],
}

impl Twiddles {
    fn new(root: Fr, bits: u32) -> Self {
        let mut levels = Vec::new();
        let mut w = root;
        for level in (4..=bits).rev() {
            levels.push(powers(w, 1 << (level - 1)));
            w = w.square();
        }
        levels.reverse();
        let same = |value: Fr| vector(|_| to_limbs(value));
        let eight = [0, 1, 2, 3].map(|i| same(w.pow([i])));
        let four = [0, 1].map(|i| same(w.square().pow([i])));
        Self { levels, eight, four }
    }

    /// The powers of the level that works on 2^bits elements.
    fn level(&self, bits: u32) -> &[Lanes] {
        &self.levels[bits as usize - 4]
    }
}

fn powers(w: Fr, count: usize) -> Vec<Lanes> {
    let mut power = Fr::ONE;
    let mut next = || {
        let limbs = to_limbs(power);
        power *= w;
        limbs
    };
    (0..count / 8)
        .map(|_| {
            let limbs: [_; 8] = std::array::from_fn(|_| next());
            vector(|lane| limbs[lane])
        })
        .collect()
}

/// The passage from a domain of 2^bits elements to its odd coset.
pub struct Coset {
    bits: u32,
    down: Twiddles,
    up: Twiddles,
    scale: Vec<Lanes>,
}

impl Coset {
    /// None if the field has no such domain, or if it has less than 64 elements.
    pub fn new(bits: u32) -> Option<Self> {
        if bits < LEAST_BITS {
            return None;
        }
        let root = Fr::get_root_of_unity(1 << bits)?;
        let shift = Fr::get_root_of_unity(1 << (bits + 1))?;
        let down = Twiddles::new(root.inverse()?, bits);
        let up = Twiddles::new(root, bits);
        Some(Self { bits, down, up, scale: scale(bits, shift)? })
    }

    /// Replaces values on the domain, below 1.2·p in natural order, by those on the odd coset.
    pub fn extend(&self, values: &mut [Lanes]) {
        assert!(super::available() && values.len() == 1 << (self.bits - 3));
        self.down_all(values, self.bits, &self.scale);
        self.up_all(values, self.bits);
    }

    fn down_all(&self, values: &mut [Lanes], bits: u32, scale: &[Lanes]) {
        let (w1, w2) = (self.down.level(bits), self.down.level(bits.max(5) - 1));
        if bits <= LEAF_BITS {
            // SAFETY: `extend` asked for the features.
            unsafe { down_leaf(&self.down, values, bits, scale) };
            return;
        }
        let quarter = values.len() / 4;
        let [a, b, c, d] = quarters(values);
        pass(a, b, c, d, w1, w2, Direction::Down);
        let mut parts = scale.chunks(quarter);
        let mut next = || parts.next().unwrap_or_default();
        let (s0, s1, s2, s3) = (next(), next(), next(), next());
        let half = |x: &mut [Lanes], y: &mut [Lanes], sx: &[Lanes], sy: &[Lanes]| {
            rayon::join(|| self.down_all(x, bits - 2, sx), || self.down_all(y, bits - 2, sy));
        };
        rayon::join(|| half(a, b, s0, s1), || half(c, d, s2, s3));
    }

    fn up_all(&self, values: &mut [Lanes], bits: u32) {
        let (w1, w2) = (self.up.level(bits), self.up.level(bits.max(5) - 1));
        if bits <= LEAF_BITS {
            // SAFETY: `extend` asked for the features.
            unsafe { up_leaf(&self.up, values, bits) };
            return;
        }
        let [a, b, c, d] = quarters(values);
        let half = |x: &mut [Lanes], y: &mut [Lanes]| {
            rayon::join(|| self.up_all(x, bits - 2), || self.up_all(y, bits - 2));
        };
        rayon::join(|| half(a, b), || half(c, d));
        pass(a, b, c, d, w1, w2, Direction::Up);
    }
}

/// shift^k / 2^bits where coefficient k lies after the way down.
fn scale(bits: u32, shift: Fr) -> Option<Vec<Lanes>> {
    let n = 1usize << bits;
    let mut power = Fr::from(n as u64).inverse()?;
    let mut scale = vec![Lanes::zero(); n / 8];
    for k in 0..n {
        let at = k.reverse_bits() >> (usize::BITS - bits);
        // Element 64·g + 8·i + j lies in lane i of vector 8·g + j.
        let (group, lane, place) = (at / 64, at / 8 % 8, at % 8);
        set_lane(&mut scale[8 * group + place], lane, to_limbs(power));
        power *= shift;
    }
    Some(scale)
}

fn quarters(values: &mut [Lanes]) -> [&mut [Lanes]; 4] {
    let quarter = values.len() / 4;
    let (a, rest) = values.split_at_mut(quarter);
    let (b, rest) = rest.split_at_mut(quarter);
    let (c, d) = rest.split_at_mut(quarter);
    [a, b, c, d]
}

#[derive(Clone, Copy)]
enum Direction {
    Down,
    Up,
}

/// Vectors of a quarter that one core takes at a time.
const PASS: usize = 512;

/// Two levels over four quarters, halved among the cores.
fn pass(
    a: &mut [Lanes],
    b: &mut [Lanes],
    c: &mut [Lanes],
    d: &mut [Lanes],
    w1: &[Lanes],
    w2: &[Lanes],
    direction: Direction,
) {
    let quarter = a.len();
    let (near, far) = w1.split_at(w1.len() - quarter);
    pass_part([a, b, c, d], [near, far, w2], direction);
}

fn pass_part(x: [&mut [Lanes]; 4], w: [&[Lanes]; 3], direction: Direction) {
    let len = x[0].len();
    if len <= PASS {
        // SAFETY: `Coset::extend` asked for the features.
        unsafe {
            match direction {
                Direction::Down => down_pass(x, w),
                Direction::Up => up_pass(x, w),
            }
        }
        return;
    }
    let (mut first, mut second) = (Vec::with_capacity(4), Vec::with_capacity(4));
    for part in x {
        let (head, tail) = part.split_at_mut(len / 2);
        first.push(head);
        second.push(tail);
    }
    let (Ok(first), Ok(second)) = (first.try_into(), second.try_into()) else { return };
    let (head, tail) = (w.map(|w| &w[..len / 2]), w.map(|w| &w[len / 2..]));
    rayon::join(|| pass_part(first, head, direction), || pass_part(second, tail, direction));
}

/// # Safety
/// `ifma::available()`.
#[cfg_attr(
    not(undertow_software),
    target_feature(enable = "avx512f,avx512dq,avx512ifma,avx512vbmi2")
)]
unsafe fn down_pass(x: [&mut [Lanes]; 4], w: [&[Lanes]; 3]) {
    let [a, b, c, d] = x;
    let [near, far, w2] = w;
    let len = a.len();
    let (b, c, d) = (&mut b[..len], &mut c[..len], &mut d[..len]);
    let (near, far, w2) = (&near[..len], &far[..len], &w2[..len]);
    for i in 0..len {
        // SAFETY: the caller asked for the features.
        unsafe {
            let (s, t) = (R::add_wide(&a[i], &c[i]), R::add_wide(&b[i], &d[i]));
            let u = R::mul(&R::sub::<2>(&a[i], &c[i]), &near[i]);
            let v = R::mul(&R::sub::<2>(&b[i], &d[i]), &far[i]);
            a[i] = R::reduce(&R::add_wide(&s, &t));
            b[i] = R::mul(&R::sub::<3>(&s, &t), &w2[i]);
            c[i] = R::reduce(&R::add_wide(&u, &v));
            d[i] = R::mul(&R::sub::<2>(&u, &v), &w2[i]);
        }
    }
}

/// # Safety
/// `ifma::available()`.
#[cfg_attr(
    not(undertow_software),
    target_feature(enable = "avx512f,avx512dq,avx512ifma,avx512vbmi2")
)]
unsafe fn up_pass(x: [&mut [Lanes]; 4], w: [&[Lanes]; 3]) {
    let [a, b, c, d] = x;
    let [near, far, w2] = w;
    let len = a.len();
    let (b, c, d) = (&mut b[..len], &mut c[..len], &mut d[..len]);
    let (near, far, w2) = (&near[..len], &far[..len], &w2[..len]);
    for i in 0..len {
        // SAFETY: the caller asked for the features.
        unsafe {
            let (t, v) = (R::mul(&b[i], &w2[i]), R::mul(&d[i], &w2[i]));
            let (y0, y1) = (R::add_wide(&a[i], &t), R::sub_wide::<2>(&a[i], &t));
            let y2 = R::mul(&R::add(&c[i], &v), &near[i]);
            let y3 = R::mul(&R::sub::<2>(&c[i], &v), &far[i]);
            a[i] = R::reduce(&R::add_wide(&y0, &y2));
            c[i] = R::reduce(&R::sub_wide::<2>(&y0, &y2));
            b[i] = R::reduce(&R::add_wide(&y1, &y3));
            d[i] = R::reduce(&R::sub_wide::<2>(&y1, &y3));
        }
    }
}

/// # Safety
/// `ifma::available()`.
#[cfg_attr(
    not(undertow_software),
    target_feature(enable = "avx512f,avx512dq,avx512ifma,avx512vbmi2")
)]
unsafe fn down_leaf(twiddles: &Twiddles, values: &mut [Lanes], bits: u32, scale: &[Lanes]) {
    let mut level = bits;
    while level > 3 {
        let size = 1usize << (level - 3);
        // SAFETY: the caller asked for the features.
        unsafe {
            if level > 4 {
                let (w1, w2) = (twiddles.level(level), twiddles.level(level - 1));
                for part in values.chunks_exact_mut(size) {
                    let (near, far) = w1.split_at(size / 4);
                    down_pass(quarters(part), [near, far, w2]);
                }
                level -= 2;
            } else {
                let w = twiddles.level(level);
                for part in values.chunks_exact_mut(size) {
                    let (a, b) = part.split_at_mut(size / 2);
                    for i in 0..size / 2 {
                        let difference = R::sub::<2>(&a[i], &b[i]);
                        a[i] = R::reduce(&R::add_wide(&a[i], &b[i]));
                        b[i] = R::mul(&difference, &w[i]);
                    }
                }
                level -= 1;
            }
        }
    }
    for (part, scale) in values.chunks_exact_mut(8).zip(scale.chunks_exact(8)) {
        // SAFETY: as above.
        unsafe {
            let mut x = transposed(part);
            for i in 0..4 {
                let difference = R::sub::<2>(&x[i], &x[i + 4]);
                x[i] = R::reduce(&R::add_wide(&x[i], &x[i + 4]));
                x[i + 4] = R::mul(&difference, &twiddles.eight[i]);
            }
            for half in [0, 4] {
                for i in half..half + 2 {
                    let difference = R::sub::<2>(&x[i], &x[i + 2]);
                    x[i] = R::reduce(&R::add_wide(&x[i], &x[i + 2]));
                    x[i + 2] = R::mul(&difference, &twiddles.four[i - half]);
                }
            }
            for i in [0, 2, 4, 6] {
                let (sum, difference) = (R::add(&x[i], &x[i + 1]), R::sub::<2>(&x[i], &x[i + 1]));
                part[i] = R::mul(&sum, &scale[i]);
                part[i + 1] = R::mul(&difference, &scale[i + 1]);
            }
        }
    }
}

/// # Safety
/// `ifma::available()`.
#[cfg_attr(
    not(undertow_software),
    target_feature(enable = "avx512f,avx512dq,avx512ifma,avx512vbmi2")
)]
unsafe fn up_leaf(twiddles: &Twiddles, values: &mut [Lanes], bits: u32) {
    for part in values.chunks_exact_mut(8) {
        // SAFETY: the caller asked for the features.
        unsafe {
            let mut x = [Lanes::zero(); 8];
            for i in [0, 2, 4, 6] {
                x[i] = R::reduce(&R::add_wide(&part[i], &part[i + 1]));
                x[i + 1] = R::reduce(&R::sub_wide::<2>(&part[i], &part[i + 1]));
            }
            for half in [0, 4] {
                for i in half..half + 2 {
                    let t = R::mul(&x[i + 2], &twiddles.four[i - half]);
                    x[i + 2] = R::reduce(&R::sub_wide::<2>(&x[i], &t));
                    x[i] = R::reduce(&R::add_wide(&x[i], &t));
                }
            }
            for i in 0..4 {
                let t = R::mul(&x[i + 4], &twiddles.eight[i]);
                x[i + 4] = R::reduce(&R::sub_wide::<2>(&x[i], &t));
                x[i] = R::reduce(&R::add_wide(&x[i], &t));
            }
            part.copy_from_slice(&transposed(&x));
        }
    }
    let mut level = 3;
    while level < bits {
        // SAFETY: as above.
        unsafe {
            if (bits - level) % 2 == 1 {
                level += 1;
                let (size, w) = (1usize << (level - 3), twiddles.level(level));
                for part in values.chunks_exact_mut(size) {
                    let (a, b) = part.split_at_mut(size / 2);
                    for i in 0..size / 2 {
                        let t = R::mul(&b[i], &w[i]);
                        b[i] = R::reduce(&R::sub_wide::<2>(&a[i], &t));
                        a[i] = R::reduce(&R::add_wide(&a[i], &t));
                    }
                }
            } else {
                level += 2;
                let size = 1usize << (level - 3);
                let (w1, w2) = (twiddles.level(level), twiddles.level(level - 1));
                for part in values.chunks_exact_mut(size) {
                    let (near, far) = w1.split_at(size / 4);
                    up_pass(quarters(part), [near, far, w2]);
                }
            }
        }
    }
}

/// Eight vectors with lanes and places exchanged.
#[inline(always)]
unsafe fn transposed(x: &[Lanes]) -> [Lanes; 8] {
    // SAFETY: the callers asked for the features.
    unsafe {
        let mut out = [Lanes([_mm512_setzero_si512(); 5]); 8];
        let mut limb = 0;
        while limb < 5 {
            let rows: [__m512i; 8] = [
                x[0].0[limb],
                x[1].0[limb],
                x[2].0[limb],
                x[3].0[limb],
                x[4].0[limb],
                x[5].0[limb],
                x[6].0[limb],
                x[7].0[limb],
            ];
            let columns = transpose(rows);
            let mut i = 0;
            while i < 8 {
                out[i].0[limb] = columns[i];
                i += 1;
            }
            limb += 1;
        }
        out
    }
}

/// Canonical words of elements that are below 2·p and no longer in Montgomery form.
pub fn canonical(v: &Lanes) -> [[u64; 4]; 8] {
    let words = v.words();
    std::array::from_fn(|lane| {
        let limbs = std::array::from_fn(|limb| words[limb][lane]);
        let mut number = ark_ff::BigInt::new(super::field::join(limbs));
        if number >= Fr::MODULUS {
            ark_ff::BigInteger::sub_with_borrow(&mut number, &Fr::MODULUS);
        }
        number.0
    })
}

/// (a·b - c) of whole vectors, as canonical numbers.
///
/// # Panics
/// If their lengths differ.
pub fn quotient(a: &[Lanes], b: &[Lanes], c: &[Lanes]) -> Scratch<[u64; 4]> {
    assert!(super::available() && a.len() == b.len() && a.len() == c.len());
    let mut numbers = Scratch::new(8 * a.len());
    let vectors = a.par_iter().zip(b).zip(c);
    numbers.par_chunks_exact_mut(8).zip(vectors).with_min_len(64).for_each(|(out, ((a, b), c))| {
        // SAFETY: the features were asked for.
        out.copy_from_slice(&canonical(&unsafe { quotient_of(a, b, c) }));
    });
    numbers
}

/// # Safety
/// `ifma::available()`.
#[cfg_attr(
    not(undertow_software),
    target_feature(enable = "avx512f,avx512dq,avx512ifma,avx512vbmi2")
)]
pub unsafe fn quotient_of(a: &Lanes, b: &Lanes, c: &Lanes) -> Lanes {
    // SAFETY: the caller asked for the features.
    unsafe {
        let difference = R::sub::<2>(&R::mul(a, b), c);
        // Multiplying by one divides by 2^260.
        R::mul(&difference, &R::broadcast([1, 0, 0, 0, 0]))
    }
}

/// a·b of whole vectors, below 1.2·p.
///
/// # Panics
/// If their lengths differ.
pub fn products(a: &[Lanes], b: &[Lanes]) -> Scratch<Lanes> {
    assert!(super::available() && a.len() == b.len());
    let mut products = Scratch::new(a.len());
    products.par_iter_mut().zip(a).zip(b).with_min_len(64).for_each(|((c, a), b)| {
        // SAFETY: the features were asked for.
        *c = unsafe { product(a, b) };
    });
    products
}

/// # Safety
/// `ifma::available()`.
#[cfg_attr(
    not(undertow_software),
    target_feature(enable = "avx512f,avx512dq,avx512ifma,avx512vbmi2")
)]
unsafe fn product(a: &Lanes, b: &Lanes) -> Lanes {
    // SAFETY: the caller asked for the features.
    unsafe { R::mul(a, b) }
}
