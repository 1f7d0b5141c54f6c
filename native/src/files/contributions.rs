//! Section 10 of a .zkey: the hash of the circuit and who has contributed to delta.
//!
//! Each contribution proves that its author knew the factor by which delta changed, and is bound
//! to all earlier ones. Source of the format and of the hashes: snarkjs 0.7.6, zkey_utils.js,
//! zkey_contribute.js, zkey_beacon.js, keypair.js.
#![forbid(unsafe_code)]

use ark_bn254::{G1Affine, G2Affine};
use ark_ec::{AffineRepr, CurveGroup};
use blake2::{Blake2b512, Digest};
use sha2::Sha256;

use crate::curve::hash_to_curve::{Draw, hash_to_g2};
use crate::curve::ratio::same_number;
use crate::curve::words;
use crate::fault::{Result, fault};
use crate::files::binary::Reader;
use crate::files::elements::{g1_bytes, g2_bytes};

pub const HASH: usize = 64;
/// Of all beacons: 2^26 take some ten seconds; more would let a file hang its reader.
const MOST_BEACON_ROUNDS: u64 = 1 << 26;

pub struct Contributions {
    /// blake2b of the key that phase 2 began with; zero in a development key.
    pub circuit_hash: [u8; HASH],
    pub list: Vec<Contribution>,
}

pub struct Contribution {
    pub delta_after: G1Affine,
    /// A point of the author's and its multiple by the secret factor.
    pub g1_s: G1Affine,
    pub g1_sx: G1Affine,
    /// The multiple of the point that the transcript hashes to.
    pub g2_spx: G2Affine,
    pub transcript: [u8; HASH],
    pub kind: u32,
    pub parameters: Parameters,
    raw_parameters: Vec<u8>,
}

#[derive(Clone, Default)]
pub struct Parameters {
    pub name: Option<String>,
    pub rounds_exponent: Option<u8>,
    pub beacon: Option<Vec<u8>>,
}

pub const BEACON: u32 = 1;

impl Contributions {
    /// Of a development key, which says in its manifest that it has none.
    pub fn none() -> Self {
        Self { circuit_hash: [0; HASH], list: Vec::new() }
    }

    pub fn read(section: &mut Reader<'_>) -> Result<Self> {
        let circuit_hash = hash(section)?;
        let count = section.u32()?;
        let mut list = Vec::new();
        for _ in 0..count {
            list.push(Contribution::read(section)?);
        }
        section.end()?;
        Ok(Self { circuit_hash, list })
    }

    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = self.circuit_hash.to_vec();
        out.extend_from_slice(&(self.list.len() as u32).to_le_bytes());
        for one in &self.list {
            out.extend(g1_bytes(&[one.delta_after, one.g1_s, one.g1_sx]));
            out.extend(g2_bytes(&[one.g2_spx]));
            out.extend_from_slice(&one.transcript);
            out.extend_from_slice(&one.kind.to_le_bytes());
            out.extend_from_slice(&(one.raw_parameters.len() as u32).to_le_bytes());
            out.extend_from_slice(&one.raw_parameters);
        }
        out
    }

    /// Checks the chain from the generator to delta.
    ///
    /// 1. The transcript is the hash of all that came before.
    /// 2. The author knew the factor.
    /// 3. Delta changed by that factor, and the factor is not one.
    /// 4. A beacon's factor is what its public randomness gives.
    pub fn verify(&self) -> Result<()> {
        check_rounds("zkey section 10", self.list.iter().map(|one| &one.parameters))?;
        let mut before = G1Affine::generator();
        let mut hasher = Blake2b512::new_with_prefix(self.circuit_hash);
        for (index, one) in self.list.iter().enumerate() {
            let wrong = |text: &str| fault(format!("zkey section 10: contribution {index} {text}"));
            let mut transcript = hasher.clone();
            transcript.update(words::of_points(&[one.g1_s, one.g1_sx], &[]));
            if transcript.finalize().as_slice() != one.transcript {
                return wrong("is not bound to the ones before it");
            }
            let g2_sp = hash_to_g2(&one.transcript);
            if !same_number([one.g1_s, one.g1_sx], [g2_sp, one.g2_spx]) {
                return wrong("does not prove its factor");
            }
            if !same_number([before, one.delta_after], [g2_sp, one.g2_spx])
                || before == one.delta_after
            {
                return wrong("does not change delta by its factor");
            }
            if one.kind == BEACON && !one.is_of_its_beacon() {
                return wrong("is not what its beacon gives");
            }
            hasher.update(one.words());
            before = one.delta_after;
        }
        Ok(())
    }
}

