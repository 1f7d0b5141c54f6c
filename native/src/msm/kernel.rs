//! What a multi-scalar multiplication asks of a processor: sums of pairs of points of one group.
#![forbid(unsafe_code)]

use std::marker::PhantomData;

use ark_bn254::Fr;
use ark_ec::short_weierstrass::{Affine, SWCurveConfig};

use super::endomorphism::Endomorphism;
use super::pairs::{Pair, Pool, Run};
use crate::memory::Plain;
#[cfg(target_arch = "x86_64")]
use crate::words::packed::Packed;

/// One group on one kind of arithmetic.
pub trait Kernel: 'static {
    type Curve: SWCurveConfig<ScalarField = Fr, BaseField: Endomorphism>;
    /// A point in the kernel's own representation; infinity has none.
    type Point: Plain;
    /// Memory that a caller keeps between calls.
    type Workspace: Default + Send;

    fn pack(x: Base<Self>, y: Base<Self>) -> Self::Point;
    fn unpack(point: &Self::Point) -> (Base<Self>, Base<Self>);

    /// Writes the sum of each pair to its slot; returns the positions of the pairs whose sum is
    /// infinity. `spare` is a pair of points whose abscissas differ, and a free slot.
    fn add_pairs(
        pool: &mut Pool<'_, Self::Point>,
        pairs: Run<'_>,
        spare: Pair,
        workspace: &mut Self::Workspace,
    ) -> Vec<usize>;
}

pub type Base<K> = <<K as Kernel>::Curve as ark_ec::CurveConfig>::BaseField;
pub type Point<K> = Affine<<K as Kernel>::Curve>;

/// The point that an entry stands for.
pub fn entry_point<K: Kernel + ?Sized>(pool: &Pool<'_, K::Point>, entry: u32) -> Point<K> {
    let (x, y) = K::unpack(pool.read(entry >> 1));
    let point = Affine::new_unchecked(x, y);
    if entry & 1 == 1 { -point } else { point }
}

/// Eight lanes of AVX-512 IFMA.
#[cfg(target_arch = "x86_64")]
pub struct Wide<C, G>(PhantomData<(C, G)>);

#[cfg(target_arch = "x86_64")]
impl<C, G> Kernel for Wide<C, G>
where
    C: crate::ifma::coordinate::Coordinate<Packed: Packed<Scalar = G::BaseField>>,
    G: SWCurveConfig<ScalarField = Fr, BaseField: Endomorphism>,
{
    type Curve = G;
    type Point = C::Packed;
    type Workspace = super::wide::Workspace<C>;

    fn pack(x: G::BaseField, y: G::BaseField) -> C::Packed {
        C::Packed::pack(x, y)
    }

    fn unpack(point: &C::Packed) -> (G::BaseField, G::BaseField) {
        point.unpack()
    }

    fn add_pairs(
        pool: &mut Pool<'_, C::Packed>,
        pairs: Run<'_>,
        spare: Pair,
        workspace: &mut Self::Workspace,
    ) -> Vec<usize> {
        super::wide::add_pairs(pool, pairs, spare, workspace)
    }
}

/// Four lanes of AVX2.
#[cfg(target_arch = "x86_64")]
pub struct Four<C, G>(PhantomData<(C, G)>);

#[cfg(target_arch = "x86_64")]
impl<C, G> Kernel for Four<C, G>
where
    C: crate::quad::coordinate::Coordinate<Packed: Packed<Scalar = G::BaseField>>,
    G: SWCurveConfig<ScalarField = Fr, BaseField: Endomorphism>,
    G::BaseField: crate::words::coordinate::Coordinate,
    (G::BaseField, G::BaseField): Plain,
{
    type Curve = G;
    type Point = C::Packed;
    type Workspace = super::fours::Workspace<C>;

    fn pack(x: G::BaseField, y: G::BaseField) -> C::Packed {
        C::Packed::pack(x, y)
    }

    fn unpack(point: &C::Packed) -> (G::BaseField, G::BaseField) {
        point.unpack()
    }

    fn add_pairs(
        pool: &mut Pool<'_, C::Packed>,
        pairs: Run<'_>,
        spare: Pair,
        workspace: &mut Self::Workspace,
    ) -> Vec<usize> {
        super::fours::add_pairs(pool, pairs, spare, workspace)
    }
}

/// One pair after the other, on 64-bit words.
pub struct Narrow<G, M>(PhantomData<(G, M)>);

impl<G, M> Kernel for Narrow<G, M>
where
    G: SWCurveConfig<ScalarField = Fr, BaseField: Endomorphism>,
    G::BaseField: crate::words::coordinate::Coordinate,
    (G::BaseField, G::BaseField): Plain,
    M: crate::words::Multiply,
{
    type Curve = G;
    type Point = (G::BaseField, G::BaseField);
    type Workspace = super::narrow::Workspace<G::BaseField>;

    fn pack(x: G::BaseField, y: G::BaseField) -> Self::Point {
        (x, y)
    }

    fn unpack(point: &Self::Point) -> Self::Point {
        *point
    }

    fn add_pairs(
        pool: &mut Pool<'_, Self::Point>,
        pairs: Run<'_>,
        _spare: Pair,
        workspace: &mut Self::Workspace,
    ) -> Vec<usize> {
        super::narrow::add_pairs::<_, M>(pool, pairs, workspace)
    }
}
