//! Which of several kernels adds fastest, found in a few milliseconds.
#![forbid(unsafe_code)]

use std::time::{Duration, Instant};

use ark_bn254::{G1Projective, g1};
use ark_ec::{AffineRepr, CurveGroup, PrimeGroup};

use crate::msm::kernel::Kernel;
use crate::msm::pairs::{Pair, Pairs, Pool};

const POINTS: u32 = 64;
const PAIRS: u32 = 1024;
/// Each is tried so often, unless the time is over; a chunk takes 0.1 to 0.3 ms.
const ROUNDS: usize = 8;
const FEWEST: usize = 3;
const TIME: Duration = Duration::from_millis(3);

/// A chunk of pairs of different points, added at each call.
pub fn additions<K: Kernel<Curve = g1::Config>>() -> Box<dyn FnMut()> {
    let one = G1Projective::generator();
    let multiples: Vec<_> =
        std::iter::successors(Some(one), |sum| Some(sum + one)).take(POINTS as usize).collect();
    let points = G1Projective::normalize_batch(&multiples);
    let packed: Vec<_> =
        points.iter().filter_map(AffineRepr::xy).map(|(x, y)| K::pack(x, y)).collect();
    let pair = |i: u32| {
        let (a, distance) = (i % POINTS, 1 + i / POINTS);
        Pair { a: a << 1, b: ((a + distance) % POINTS) << 1, out: POINTS + 1 + i }
    };
    let pairs: Pairs = (0..PAIRS).map(pair).collect();
    let mut workspace = K::Workspace::default();
    Box::new(move || {
        let mut pool = Pool::new(&packed, PAIRS as usize + 1);
        let spare = Pair { a: 0, b: 2, out: POINTS };
        K::add_pairs(&mut pool, pairs.all(), spare, &mut workspace);
    })
}

/// The shortest time that each of the runs took, in turn: what else the machine does then
/// disturbs all of them.
pub fn shortest(runs: impl Iterator<Item = Box<dyn FnMut()>>) -> Vec<Duration> {
    let mut runs: Vec<_> = runs.map(|run| (run, Duration::MAX)).collect();
    let begun = Instant::now();
    for round in 0..ROUNDS {
        if round >= FEWEST && begun.elapsed() > TIME {
            break;
        }
        for (run, shortest) in &mut runs {
            let started = Instant::now();
            run();
            *shortest = started.elapsed().min(*shortest);
        }
    }
    runs.into_iter().map(|(_, shortest)| shortest).collect()
}
