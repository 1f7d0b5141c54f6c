//! Powers of tau in snarkjs's .ptau files, version 1: what a phase-1 ceremony leaves.
//!
//! Checked by `Ptau::read`: every length, the powers of zero, and that tau and beta are the same
//! numbers in both groups. Points are checked when they are taken: on the curve, in the subgroup,
//! not infinity (the points of tau = 1, before anybody contributed, are). That the powers taken are of
//! one tau, and the Lagrange points theirs, is `keys/powers.rs`'s work; the contributions
//! `keys/powers_log.rs`'s.
#![forbid(unsafe_code)]

use std::io::{self, Write};
use std::ops::Range;

use ark_bn254::{Fq, G1Affine, G2Affine};
use ark_ec::AffineRepr;
use ark_ff::PrimeField;
use rayon::prelude::*;

use crate::curve::blake2b::{HASH, STATE};
use crate::curve::ratio::same_number;
use crate::curve::words::{put_g1, put_g2};
use crate::fault::Result;
use crate::files::binary::{Reader, Sections, put_prime, write_header, write_section};
use crate::files::elements::{G1, G2, g1, g2};
use crate::files::ptau_log::{Reached, Step};

/// Largest ceremony that the field has room for.
const LARGEST_POWER: u32 = 28;
/// Points that are hashed at once.
const HASHED: usize = 1 << 17;
/// Five points reached, nine of the author's key, the state of a hash, the next challenge.
const CONTRIBUTION: usize = 3 * G1 + 2 * G2 + 6 * G1 + 3 * G2 + STATE + HASH;

/// One sequence of points in a file.
#[derive(Clone, Copy)]
pub struct Points<'a> {
    section: u32,
    data: &'a [u8],
    size: usize,
}

pub struct Ptau<'a> {
    pub power: u32,
    pub ceremony_power: u32,
    /// tau^i, twice as many as the others less one.
    pub tau1: Points<'a>,
    pub tau2: Points<'a>,
    /// alpha tau^i.
    pub alpha1: Points<'a>,
    /// beta tau^i.
    pub beta1: Points<'a>,
    pub beta2: Points<'a>,
    pub lagrange: Option<Lagrange<'a>>,
    /// The file's next bytes after `tau1`; see `circuit_hash.rs`.
    pub after_tau1: Option<&'a [u8]>,
    log: &'a [u8],
}

/// The same in the Lagrange bases of all domains up to the power: that of 2^k begins at 2^k - 1.
pub struct Lagrange<'a> {
    /// One domain more than the others have.
    pub tau1: Points<'a>,
    pub tau2: Points<'a>,
    pub alpha1: Points<'a>,
    pub beta1: Points<'a>,
}

impl<'a> Ptau<'a> {
    pub fn read(data: &'a [u8]) -> Result<Self> {
        let all = Sections::read(data, "ptau", 1, &[1..=7, 12..=15])?;
        let mut header = all.get(1)?;
        header.prime(Fq::MODULUS)?;
        let (power, ceremony_power) = (header.u32()?, header.u32()?);
        header.end()?;
        if power == 0 || power > ceremony_power || ceremony_power > LARGEST_POWER {
            return header.fault("has a power that is out of range");
        }
        let size = 1 << power;
        let points = |section, count, size| -> Result<Points<'a>> {
            Ok(Points { section, data: all.get(section)?.array(count, size)?, size })
        };
        let prepared = (12..=15).any(|section| all.find(section).is_some());
        let lagrange = || -> Result<Lagrange<'a>> {
            Ok(Lagrange {
                tau1: points(12, 4 * size - 1, G1)?,
                tau2: points(13, 2 * size - 1, G2)?,
                alpha1: points(14, 2 * size - 1, G1)?,
                beta1: points(15, 2 * size - 1, G1)?,
            })
        };
        let lagrange = if prepared { Some(lagrange()?) } else { None };
        let mut log = all.get(7)?;
        check_log(&mut all.get(7)?)?;
        let ptau = Self {
            power,
            ceremony_power,
            tau1: points(2, 2 * size - 1, G1)?,
            tau2: points(3, size, G2)?,
            alpha1: points(4, size, G1)?,
            beta1: points(5, size, G1)?,
            beta2: points(6, 1, G2)?,
            lagrange,
            after_tau1: all.end_of(2).and_then(|at| data.get(at..at + G1)),
            log: log.bytes(log.remaining())?,
        };
        ptau.check_first_powers()?;
        Ok(ptau)
    }

    fn check_first_powers(&self) -> Result<()> {
        let (tau1, tau2) = (self.tau1.g1(0..2)?, self.tau2.g2(0..2)?);
        if tau1[0] != G1Affine::generator() || tau2[0] != G2Affine::generator() {
            return self.tau1.fault("or 3 does not begin with the generator");
        }
        if !same_number([tau1[0], tau1[1]], [tau2[0], tau2[1]]) {
            return self.tau2.fault("has another tau than section 2");
        }
        let (beta1, beta2) = (self.beta1.g1(0..1)?, self.beta2.g2(0..1)?);
        if !same_number([tau1[0], beta1[0]], [tau2[0], beta2[0]]) {
            return self.beta2.fault("has another beta than section 5");
        }
        self.alpha1.g1(0..1)?;
        Ok(())
    }

    /// The contributions, as they are told.
    pub fn steps(&self) -> Result<Vec<Step>> {
        let mut log = Reader::new(self.log, "ptau section 7".into());
        (0..log.u32()?).map(|_| Step::read(&mut log)).collect()
    }

    /// Where the sections say that tau, alpha and beta stand.
    pub fn reached(&self) -> Result<Reached> {
        Ok(Reached {
            tau1: self.tau1.g1(1..2)?[0],
            tau2: self.tau2.g2(1..2)?[0],
            alpha1: self.alpha1.g1(0..1)?[0],
            beta1: self.beta1.g1(0..1)?[0],
            beta2: self.beta2.g2(0..1)?[0],
        })
    }

    /// Tells all points of sections 2 to 6 as hashes take them, a piece at a time.
    pub fn each_word(&self, mut tell: impl FnMut(&[u8]) -> Result<()>) -> Result<()> {
        for points in [self.tau1, self.tau2, self.alpha1, self.beta1, self.beta2] {
            for piece in points.data.chunks(HASHED * points.size) {
                tell(&points.words(piece)?)?;
            }
        }
        Ok(())
    }

    /// Checks every point.
    pub fn check(&self) -> Result<()> {
        self.all().iter().try_for_each(Points::check)
    }

    /// Writes the file with its sections in snarkjs's order.
    pub fn write(&self, out: &mut impl Write) -> io::Result<()> {
        let mut header = Vec::new();
        put_prime(&mut header, Fq::MODULUS);
        header.extend_from_slice(&self.power.to_le_bytes());
        header.extend_from_slice(&self.ceremony_power.to_le_bytes());
        let all = self.all();
        write_header(out, "ptau", 1, all.len() as u32 + 2)?;
        write_section(out, 1, &header)?;
        for points in all {
            write_section(out, points.section, points.data)?;
            if points.section == 6 {
                write_section(out, 7, self.log)?;
            }
        }
        Ok(())
    }

    fn all(&self) -> Vec<Points<'a>> {
        let mut all = vec![self.tau1, self.tau2, self.alpha1, self.beta1, self.beta2];
        if let Some(lagrange) = &self.lagrange {
            all.extend([lagrange.tau1, lagrange.tau2, lagrange.alpha1, lagrange.beta1]);
        }
        all
    }
}

