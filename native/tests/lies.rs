//! Lies on a tape against the graph that it was made of, evaluated node by node with one value put
//! in another's place.

use std::collections::BTreeMap;

use ark_bn254::Fr;
use ark_ff::{AdditiveGroup, Field, UniformRand};
use rand::seq::SliceRandom;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha20Rng;
use undertow_native::tape::graph::{Graph, NodeId};
use undertow_native::tape::ops::{Op, bit, evaluate};
use undertow_native::tape::plan::plan;
use undertow_native::tape::{InputGroup, Tape};

const INPUTS: u32 = 4;
const OPERATIONS: [Op; 11] = [
    Op::Add,
    Op::Sub,
    Op::Mul,
    Op::Div,
    Op::Idiv,
    Op::Shr,
    Op::Band,
    Op::Eq,
    Op::Lt,
    Op::Neg,
    Op::Inverse,
];

/// A graph of random operations, and the nodes of its wires: wire 0 is one, some nodes stand on
/// several wires, some on none, and some wires are constants.
fn circuit(rng: &mut ChaCha20Rng) -> (Graph, Vec<NodeId>) {
    let mut graph = Graph::default();
    let mut nodes = vec![graph.constant(Fr::ONE), graph.constant(Fr::ZERO)];
    nodes.push(graph.constant(Fr::from(5)));
    nodes.extend((0..INPUTS).map(|position| graph.input(position)));
    for _ in 0..60 {
        let op = *OPERATIONS.choose(rng).expect("an operation");
        let (a, b) = (*nodes.choose(rng).expect("a node"), *nodes.choose(rng).expect("a node"));
        nodes.push(if rng.gen_bool(0.2) { graph.own(a) } else { graph.apply(op, a, b) });
    }
    let wires = (0..40).map(|_| *nodes.choose(rng).expect("a node"));
    let outputs = std::iter::once(nodes[0]).chain(wires).collect();
    (graph, outputs)
}

fn tape(graph: &Graph, outputs: &[NodeId], inputs: u32) -> Tape {
    let groups = vec![InputGroup { name: "in".into(), start: 0, size: inputs }];
    plan(graph, outputs, groups, inputs).and_then(Tape::check).expect("a tape")
}

/// The wires' values where one node has another value; None where zero divides.
fn expected(
    graph: &Graph,
    outputs: &[NodeId],
    inputs: &[Fr],
    lie: Option<(NodeId, Fr)>,
) -> Option<Vec<Fr>> {
    let mut live = vec![false; graph.nodes.len()];
    outputs.iter().for_each(|id| live[*id as usize] = true);
    for (id, node) in graph.nodes.iter().enumerate().rev().filter(|(_, n)| n.op != Op::Const) {
        if live[id] && node.op != Op::Input {
            live[node.a as usize] = true;
            let second = !node.op.takes_one() && node.op != Op::Bit;
            (second).then(|| live[node.b as usize] = true);
        }
    }
    let mut values = Vec::with_capacity(graph.nodes.len());
    for (id, node) in graph.nodes.iter().enumerate() {
        let operand = |at: u32| values.get(at as usize).copied().unwrap_or(Fr::ZERO);
        let value = match node.op {
            _ if !live[id] => Fr::ZERO,
            Op::Const => graph.constants[node.a as usize],
            Op::Input => inputs[node.a as usize],
            Op::Bit => bit(operand(node.a), node.b),
            op => evaluate(op, operand(node.a), operand(node.b))?,
        };
        values.push(match lie {
            Some((lied, value)) if lied as usize == id => value,
            _ => value,
        });
    }
    Some(outputs.iter().map(|id| values[*id as usize]).collect())
}

