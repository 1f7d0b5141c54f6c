//! What snarkjs makes of 64 bytes that are no point, when it reads one past the powers of tau.
//!
//! It does so for every circuit that fills the largest domain of its .ptau file and has more than
//! 2^14 rows, and the difference goes into the circuit's hash. The bytes are numbers up to 2^256,
//! for which its field's subtraction is not exact modulo q: its steps are repeated here as they
//! are (wasmcurves: build_f1m.js, build_curve_jacobian_a0.js, `addAffine`).
#![forbid(unsafe_code)]

use ark_bn254::{Fq, G1Affine};
use ark_ff::{BigInt, BigInteger, Field, MontConfig, PrimeField};

use crate::files::elements::limbs;

/// A number below 2^256 that stands for a Montgomery form.
type Raw = BigInt<4>;

/// The bytes, taken as a point, less a point.
pub fn difference(bytes: &[u8], point: &G1Affine) -> G1Affine {
    let (x1, y1) = (limbs(&bytes[..32]), limbs(&bytes[32..]));
    let (x2, y2) = (point.x.0, (-point.y).0);
    let h = sub(x2, x1);
    let hh = mul(h, h);
    let i = add(add(hh, hh), add(hh, hh));
    let j = mul(h, i);
    let dy = sub(y2, y1);
    let r = add(dy, dy);
    let v = mul(x1, i);
    let x3 = sub(sub(mul(r, r), j), add(v, v));
    let y1_j = mul(y1, j);
    let y3 = sub(mul(sub(v, x3), r), add(y1_j, y1_j));
    let z3 = field(add(h, h));
    let Some(inverse) = z3.inverse() else {
        return G1Affine::identity();
    };
    let square = inverse.square();
    G1Affine::new_unchecked(field(x3) * square, field(y3) * square * inverse)
}

fn field(mut raw: Raw) -> Fq {
    while raw >= Fq::MODULUS {
        raw.sub_with_borrow(&Fq::MODULUS);
    }
    Fq::new_unchecked(raw)
}

/// Adds q once if the difference is negative, whether or not that is enough.
fn sub(mut a: Raw, b: Raw) -> Raw {
    if a.sub_with_borrow(&b) {
        a.add_with_carry(&Fq::MODULUS);
    }
    a
}

fn add(mut a: Raw, b: Raw) -> Raw {
    let carry = a.add_with_carry(&b);
    reduce_once(a, carry)
}

fn reduce_once(mut a: Raw, carry: bool) -> Raw {
    if carry || a >= Fq::MODULUS {
        a.sub_with_borrow(&Fq::MODULUS);
    }
    a
}

/// Montgomery product: (a b + m q) / 2^256, less q if that is not below q.
fn mul(a: Raw, b: Raw) -> Raw {
    let wide = |acc: u64, x: u64, y: u64, carry: u64| {
        let sum = u128::from(acc) + u128::from(x) * u128::from(y) + u128::from(carry);
        (sum as u64, (sum >> 64) as u64)
    };
    let mut t = [0u64; 9];
    for (i, x) in a.0.iter().enumerate() {
        let mut carry = 0;
        for (j, y) in b.0.iter().enumerate() {
            (t[i + j], carry) = wide(t[i + j], *x, *y, carry);
        }
        t[i + 4] = carry;
    }
    for i in 0..4 {
        let m = t[i].wrapping_mul(<ark_bn254::FqConfig as MontConfig<4>>::INV);
        let mut carry = 0;
        for (j, q) in Fq::MODULUS.0.iter().enumerate() {
            (t[i + j], carry) = wide(t[i + j], m, *q, carry);
        }
        for limb in &mut t[i + 4..] {
            (*limb, carry) = wide(*limb, carry, 1, 0);
        }
    }
    reduce_once(BigInt::new([t[4], t[5], t[6], t[7]]), t[8] > 0)
}
