//! Points of BabyJubJub (a = 168700, d = 168696), as points of its twin with a = -1.
//!
//! u = sqrt(-a) * x maps one curve to the other. -1 is a square and d / a is none, so the addition
//! law is complete: it holds for every two points, the identity and small orders included.
#![forbid(unsafe_code)]

use std::sync::OnceLock;

use ark_bn254::Fr;
use ark_ff::{AdditiveGroup, Field};

use crate::words::invert;

const A: u64 = 168_700;
const D: u64 = 168_696;

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
        Map { scale, unscale, twice_d }
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
pub struct Summand {
    sum: Fr,
    difference: Fr,
    twice_z: Fr,
    scaled_t: Fr,
}

impl Extended {
    pub const IDENTITY: Self = Self { x: Fr::ZERO, y: Fr::ONE, z: Fr::ONE, t: Fr::ZERO };

    /// The point with circomlib's coordinates, if it is on the curve.
    pub fn from_affine(x: Fr, y: Fr) -> Option<Self> {
        let (xx, yy) = (x.square(), y.square());
        let on_curve = Fr::from(A) * xx + yy == Fr::ONE + Fr::from(D) * xx * yy;
        let x = x * map().scale;
        on_curve.then(|| Self { x, y, z: Fr::ONE, t: x * y })
    }

    /// Circomlib's coordinates.
    pub fn to_affine(self) -> (Fr, Fr) {
        // The law is complete, so z is never zero.
        let inverse = invert::inverse(&self.z).unwrap_or_default();
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

    pub fn add(&self, other: &Summand) -> Self {
        self.sum(other).extended()
    }

    /// add-2008-hwcd-3
    pub fn sum(&self, other: &Summand) -> Completed {
        let a = (self.y - self.x) * other.difference;
        let b = (self.y + self.x) * other.sum;
        let c = self.t * other.scaled_t;
        let d = self.z * other.twice_z;
        Completed { e: b - a, f: d - c, g: d + c, h: b + a }
    }

    fn projective(&self) -> Projective {
        Projective { x: self.x, y: self.y, z: self.z }
    }

    pub fn summand(&self) -> Summand {
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
pub struct Projective {
    x: Fr,
    y: Fr,
    z: Fr,
}

impl Projective {
    pub const IDENTITY: Self = Self { x: Fr::ZERO, y: Fr::ONE, z: Fr::ONE };

    /// The same point as (x * z, y * z, z * z, x * y).
    pub fn extended(&self) -> Extended {
        let Self { x, y, z } = *self;
        Extended { x: x * z, y: y * z, z: z.square(), t: x * y }
    }

    pub fn double(&self) -> Completed {
        let (a, b) = (self.x.square(), self.y.square());
        let c = self.z.square().double();
        let (g, h) = (b - a, -(a + b));
        Completed { e: (self.x + self.y).square() + h, f: g - c, g, h }
    }
}

/// The outcome of an addition before its last products: x = e / g, y = h / f.
pub struct Completed {
    e: Fr,
    f: Fr,
    g: Fr,
    h: Fr,
}

impl Completed {
    pub fn projective(&self) -> Projective {
        Projective { x: self.e * self.f, y: self.g * self.h, z: self.f * self.g }
    }

    pub fn extended(&self) -> Extended {
        let Projective { x, y, z } = self.projective();
        Extended { x, y, z, t: self.e * self.h }
    }
}

impl Summand {
    pub fn negated(&self) -> Self {
        Self {
            sum: self.difference,
            difference: self.sum,
            twice_z: self.twice_z,
            scaled_t: -self.scaled_t,
        }
    }
}
