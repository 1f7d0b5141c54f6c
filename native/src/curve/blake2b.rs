//! Blake2b from a state in the middle of a message (RFC 7693), which no library takes up.
//!
//! .ptau files hold such states: 128 bytes of the block begun, the eight chained words, how many
//! bytes are in them, how many of the block are there.
#![forbid(unsafe_code)]

/// Bytes of a state in a file; the last eight mean nothing.
pub const STATE: usize = 216;
pub const HASH: usize = 64;
const BLOCK: usize = 128;
const IV: [u64; 8] = [
    0x6a09_e667_f3bc_c908,
    0xbb67_ae85_84ca_a73b,
    0x3c6e_f372_fe94_f82b,
    0xa54f_f53a_5f1d_36f1,
    0x510e_527f_ade6_82d1,
    0x9b05_688c_2b3e_6c1f,
    0x1f83_d9ab_fb41_bd6b,
    0x5be0_cd19_137e_2179,
];
const ORDER: [[usize; 16]; 10] = [
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
    [14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3],
    [11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4],
    [7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8],
    [9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13],
    [2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9],
    [12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11],
    [13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10],
    [6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5],
    [10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0],
];
/// Columns, then diagonals.
const LINES: [[usize; 4]; 8] = [
    [0, 4, 8, 12],
    [1, 5, 9, 13],
    [2, 6, 10, 14],
    [3, 7, 11, 15],
    [0, 5, 10, 15],
    [1, 6, 11, 12],
    [2, 7, 8, 13],
    [3, 4, 9, 14],
];

/// The hash of what went into a state and of the bytes after it; None if it is no state.
pub fn finish(state: &[u8; STATE], rest: &[u8]) -> Option<[u8; HASH]> {
    let words = words(&state[BLOCK..]);
    let mut chained: [u64; 8] = words[..8].try_into().ok()?;
    let (taken, begun) = (words[8], usize::try_from(words[9]).ok()?);
    let mut message = state[..BLOCK].get(..begun)?.to_vec();
    message.extend_from_slice(rest);
    let mut count = u128::from(taken);
    let last = message.len().saturating_sub(1) / BLOCK * BLOCK;
    for block in message[..last].chunks_exact(BLOCK) {
        count += BLOCK as u128;
        compress(&mut chained, block, count, false);
    }
    let mut block = [0; BLOCK];
    let tail = &message[last..];
    block[..tail.len()].copy_from_slice(tail);
    compress(&mut chained, &block, count + tail.len() as u128, true);
    let mut hash = [0; HASH];
    for (bytes, word) in hash.chunks_exact_mut(8).zip(chained) {
        bytes.copy_from_slice(&word.to_le_bytes());
    }
    Some(hash)
}

fn compress(chained: &mut [u64; 8], block: &[u8], count: u128, last: bool) {
    let message = words(block);
    let mut work = [0; 16];
    work[..8].copy_from_slice(chained);
    work[8..].copy_from_slice(&IV);
    work[12] ^= count as u64;
    work[13] ^= (count >> 64) as u64;
    if last {
        work[14] = !work[14];
    }
    for round in 0..12 {
        let order = &ORDER[round % 10];
        for (line, [a, b, c, d]) in LINES.into_iter().enumerate() {
            for (number, turns) in [(0, [32, 24]), (1, [16, 63])] {
                let word = message[order[2 * line + number]];
                work[a] = work[a].wrapping_add(work[b]).wrapping_add(word);
                work[d] = (work[d] ^ work[a]).rotate_right(turns[0]);
                work[c] = work[c].wrapping_add(work[d]);
                work[b] = (work[b] ^ work[c]).rotate_right(turns[1]);
            }
        }
    }
    for (index, word) in chained.iter_mut().enumerate() {
        *word ^= work[index] ^ work[index + 8];
    }
}

fn words(bytes: &[u8]) -> Vec<u64> {
    bytes
        .chunks_exact(8)
        .map(|chunk| chunk.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte)))
        .collect()
}

#[cfg(test)]
mod tests {
    use blake2::{Blake2b512, Digest};

    use super::{BLOCK, IV, STATE, compress, finish};

    /// A state as libraries keep it: the last whole block waits for more.
    fn state_after(message: &[u8]) -> [u8; STATE] {
        let mut chained = IV;
        chained[0] ^= 0x0101_0040;
        let taken = message.len().saturating_sub(1) / BLOCK * BLOCK;
        for (index, block) in message[..taken].chunks_exact(BLOCK).enumerate() {
            compress(&mut chained, block, ((index + 1) * BLOCK) as u128, false);
        }
        let begun = &message[taken..];
        let mut state = [0; STATE];
        state[..begun.len()].copy_from_slice(begun);
        let numbers = chained.into_iter().chain([taken as u64, begun.len() as u64]);
        for (bytes, word) in state[BLOCK..].chunks_exact_mut(8).zip(numbers) {
            bytes.copy_from_slice(&word.to_le_bytes());
        }
        state
    }

    #[test]
    fn it_goes_on_where_a_state_stopped() {
        let message: Vec<u8> = (0..700u32).map(|number| (number * 7 % 251) as u8).collect();
        for split in [0, 1, 127, 128, 129, 256, 300, 640] {
            for end in [split, split + 1, 699, 700] {
                let hash: [u8; 64] = Blake2b512::digest(&message[..end]).into();
                assert_eq!(
                    finish(&state_after(&message[..split]), &message[split..end]),
                    Some(hash)
                );
            }
        }
    }

    #[test]
    fn a_block_that_is_too_long_is_no_state() {
        let mut state = state_after(b"abc");
        state[BLOCK + 72] = 129;
        assert_eq!(finish(&state, b""), None);
        state[BLOCK + 72..BLOCK + 80].fill(255);
        assert_eq!(finish(&state, b""), None);
    }
}
