//! The same permutation with a sparse matrix in each partial round, as appendix B of the Poseidon
//! paper factors it; `poseidon_words` and `poseidon_lanes` run it.
//!
//! A partial round's matrix M is A * B with B the identity in row and column 0. B commutes with
//! the S-box of element 0, so it moves into the round before, whose matrix becomes B * M, which is
//! factored in turn. The same movement leaves one constant in each partial round.
//!
//! A's corner is M's in every round. Element 0 is kept times a number k of each round, so chosen that
//! nothing is left of the corner: (k x)^5 is the corner times the next round's k times x^5.
#![forbid(unsafe_code)]

use ark_bn254::Fr;
use ark_ff::{AdditiveGroup, BigInt, Field};

use crate::crypto::grain::{FULL_ROUNDS, Plain};

const HALF: usize = FULL_ROUNDS / 2;

/// The permutation's numbers, in the form that those who run it take.
pub struct Sparse<T> {
    pub width: usize,
    /// Of the full rounds, eight times the width.
    pub constants: Vec<T>,
    pub matrix: Vec<T>,
    /// Stands for the matrix of the last full round before the partial ones.
    pub entry: Vec<T>,
    pub rounds: Vec<PartialRound<T>>,
}

/// From y = (x0 + constant)^5 and the others x: x0 becomes y + row * x, and column * y is added to x.
pub struct PartialRound<T> {
    pub constant: T,
    pub row: Vec<T>,
    pub column: Vec<T>,
}

type Matrix = Vec<Vec<Fr>>;

impl Sparse<Fr> {
    pub fn of(plain: &Plain) -> Self {
        let t = plain.width;
        let m: Matrix = plain.matrix.chunks_exact(t).map(<[Fr]>::to_vec).collect();
        let mut rounds = Vec::with_capacity(plain.partial_rounds);
        // B of the round after the one at hand, from the last round back; then the constants.
        let mut after = identity(t);
        let mut carried = Vec::with_capacity(plain.partial_rounds);
        for round in (HALF..HALF + plain.partial_rounds).rev() {
            let (sparse, before) = factor(&multiply(&after, &m));
            carried.push(apply(&before, &plain.constants[round * t..(round + 1) * t]));
            rounds.push(sparse);
            after = before;
        }
        rounds.reverse();
        carried.reverse();
        let first = &plain.constants[..HALF * t];
        let last = &plain.constants[(HALF + plain.partial_rounds) * t..];
        let mut constants = [first, last].concat();
        let corner = m[0][0];
        let mut rest = vec![Fr::ZERO; t];
        for (round, own) in rounds.iter_mut().zip(&carried) {
            rest.iter_mut().zip(own).for_each(|(value, constant)| *value += constant);
            round.constant = std::mem::take(&mut rest[0]);
            round.mix(corner, &mut rest);
        }
        constants[HALF * t..].iter_mut().zip(&rest).for_each(|(value, moved)| *value += moved);
        let scale = scale(&mut rounds, corner);
        let mut entry = multiply(&after, &m).concat();
        entry[..t].iter_mut().for_each(|value| *value *= scale);
        Self { width: t, constants, matrix: plain.matrix.clone(), entry, rounds }
    }

    /// The same in another form.
    pub fn map<T>(&self, form: impl Fn(&Fr) -> T) -> Sparse<T> {
        let all = |values: &[Fr]| values.iter().map(&form).collect::<Vec<_>>();
        let round = |round: &PartialRound<Fr>| PartialRound {
            constant: form(&round.constant),
            row: all(&round.row),
            column: all(&round.column),
        };
        Sparse {
            width: self.width,
            constants: all(&self.constants),
            matrix: all(&self.matrix),
            entry: all(&self.entry),
            rounds: self.rounds.iter().map(round).collect(),
        }
    }
}

impl PartialRound<Fr> {
    /// The sparse matrix alone, before element 0 is scaled.
    fn mix(&self, corner: Fr, state: &mut [Fr]) {
        let (first, others) = state.split_at_mut(1);
        let moved = dot(&self.row, others);
        for (value, factor) in others.iter_mut().zip(&self.column) {
            *value += first[0] * factor;
        }
        first[0] = first[0] * corner + moved;
    }
}

/// Scales element 0 in all rounds and returns what the first one takes it times.
fn scale(rounds: &mut [PartialRound<Fr>], corner: Fr) -> Fr {
    let mut next = Fr::ONE;
    for round in rounds.iter_mut().rev() {
        let power = corner * next;
        round.row.iter_mut().for_each(|value| *value *= next);
        let inverse = power.inverse().expect("no entry of a Cauchy matrix is zero");
        round.column.iter_mut().for_each(|value| *value *= inverse);
        next = fifth_root(power);
        round.constant *= next;
    }
    next
}

/// Fifth powers are a permutation of the field; the exponent is 1/5 modulo r - 1.
fn fifth_root(value: Fr) -> Fr {
    const FIFTH: BigInt<4> = ark_ff::BigInt!(
        "17510594297471420177797124596205820070838691520332827474958563349260646796493"
    );
    value.pow(FIFTH)
}

/// Splits N into A (sparse) * B (the identity in row and column 0).
fn factor(n: &Matrix) -> (PartialRound<Fr>, Matrix) {
    let t = n.len();
    let inner: Matrix = n[1..].iter().map(|row| row[1..].to_vec()).collect();
    let inverted = transpose(&inverse(inner.clone()));
    let row = inverted.iter().map(|column| dot(&n[0][1..], column)).collect();
    let column = n[1..].iter().map(|line| line[0]).collect();
    let mut before = identity(t);
    for (line, values) in before[1..].iter_mut().zip(&inner) {
        line[1..].copy_from_slice(values);
    }
    (PartialRound { constant: Fr::ZERO, row, column }, before)
}

fn dot(a: &[Fr], b: &[Fr]) -> Fr {
    a.iter().zip(b).map(|(x, y)| *x * y).sum()
}

fn identity(size: usize) -> Matrix {
    let entry = |i, j| if i == j { Fr::ONE } else { Fr::ZERO };
    (0..size).map(|i| (0..size).map(|j| entry(i, j)).collect()).collect()
}

fn transpose(m: &Matrix) -> Matrix {
    (0..m.len()).map(|j| m.iter().map(|row| row[j]).collect()).collect()
}

fn apply(m: &Matrix, vector: &[Fr]) -> Vec<Fr> {
    m.iter().map(|row| dot(row, vector)).collect()
}

fn multiply(a: &Matrix, b: &Matrix) -> Matrix {
    let columns = transpose(b);
    a.iter().map(|row| apply(&columns, row)).collect()
}

/// Gauss-Jordan; every minor of a Cauchy matrix is invertible, so a pivot is found.
fn inverse(mut m: Matrix) -> Matrix {
    let size = m.len();
    let mut out = identity(size);
    for i in 0..size {
        let pivot = (i..size).find(|j| m[*j][i] != Fr::ZERO).expect("the matrix is invertible");
        m.swap(i, pivot);
        out.swap(i, pivot);
        let scale = m[i][i].inverse().expect("the pivot is not zero");
        m[i].iter_mut().chain(&mut out[i]).for_each(|value| *value *= scale);
        let (line, inverted) = (m[i].clone(), out[i].clone());
        for j in (0..size).filter(|j| *j != i) {
            let times = m[j][i];
            m[j].iter_mut().zip(&line).for_each(|(value, own)| *value -= times * own);
            out[j].iter_mut().zip(&inverted).for_each(|(value, own)| *value -= times * own);
        }
    }
    out
}
