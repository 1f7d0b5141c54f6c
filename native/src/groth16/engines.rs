//! The kinds of arithmetic of this machine, and which of them is the fastest.
#![forbid(unsafe_code)]

use std::marker::PhantomData;
use std::sync::LazyLock;

use ark_bn254::{G1Affine, G1Projective, g1, g2};

use super::prove::{Arithmetic, Key, ProvingKey};
use super::quotient::{Plain, Quotient, Words};
use super::timing;
use crate::fault::Result;
use crate::files::zkey::Zkey;
use crate::msm::kernel::Narrow;
use crate::msm::{Bases, Scalars};
use crate::words::{Generic, Multiply, asked};

/// 64-bit words, with one way to multiply them.
struct InWords<M>(PhantomData<M>);

impl<M: Multiply> Arithmetic for InWords<M> {
    const NAME: &'static str = M::NAME;
    type G1 = Narrow<g1::Config, M>;
    type G2 = Narrow<g2::Config, M>;
    type Quotient = Plain<M>;
}

/// Eight lanes of AVX-512 IFMA.
#[cfg(target_arch = "x86_64")]
struct Eights;

#[cfg(target_arch = "x86_64")]
impl Arithmetic for Eights {
    const NAME: &'static str = "avx512ifma";
    type G1 = crate::msm::kernel::Wide<crate::ifma::field::Lanes, g1::Config>;
    type G2 = crate::msm::kernel::Wide<[crate::ifma::field::Lanes; 2], g2::Config>;
    type Quotient = super::quotient_lanes::InLanes;
}

/// Four lanes of AVX2 for the sums, 64-bit words for the quotient.
#[cfg(target_arch = "x86_64")]
struct Fours<M>(PhantomData<M>);

#[cfg(target_arch = "x86_64")]
impl<M: Multiply> Arithmetic for Fours<M> {
    const NAME: &'static str = "avx2";
    type G1 = crate::msm::kernel::Four<crate::quad::Quad, g1::Config>;
    type G2 = crate::msm::kernel::Four<[crate::quad::Quad; 2], g2::Config>;
    type Quotient = Plain<M>;
}

/// Domains below 2^6 are left to kernels without eight lanes.
pub const LEAST_BITS: u32 = 6;

/// What can be done with one kind of arithmetic.
pub trait Engine: Sync {
    /// `avx512ifma`, `avx2`, `adx` or `generic`.
    fn name(&self) -> &'static str;

    /// Prepares a key.
    fn prepare(&self, key: &Zkey) -> Result<Box<dyn ProvingKey>>;

    /// Σ scalar·point in the first group, for as many canonical scalars as points.
    fn sum(&self, points: &[G1Affine], scalars: &[Words]) -> Box<dyn Fn() -> G1Projective>;

    /// The passage of 2^bits elements to the odd coset: two transforms.
    fn transform(&self, bits: u32) -> Result<Box<dyn FnMut()>>;

    /// Some of the additions that most of a proof's time goes into, to be timed.
    fn additions(&self) -> Box<dyn FnMut()>;
}

struct Of<A>(PhantomData<A>);

impl<A: Arithmetic> Engine for Of<A> {
    fn name(&self) -> &'static str {
        A::NAME
    }

    fn prepare(&self, key: &Zkey) -> Result<Box<dyn ProvingKey>> {
        Ok(Box::new(Key::<A>::new(key)?))
    }

    fn sum(&self, points: &[G1Affine], scalars: &[Words]) -> Box<dyn Fn() -> G1Projective> {
        let (bases, scalars) = (Bases::<A::G1>::new(points, 0), scalars.to_vec());
        Box::new(move || bases.msm(&Scalars::new(&scalars)))
    }

    fn transform(&self, bits: u32) -> Result<Box<dyn FnMut()>> {
        A::Quotient::transform(bits)
    }

    fn additions(&self) -> Box<dyn FnMut()> {
        timing::additions::<A::G1>()
    }
}

/// The engines that this machine has for domains of that size: with lanes, with two carry chains,
/// and the one that every machine has.
fn found(domain: usize) -> Vec<&'static dyn Engine> {
    let mut found: Vec<&'static dyn Engine> = Vec::new();
    #[cfg(target_arch = "x86_64")]
    {
        use crate::words::adx::Adx;
        let adx = Adx::detect().is_some();
        if domain >= 1 << LEAST_BITS && crate::ifma::available() {
            found.push(&Of::<Eights>(PhantomData));
        }
        if crate::quad::available() {
            found.push(if adx {
                &Of::<Fours<Adx>>(PhantomData)
            } else {
                &Of::<Fours<Generic>>(PhantomData)
            });
        }
        if adx {
            found.push(&Of::<InWords<Adx>>(PhantomData));
        }
    }
    let _ = domain;
    found.push(&Of::<InWords<Generic>>(PhantomData));
    found
}

/// The names of this machine's engines, the one that was asked for or the fastest first: which lanes
/// are faster than words, and which than others, differs from processor to processor.
fn order() -> &'static [&'static str] {
    static ORDER: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
        let mut found = found(usize::MAX);
        if found.iter().any(|engine| asked::for_this(engine.name())) {
            found.sort_by_key(|engine| !asked::for_this(engine.name()));
        } else if let [several @ .., _generic] = &mut found[..]
            && several.len() > 1
        {
            let seconds = timing::shortest(several.iter().map(|engine| engine.additions()));
            let mut timed: Vec<_> = seconds.into_iter().zip(several.iter().copied()).collect();
            timed.sort_by_key(|(seconds, _)| *seconds);
            several.iter_mut().zip(timed).for_each(|(place, (_, engine))| *place = engine);
        }
        found.iter().map(|engine| engine.name()).collect()
    });
    &ORDER
}

/// The engines of this machine for domains of that size, the fastest first.
pub fn engines(domain: usize) -> Vec<&'static dyn Engine> {
    let mut engines = found(domain);
    engines.sort_by_key(|engine| order().iter().position(|name| *name == engine.name()));
    engines
}

/// The fastest engine of this machine for domains of that size.
pub fn fastest(domain: usize) -> &'static dyn Engine {
    engines(domain)[0]
}
