//! What first contributors are given: blake2b of as many generators as a ceremony has powers.
//!
//! Of the large ones it is a constant: of power 28, which public ceremonies have, it is the hash of
//! 103 GB, and a file that claims a large power must not hang its reader. `tests/prover/
//! test_powers_log.py` makes them again.
#![forbid(unsafe_code)]

use ark_bn254::{G1Affine, G2Affine};
use ark_ec::AffineRepr;
use blake2::{Blake2b512, Digest};

use crate::curve::blake2b::HASH;
use crate::curve::words;
use crate::fault::{Result, fault};

/// Powers up to this one are hashed.
const SMALL: u32 = 16;
const LARGE: [(u32, &str); 10] = [
    (
        17,
        "d27bebee8c0abf5066dd8742fa7de8c454bea04a8afad209d51f58ec16bcea9e\
         02b2774d6d408b4a71af1986203a7ed7d9d2d6d5fb7c5318b8d58183a15b9706",
    ),
    (
        18,
        "c3f903071060d9282ea4d31ef85d9dbd05f865dedb78cb138f740796091ffcd5\
         d61ca255535fffd7df21669f04534057a3985a51f0de7909ed950d699f0e57bd",
    ),
    (
        19,
        "960060531a46ce7980c117badf032684e3adc78866b7bf7b26b34cb1165df31d\
         8ffdf7de6dd3e902839afe451da673adcea5259fd968b7135b867bad2760ceb2",
    ),
    (
        20,
        "3393605118d83c21a2a1763bec8ebf7a6076c7546b4bbf01e35e71faad0214cf\
         18fa19b6053dfd1102454d05754b1b21873da78e0d5d66be1f74169de3963011",
    ),
    (
        21,
        "d27e24afa6f9d22893b893924ab301023e558340a2f0fe360497061d7f91a659\
         d6bcd23467668ad92f65fb2998da8690014a8341cc795253cec84fb87fe195b8",
    ),
    (
        22,
        "5b4d52085c949b60ab5060c93196dc51b2dc629c4dcfc5d1fdb9466e3c6c052b\
         d1f9bada6ee24a60c0474017b7c08f51fce83c75845fb489547aa9453e256cf6",
    ),
    (
        23,
        "da01c213149ff5065924f3ade76df2ec6ae7bb941ab4ffe25e3e2d1ae9f0474f\
         aebb201bddef89d841692d71e10f3f7a3d0ffe5ce2b6162d8b692b95c28b4039",
    ),
    (
        24,
        "adc423b1cd43ea5a40601c30364febdcdf4796f0ffc56c01e1f64019146e60f9\
         c9b68c75f1e36e275c336acbee5632f69569c9f2267dfda4ad59dcb15b8f3e84",
    ),
    (
        25,
        "661de6f41b1150ac7448085558e5ecdaae345272e662da9851b0ff3816901a2b\
         2141722a38a35a314b41a53abba15f7198f30c57891111864081aa38d3012a5b",
    ),
    (
        28,
        "93da91920d5a54a8a0fde55cd9dc3a10c4f3eef768b62c0948741370864254b4\
         c1920f3f29d4ebc0ef3acecf2e2db63a755713d77e1ed77347a56fbc317c7a93",
    ),
];

/// The challenge of a ceremony of that power; none is known of powers 26 and 27.
pub fn first_challenge(power: u32) -> Result<[u8; HASH]> {
    if power <= SMALL {
        return Ok(hash_of_generators(power));
    }
    match LARGE.iter().find(|(known, _)| *known == power) {
        Some((_, text)) => Ok(from_hex(text)),
        None => {
            fault(format!("ptau section 1 has a ceremony of power {power}, which none here knows"))
        }
    }
}

fn from_hex(text: &str) -> [u8; HASH] {
    let digit = |at: usize| (text.as_bytes()[at] as char).to_digit(16).unwrap_or_default() as u8;
    std::array::from_fn(|index| digit(2 * index) << 4 | digit(2 * index + 1))
}

fn hash_of_generators(power: u32) -> [u8; HASH] {
    let mut hasher = Blake2b512::new_with_prefix(Blake2b512::digest([]));
    let one = words::of_points(&[G1Affine::generator()], &[]);
    let two = words::of_points(&[], &[G2Affine::generator()]);
    let size = 1usize << power;
    for (word, count) in [(&one, 2 * size - 1), (&two, size), (&one, size), (&one, size), (&two, 1)]
    {
        hasher.update(word.repeat(count));
    }
    hasher.finalize().into()
}
