//! BabyJubJub (a = 168700, d = 168696) in extended coordinates of its twin with a = -1.
//!
//! u = sqrt(-a) * x maps one curve to the other. -1 is a square and d / a is none, so the addition
//! law is complete: it holds for every two points, the identity and small orders included.
//! Nothing here runs in constant time.

use std::sync::OnceLock;

use ark_bn254::Fr;
use ark_ff::{AdditiveGroup, BigInt, BigInteger, Field};

use crate::word;

const A: u64 = 168_700;
const D: u64 = 168_696;
/// Order of the prime subgroup; the curve has eight times as many points.
pub const SUBGROUP_ORDER: BigInt<4> = BigInt([
    0x677297dc392126f1,
    0xab3eedb83920ee0a,
    0x370a08b6d0302b0b,
    0x060c89ce5c263405,
]);
const BASE8: [&str; 2] = [
    "5299619240641551281634865583518297030282874472190772894086521144482721001553",
    "16950150798460657717958625567821834550301663161624707787222815936182638968203",
];

/// Width of the signed windows of a multiple of any point.
const WINDOW: usize = 5;
const ODD_MULTIPLES: usize = 1 << (WINDOW - 2);
/// Windows of 4 bits of the multiples of Base8, for scalars of 256 bits.
const NIBBLES: usize = 64;

/// What the map between the two curves needs.
struct Map {
    /// sqrt(-a)
    scale: Fr,
    unscale: Fr,
    /// 2 * d', with d' = -d / a.
    twice_d: Fr,
}

fn map() -> &'static Map {
    static MAP: OnceLock<Map> = OnceLock::new();
    MAP.get_or_init(|| {
        let a = Fr::from(A);
        let scale = (-a).sqrt().expect("-a is a square");
        let unscale = scale.inverse().expect("a is not zero");
        let twice_d = -(Fr::from(2 * D) * a.inverse().expect("a is not zero"));
        Map {
            scale,
            unscale,
            twice_d,
        }
    })
}

/// A point of the twin curve: u = x / z, v = y / z, t = x * y / z.
#[derive(Clone, Copy)]
pub struct Extended {
    x: Fr,
    y: Fr,
    z: Fr,
    t: Fr,
}

/// A summand: y + x, y - x, 2 * z, 2 * d' * t.
#[derive(Clone, Copy)]
struct Summand {
    sum: Fr,
    difference: Fr,
    twice_z: Fr,
    scaled_t: Fr,
}

impl Extended {
    pub const IDENTITY: Self = Self {
        x: Fr::ZERO,
        y: Fr::ONE,
        z: Fr::ONE,
        t: Fr::ZERO,
    };

    /// The point with circomlib's coordinates, if it is on the curve.
    pub fn from_affine(x: Fr, y: Fr) -> Option<Self> {
        let (xx, yy) = (x.square(), y.square());
        let on_curve = Fr::from(A) * xx + yy == Fr::ONE + Fr::from(D) * xx * yy;
        let x = x * map().scale;
        on_curve.then(|| Self {
            x,
            y,
            z: Fr::ONE,
            t: x * y,
        })
    }

    /// Circomlib's coordinates.
    pub fn to_affine(self) -> (Fr, Fr) {
        // The law is complete, so z is never zero.
        let inverse = self.z.inverse().unwrap_or_default();
        (self.x * inverse * map().unscale, self.y * inverse)
    }

    pub fn is_identity(&self) -> bool {
        self.x == Fr::ZERO && self.y == self.z
    }

    pub fn equals(&self, other: &Self) -> bool {
        self.x * other.z == other.x * self.z && self.y * other.z == other.y * self.z
    }

    pub fn plus(&self, other: &Self) -> Self {
        self.add(&other.summand())
    }

    /// dbl-2008-hwcd
    pub fn double(&self) -> Self {
        self.projective().double().extended()
    }

    fn add(&self, other: &Summand) -> Self {
        self.sum(other).extended()
    }

    /// add-2008-hwcd-3
    fn sum(&self, other: &Summand) -> Completed {
        let a = (self.y - self.x) * other.difference;
        let b = (self.y + self.x) * other.sum;
        let c = self.t * other.scaled_t;
        let d = self.z * other.twice_z;
        Completed {
            e: b - a,
            f: d - c,
            g: d + c,
            h: b + a,
        }
    }

    fn projective(&self) -> Projective {
        Projective {
            x: self.x,
            y: self.y,
            z: self.z,
        }
    }

    fn summand(&self) -> Summand {
        Summand {
            sum: self.y + self.x,
            difference: self.y - self.x,
            twice_z: self.z.double(),
            scaled_t: self.t * map().twice_d,
        }
    }
}

/// A point without t, which doubling does not read.
#[derive(Clone, Copy)]
struct Projective {
    x: Fr,
    y: Fr,
    z: Fr,
}

impl Projective {
    const IDENTITY: Self = Self {
        x: Fr::ZERO,
        y: Fr::ONE,
        z: Fr::ONE,
    };

    /// The same point as (x * z, y * z, z * z, x * y).
    fn extended(&self) -> Extended {
        let Self { x, y, z } = *self;
        Extended {
            x: x * z,
            y: y * z,
            z: z.square(),
            t: x * y,
        }
    }

    fn double(&self) -> Completed {
        let (a, b) = (self.x.square(), self.y.square());
        let c = self.z.square().double();
        let (g, h) = (b - a, -(a + b));
        Completed {
            e: (self.x + self.y).square() + h,
            f: g - c,
            g,
            h,
        }
    }
}