#[test]
fn a_lie_reaches_what_is_computed_from_it_and_nothing_else() {
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    let (mut told, mut reached) = (0, 0);
    for _ in 0..300 {
        let (graph, outputs) = circuit(&mut rng);
        let tape = tape(&graph, &outputs, INPUTS);
        let inputs: Vec<_> = (0..INPUTS).map(|_| Fr::from(rng.r#gen::<u32>())).collect();
        let Some(honest) = expected(&graph, &outputs, &inputs, None) else {
            assert!(tape.run(&inputs).is_err());
            continue;
        };
        assert_eq!(tape.run(&inputs).expect("a witness"), honest);
        for wire in 1..outputs.len() {
            let value = if rng.gen_bool(0.5) { Fr::rand(&mut rng) } else { Fr::from(3) };
            let found = tape.run_lying(&inputs, &BTreeMap::from([(wire as u32, value)])).ok();
            let node = outputs[wire];
            if graph.value(node).is_some() {
                let mut changed = honest.clone();
                changed[wire] = value;
                assert_eq!(found, Some(changed), "a constant changes alone");
                continue;
            }
            assert_eq!(found, expected(&graph, &outputs, &inputs, Some((node, value))));
            told += 1;
            let changed = |found: Vec<Fr>| found.iter().zip(&honest).any(|(a, b)| a != b);
            reached += usize::from(found.is_some_and(changed));
        }
    }
    assert!(told > 2_000 && reached > 1_500, "{told} lies, {reached} reached something");
}

#[test]
fn the_honest_value_is_no_lie() {
    let mut rng = ChaCha20Rng::seed_from_u64(2);
    for _ in 0..100 {
        let (graph, outputs) = circuit(&mut rng);
        let tape = tape(&graph, &outputs, INPUTS);
        let inputs: Vec<_> = (0..INPUTS).map(|_| Fr::rand(&mut rng)).collect();
        let Ok(honest) = tape.run(&inputs) else { continue };
        let wires: Vec<_> = (0u32..).zip(&honest).skip(1).map(|(wire, v)| (wire, *v)).collect();
        for lie in &wires {
            assert_eq!(tape.run_lying(&inputs, &BTreeMap::from([*lie])).expect("it"), honest);
        }
        let all = wires.into_iter().collect();
        assert_eq!(tape.run_lying(&inputs, &all).expect("it"), honest);
        assert_eq!(tape.run_lying(&inputs, &BTreeMap::new()).expect("it"), honest);
    }
}

/// quotient = a \ b and rest = a - quotient·b on wires of their own, and the quotient again.
fn division(own: bool) -> Tape {
    let mut graph = Graph::default();
    let one = graph.constant(Fr::ONE);
    let (a, b) = (graph.input(0), graph.input(1));
    let mut quotient = || {
        let quotient = graph.apply(Op::Idiv, a, b);
        if own { graph.own(quotient) } else { quotient }
    };
    let (first, second) = (quotient(), quotient());
    let product = graph.apply(Op::Mul, first, b);
    let rest = graph.apply(Op::Sub, a, product);
    tape(&graph, &[one, first, rest, second, one], 2)
}

fn lying(tape: &Tape, lies: &[(u32, u64)]) -> Result<Vec<Fr>, String> {
    let lies = lies.iter().map(|(wire, value)| (*wire, Fr::from(*value))).collect();
    let inputs = [Fr::from(47), Fr::from(10)];
    tape.run_lying(&inputs, &lies).map_err(|error| error.to_string())
}

#[test]
fn equal_computations_are_one_value_unless_they_are_their_own() {
    let numbers = |values: [i64; 5]| Ok(values.map(Fr::from).to_vec());
    let shared = division(false);
    assert_eq!(lying(&shared, &[]), numbers([1, 4, 7, 4, 1]));
    assert_eq!(lying(&shared, &[(1, 5)]), numbers([1, 5, -3, 5, 1]));
    assert_eq!(lying(&shared, &[(3, 5)]), numbers([1, 5, -3, 5, 1]));
    assert_eq!(lying(&shared, &[(1, 5), (2, 9)]), numbers([1, 5, 9, 5, 1]));
    assert_eq!(lying(&shared, &[(4, 9)]), numbers([1, 4, 7, 4, 9]));
    let own = division(true);
    assert_eq!(lying(&own, &[]), numbers([1, 4, 7, 4, 1]));
    assert_eq!(lying(&own, &[(1, 5)]), numbers([1, 5, -3, 4, 1]));
    assert_eq!(lying(&own, &[(3, 5)]), numbers([1, 4, 7, 5, 1]));
}

#[test]
fn lies_that_cannot_be_told_are_refused() {
    let shared = division(false);
    let refused = |lies: &[(u32, u64)]| lying(&shared, lies).expect_err("a refusal");
    assert_eq!(refused(&[(0, 1)]), "wire 0 is one in every witness");
    assert_eq!(refused(&[(5, 1)]), "there is no wire 5: the tape has 5");
    assert_eq!(refused(&[(1, 4), (3, 5)]), "wire 3 and another are one value, not two");
    assert!(lying(&shared, &[(1, 5), (3, 5)]).is_ok());
}

#[test]
fn a_lie_that_divides_by_zero_is_refused() {
    let mut graph = Graph::default();
    let one = graph.constant(Fr::ONE);
    let (a, b) = (graph.input(0), graph.input(1));
    let sum = graph.apply(Op::Add, a, b);
    let quotient = graph.apply(Op::Idiv, a, sum);
    let inverse = graph.apply(Op::Inverse, sum, sum);
    let tape = tape(&graph, &[one, sum, quotient, inverse], 2);
    assert_eq!(lying(&tape, &[(1, 0)]), Err("division by zero".into()));
    let found = lying(&tape, &[(1, 2)]).expect("a witness");
    assert_eq!(found[2..], [Fr::from(23), Fr::from(2).inverse().expect("an inverse")]);
    // Inversions are computed together; the lie is told after all of them.
    assert_eq!(lying(&tape, &[(3, 6)]).expect("a witness")[3], Fr::from(6));
}
