//! Scalar multiples on BabyJubJub (a = 168700, d = 168696) in projective coordinates.

use ark_bn254::Fr;
use ark_ff::{AdditiveGroup, Field};

const A: u64 = 168_700;
const D: u64 = 168_696;

#[derive(Clone, Copy)]
struct Projective {
    x: Fr,
    y: Fr,
    z: Fr,
}

/// The multiple of an affine point of the curve by a big-endian scalar. Not constant time.
pub fn multiply(x: Fr, y: Fr, scalar: &[u8]) -> (Fr, Fr) {
    let point = Projective { x, y, z: Fr::ONE };
    let mut sum = Projective { x: Fr::ZERO, y: Fr::ONE, z: Fr::ONE };
    for byte in scalar {
        for bit in (0..8).rev() {
            sum = add(sum, sum);
            if byte >> bit & 1 == 1 {
                sum = add(sum, point);
            }
        }
    }
    let inverse = sum.z.inverse().unwrap_or(Fr::ZERO);
    (sum.x * inverse, sum.y * inverse)
}

/// add-2008-bbjlp; complete, since d is no square.
fn add(p: Projective, q: Projective) -> Projective {
    let a = p.z * q.z;
    let b = a.square();
    let c = p.x * q.x;
    let d = p.y * q.y;
    let e = Fr::from(D) * c * d;
    let f = b - e;
    let g = b + e;
    let cross = (p.x + p.y) * (q.x + q.y) - c - d;
    Projective { x: a * f * cross, y: a * g * (d - Fr::from(A) * c), z: f * g }
}
