//! Whether powers of tau come from their contributions, and whether somebody knows no secret of them.
//!
//! Who knows tau, alpha and beta forges proofs under every key that comes from them, whatever phase 2
//! adds. What a beacon gives is public. The same checks as `snarkjs powersoftau verify`, which minds
//! neither beacons alone nor factors of one; the sections' points are `keys/powers.rs`'s work.
#![forbid(unsafe_code)]

use ark_bn254::G2Affine;
use ark_ec::CurveGroup;
use blake2::{Blake2b512, Digest};

use crate::curve::blake2b::HASH;
use crate::curve::hash_to_curve::{Draw, hash_to_g2};
use crate::curve::ratio::same_number;
use crate::curve::words;
use crate::fault::{Result, fault};
use crate::files::contributions::{beacon_seed, check_rounds};
use crate::files::ptau::Ptau;
use crate::files::ptau_log::{Factor, Reached, Step};
use crate::keys::first_challenge::first_challenge;
use crate::keys::setup::Progress;

/// Checks the contributions of a file and returns them.
///
/// 1. Somebody contributed, not beacons alone.
/// 2. A beacon's key is what its public randomness gives.
/// 3. Each author knew the factors of tau, alpha and beta, and said so for the challenge before;
///    none is one.
/// 4. Tau, alpha and beta changed by those factors and by nothing else.
/// 5. The last one's points are those of the sections; if nothing was cut off the file, its next
///    challenge is the hash of them all.
pub fn check(ptau: &Ptau<'_>, progress: Progress<'_>) -> Result<Vec<Step>> {
    let steps = ptau.steps()?;
    if steps.iter().all(Step::is_public) {
        return fault(
            "ptau section 7 lists no contribution but beacons, which are public: anybody could forge",
        );
    }
    check_rounds("ptau section 7", steps.iter().map(|one| &one.parameters))?;
    progress("checking who contributed to the powers of tau")?;
    let mut before = (Reached::nothing(), first_challenge(ptau.ceremony_power)?);
    for (index, step) in steps.iter().enumerate() {
        check_step(step, &before.0, &before.1)
            .or_else(|text| fault(format!("ptau section 7: contribution {index} {text}")))?;
        before = (step.reached, step.next_challenge);
    }
    if before.0 != ptau.reached()? {
        return fault("ptau section 7: the last contribution is not the one of sections 2 to 6");
    }
    if let (true, Some(last)) = (ptau.power == ptau.ceremony_power, steps.last()) {
        let mut hasher = Blake2b512::new_with_prefix(last.response);
        ptau.each_word(|words| {
            progress("hash of the powers of tau")?;
            hasher.update(words);
            Ok(())
        })?;
        if hasher.finalize().as_slice() != last.next_challenge {
            return fault("ptau section 7: the last challenge is not the hash of sections 2 to 6");
        }
    }
    Ok(steps)
}

type Verdict = std::result::Result<(), &'static str>;

fn check_step(step: &Step, before: &Reached, challenge: &[u8; HASH]) -> Verdict {
    let bases: [G2Affine; 3] =
        std::array::from_fn(|index| base(index as u8, challenge, &step.factors[index]));
    if step.is_public() && !is_of_its_beacon(step, challenge) {
        return Err("is not what its beacon gives");
    }
    for (factor, base) in step.factors.iter().zip(bases) {
        if !same_number([factor.g1_s, factor.g1_sx], [base, factor.g2_spx]) {
            return Err("does not prove its factors");
        }
        if factor.g1_s == factor.g1_sx {
            return Err("has a factor of one");
        }
    }
    let [tau, _, beta] = step.factors;
    let second = |at: usize| [bases[at], step.factors[at].g2_spx];
    let after = &step.reached;
    let follows = [
        same_number([before.tau1, after.tau1], second(0)),
        same_number([tau.g1_s, tau.g1_sx], [before.tau2, after.tau2]),
        same_number([before.alpha1, after.alpha1], second(1)),
        same_number([before.beta1, after.beta1], second(2)),
        same_number([beta.g1_s, beta.g1_sx], [before.beta2, after.beta2]),
    ];
    if follows.contains(&false) {
        Err("does not follow the one before by its factors")
    } else {
        Ok(())
    }
}

/// The point that a factor's author had to multiply: it depends on all that came before.
fn base(which: u8, challenge: &[u8; HASH], factor: &Factor) -> G2Affine {
    let mut hasher = Blake2b512::new_with_prefix([which]);
    hasher.update(challenge);
    hasher.update(words::of_points(&[factor.g1_s, factor.g1_sx], &[]));
    hash_to_g2(&hasher.finalize())
}

fn is_of_its_beacon(step: &Step, challenge: &[u8; HASH]) -> bool {
    let Some(seed) = beacon_seed(&step.parameters) else {
        return false;
    };
    let mut draw = Draw::seeded(&seed);
    let secrets = [draw.factor(), draw.factor(), draw.factor()];
    secrets.iter().zip(&step.factors).enumerate().all(|(which, (secret, found))| {
        let g1_s = draw.g1();
        let mut made = Factor { g1_s, g1_sx: (g1_s * secret).into_affine(), ..*found };
        made.g2_spx = (base(which as u8, challenge, &made) * secret).into_affine();
        made == *found
    })
}
