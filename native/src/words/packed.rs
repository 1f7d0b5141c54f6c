//! Points as a kernel keeps them in memory.
#![forbid(unsafe_code)]

use ark_ff::Field;

/// A point in a kernel's own form; infinity has none.
pub trait Packed: Copy {
    type Scalar: Field;

    fn pack(x: Self::Scalar, y: Self::Scalar) -> Self;
    fn unpack(&self) -> (Self::Scalar, Self::Scalar);
}