impl<'a> Points<'a> {
    pub fn len(&self) -> usize {
        self.data.len() / self.size
    }

    pub fn is_empty(&self) -> bool {
        self.data.is_empty()
    }

    /// Points of the first group, checked on all cores.
    pub fn g1(&self, range: Range<usize>) -> Result<Vec<G1Affine>> {
        self.take(range, |bytes| {
            let point = g1(bytes)?;
            if point.is_zero() { Err(INFINITY) } else { Ok(point) }
        })
    }

    pub fn g2(&self, range: Range<usize>) -> Result<Vec<G2Affine>> {
        self.take(range, |bytes| {
            let point = g2(bytes)?;
            if point.is_zero() {
                return Err(INFINITY);
            }
            if !point.is_in_correct_subgroup_assuming_on_curve() {
                return Err("holds a point that is not in the second group");
            }
            Ok(point)
        })
    }

    /// On the curve; whether those of the second group are in it is not asked.
    fn words(&self, data: &[u8]) -> Result<Vec<u8>> {
        let pieces: Result<Vec<Vec<u8>>> = data
            .par_chunks(self.size << 10)
            .map(|piece| {
                let mut out = Vec::with_capacity(piece.len());
                for bytes in piece.chunks_exact(self.size) {
                    match self.size {
                        G1 => g1(bytes).map(|point| put_g1(&mut out, &point)),
                        _ => g2(bytes).map(|point| put_g2(&mut out, &point)),
                    }
                    .or_else(|text| self.fault(text))?;
                }
                Ok(out)
            })
            .collect();
        Ok(pieces?.concat())
    }

    fn take<T: Send>(
        &self,
        range: Range<usize>,
        parse: impl Fn(&[u8]) -> std::result::Result<T, &'static str> + Sync,
    ) -> Result<Vec<T>> {
        let bytes = range.start.saturating_mul(self.size)..range.end.saturating_mul(self.size);
        let Some(data) = self.data.get(bytes) else {
            return self.fault("has too few points");
        };
        data.par_chunks_exact(self.size)
            .with_min_len(16)
            .map(|bytes| parse(bytes).or_else(|text| self.fault(text)))
            .collect()
    }

    fn check(&self) -> Result<()> {
        match self.size {
            G1 => self.g1(0..self.len()).map(drop),
            _ => self.g2(0..self.len()).map(drop),
        }
    }

    pub fn fault<T>(&self, text: &str) -> Result<T> {
        Reader::new(&[], format!("ptau section {}", self.section)).fault(text)
    }
}

const INFINITY: &str = "holds a point at infinity";

fn check_log(log: &mut Reader<'_>) -> Result<()> {
    let count = log.u32()?;
    for _ in 0..count {
        log.bytes(CONTRIBUTION)?;
        let _kind = log.u32()?;
        let parameters = log.u32()? as usize;
        log.bytes(parameters)?;
    }
    log.end()
}