impl Contribution {
    fn read(section: &mut Reader<'_>) -> Result<Self> {
        let one = Self {
            delta_after: section.g1_generator()?,
            g1_s: section.g1_generator()?,
            g1_sx: section.g1_generator()?,
            g2_spx: section.g2_generator()?,
            transcript: hash(section)?,
            kind: section.u32()?,
            parameters: Parameters::default(),
            raw_parameters: Vec::new(),
        };
        let size = section.u32()? as usize;
        let raw_parameters = section.bytes(size)?.to_vec();
        let parameters = Parameters::read(&raw_parameters, &section.name)?;
        let of_beacon = parameters.beacon.is_some() && parameters.rounds_exponent.is_some();
        if one.kind > BEACON || (one.kind == BEACON) != of_beacon {
            return section.fault("holds a contribution of an unknown kind");
        }
        Ok(Self { parameters, raw_parameters, ..one })
    }

    /// What hashes take of a contribution.
    fn words(&self) -> Vec<u8> {
        let mut out = words::of_points(&[self.delta_after, self.g1_s, self.g1_sx], &[self.g2_spx]);
        out.extend_from_slice(&self.transcript);
        out
    }

    /// blake2b, as snarkjs prints it to the contributor.
    pub fn hash(&self) -> [u8; HASH] {
        Blake2b512::digest(self.words()).into()
    }

    /// Whether anybody can work out its factor.
    pub fn is_public(&self) -> bool {
        self.kind == BEACON
    }

    fn is_of_its_beacon(&self) -> bool {
        let Some(seed) = beacon_seed(&self.parameters) else {
            return false;
        };
        let mut draw = Draw::seeded(&seed);
        let factor = draw.factor();
        let g1_s = draw.g1();
        let g1_sx = (g1_s * factor).into_affine();
        let g2_spx = (hash_to_g2(&self.transcript) * factor).into_affine();
        (g1_s, g1_sx, g2_spx) == (self.g1_s, self.g1_sx, self.g2_spx)
    }
}

/// Refuses beacons whose rounds would hang their reader; `log` is where they stand.
pub fn check_rounds<'a>(log: &str, parameters: impl Iterator<Item = &'a Parameters>) -> Result<()> {
    let exponents = parameters.filter_map(|one| one.rounds_exponent);
    let rounds = exponents.map(|exponent| 1u64.checked_shl(exponent.into()));
    let most = rounds.map(|rounds| rounds.unwrap_or(u64::MAX)).fold(0, u64::saturating_add);
    if most > MOST_BEACON_ROUNDS {
        return fault(format!("{log}: beacons of {most} rounds are too long"));
    }
    Ok(())
}

/// The seed of a beacon's secrets; `check_rounds` comes before.
pub fn beacon_seed(parameters: &Parameters) -> Option<Vec<u8>> {
    let mut state = parameters.beacon.clone()?;
    for _ in 0..1u64 << parameters.rounds_exponent? {
        state = Sha256::digest(&state).to_vec();
    }
    Some(state)
}

impl Parameters {
    pub fn read(raw: &[u8], name: &str) -> Result<Self> {
        let mut reader = Reader::new(raw, format!("{name}: a contribution's parameters"));
        let mut found = Self::default();
        let mut last = 0;
        while reader.remaining() > 0 {
            let kind = reader.bytes(1)?[0];
            if kind <= last {
                return reader.fault("are not sorted");
            }
            last = kind;
            let first = reader.bytes(1)?[0];
            match kind {
                1 => {
                    let text = reader.bytes(first.into())?;
                    found.name = Some(String::from_utf8_lossy(text).into_owned());
                }
                2 => found.rounds_exponent = Some(first),
                3 => found.beacon = Some(reader.bytes(first.into())?.to_vec()),
                _ => return reader.fault("hold something unknown"),
            }
        }
        Ok(found)
    }
}

pub fn hash(section: &mut Reader<'_>) -> Result<[u8; HASH]> {
    let mut hash = [0; HASH];
    hash.copy_from_slice(section.bytes(HASH)?);
    Ok(hash)
}