/// The outcome of an addition before its last products: x = e / g, y = h / f.
struct Completed {
    e: Fr,
    f: Fr,
    g: Fr,
    h: Fr,
}

impl Completed {
    fn projective(&self) -> Projective {
        Projective {
            x: self.e * self.f,
            y: self.g * self.h,
            z: self.f * self.g,
        }
    }

    fn extended(&self) -> Extended {
        let Projective { x, y, z } = self.projective();
        Extended {
            x,
            y,
            z,
            t: self.e * self.h,
        }
    }
}

impl Summand {
    fn negated(&self) -> Self {
        Self {
            sum: self.difference,
            difference: self.sum,
            twice_z: self.twice_z,
            scaled_t: -self.scaled_t,
        }
    }
}

/// One point's odd multiples, for several scalars.
pub struct Multiples([Summand; ODD_MULTIPLES]);

impl Multiples {
    pub fn of(point: &Extended) -> Self {
        let twice = point.double().summand();
        let mut next = *point;
        Self(std::array::from_fn(|_| {
            let summand = next.summand();
            next = next.add(&twice);
            summand
        }))
    }

    /// Whether the point is in the prime subgroup.
    pub fn are_in_subgroup(&self) -> bool {
        self.times(SUBGROUP_ORDER).is_identity()
    }

    /// The point's multiple by a scalar.
    pub fn times(&self, scalar: BigInt<4>) -> Extended {
        let mut total = Projective::IDENTITY;
        for digit in signed_windows(scalar).iter().rev() {
            let twice = total.double();
            let multiple = &self.0[usize::from(digit.unsigned_abs() / 2)];
            total = match digit {
                0 => twice.projective(),
                1.. => twice.extended().sum(multiple).projective(),
                ..0 => twice.extended().sum(&multiple.negated()).projective(),
            };
        }
        total.extended()
    }
}

/// Digits that are zero or odd, -15 to 15; of five neighbours at most one is not zero.
fn signed_windows(mut scalar: BigInt<4>) -> Vec<i8> {
    let mut digits = Vec::with_capacity(257);
    while !scalar.is_zero() {
        let mut digit = 0;
        // A negative digit may carry out of 256 bits.
        let mut carry = false;
        if scalar.is_odd() {
            digit = (scalar.0[0] & ((1 << WINDOW) - 1)) as i8;
            if digit >= 1 << (WINDOW - 1) {
                digit -= 1 << WINDOW;
            }
            if digit > 0 {
                scalar.sub_with_borrow(&BigInt::from(digit as u64));
            } else {
                carry = scalar.add_with_carry(&BigInt::from(digit.unsigned_abs()));
            }
        }
        digits.push(digit);
        scalar.div2();
        scalar.0[3] |= u64::from(carry) << 63;
    }
    digits
}

/// The multiple of Base8 by a scalar.
pub fn times_base8(scalar: BigInt<4>) -> Extended {
    static TABLE: OnceLock<Vec<[Summand; 16]>> = OnceLock::new();
    let table = TABLE.get_or_init(base8_table);
    let nibbles = scalar
        .0
        .iter()
        .flat_map(|limb| (0..16).map(move |i| limb >> (4 * i) & 15));
    let mut total = Extended::IDENTITY;
    for (multiples, nibble) in table.iter().zip(nibbles).filter(|(_, nibble)| *nibble != 0) {
        total = total.add(&multiples[nibble as usize]);
    }
    total
}

fn base8_table() -> Vec<[Summand; 16]> {
    let [x, y] = BASE8.map(|text| text.parse().unwrap_or_default());
    let mut base = Extended::from_affine(x, y).unwrap_or(Extended::IDENTITY);
    let mut table = Vec::with_capacity(NIBBLES);
    for _ in 0..NIBBLES {
        let own = base.summand();
        let mut next = Extended::IDENTITY;
        table.push(std::array::from_fn(|_| {
            let summand = next.summand();
            next = next.add(&own);
            summand
        }));
        base = next;
    }
    table
}

/// The multiple of a point by a big-endian scalar of any length; None off the curve.
pub fn multiply(x: Fr, y: Fr, scalar: &[u8]) -> Option<(Fr, Fr)> {
    let multiples = Multiples::of(&Extended::from_affine(x, y)?);
    let mut total = Extended::IDENTITY;
    // 32 bytes at a time, the first ones shorter.
    let (first, rest) = scalar.split_at(scalar.len() % 32);
    for part in std::iter::once(first).chain(rest.chunks_exact(32)) {
        if !total.is_identity() {
            (0..8 * part.len()).for_each(|_| total = total.double());
        }
        total = total.plus(&multiples.times(from_big_endian(part)));
    }
    Some(total.to_affine())
}

/// Whether a point is on the curve and in its prime subgroup; the identity is.
pub fn in_subgroup(x: Fr, y: Fr) -> bool {
    Extended::from_affine(x, y).is_some_and(|point| Multiples::of(&point).are_in_subgroup())
}

fn from_big_endian(bytes: &[u8]) -> BigInt<4> {
    let mut limbs = [0; 4];
    for (i, byte) in bytes.iter().rev().enumerate() {
        limbs[i / 8] |= u64::from(*byte) << (8 * (i % 8));
    }
    BigInt(limbs)
}

/// The number of 32 big-endian bytes, if it is below the subgroup's order.
pub fn subgroup_scalar(word: &[u8]) -> Option<BigInt<4>> {
    word::integer(word).filter(|value| *value < SUBGROUP_ORDER)
}
