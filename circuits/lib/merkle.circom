pragma circom 2.2.0;

include "../generated/layout.circom";
include "poseidon.circom";

function ARITY_BITS() { return 3; }

// @notice One level of the accounts' tree, before and after a change of one child.
// @input(assumes) children: free; the old node's hash says what they must be.
// @output(proves) oldNode: the node over the children, of which `oldChild` is the one that `bit`
// (low first) points at.
// @output(proves) newNode: the node with `newChild` there and the same other children.
// @cost 826
template UpdateLevel() {
    signal input bit[ARITY_BITS()];
    signal input children[ARITY()];
    signal input oldChild;
    signal input newChild;
    signal output oldNode;
    signal output newNode;

    assert(ARITY() == 1 << ARITY_BITS());
    for (var i = 0; i < 3; i++) {
        bit[i] * (bit[i] - 1) === 0;
    }
    signal b01 <== bit[0] * bit[1];
    signal b02 <== bit[0] * bit[2];
    signal b12 <== bit[1] * bit[2];
    signal b012 <== b01 * bit[2];
    var hot[8];
    hot[7] = b012;
    hot[6] = b12 - b012;
    hot[5] = b02 - b012;
    hot[3] = b01 - b012;
    hot[4] = bit[2] - b02 - b12 + b012;
    hot[2] = bit[1] - b01 - b12 + b012;
    hot[1] = bit[0] - b01 - b02 + b012;
    hot[0] = 1 - bit[0] - bit[1] - bit[2] + b01 + b02 + b12 - b012;

    // The child selected by the bits, halving the choice bit by bit.
    signal pair[4];
    for (var i = 0; i < 4; i++) {
        pair[i] <== bit[0] * (children[2 * i + 1] - children[2 * i]) + children[2 * i];
    }
    signal quad[2];
    for (var i = 0; i < 2; i++) {
        quad[i] <== bit[1] * (pair[2 * i + 1] - pair[2 * i]) + pair[2 * i];
    }
    oldChild === bit[2] * (quad[1] - quad[0]) + quad[0];

    component before = Hash(8, DOMAIN_NODE());
    component after = Hash(8, DOMAIN_NODE());
    for (var i = 0; i < 8; i++) {
        before.in[i] <== children[i];
        after.in[i] <== hot[i] * (newChild - oldChild) + children[i];
    }
    oldNode <== before.out;
    newNode <== after.out;
}

// @notice A path of the accounts' tree, before and after a change of its leaf.
// @param depth Levels of the path.
// @input(assumes) children: free; the hashes up to the old root say what they must be.
// @output(proves) oldRoot: of a tree with leaf0 at the index that `bit` gives, low first.
// @output(proves) newRoot: of the tree that differs only by leaf1 there.
// @cost 826 * depth
template Update(depth) {
    signal input bit[ARITY_BITS() * depth];
    signal input children[depth][ARITY()];
    signal input leaf0;
    signal input leaf1;
    signal output oldRoot;
    signal output newRoot;

    component level[depth];
    for (var d = 0; d < depth; d++) {
        level[d] = UpdateLevel();
        for (var i = 0; i < ARITY_BITS(); i++) {
            level[d].bit[i] <== bit[ARITY_BITS() * d + i];
        }
        level[d].children <== children[d];
        if (d == 0) {
            level[d].oldChild <== leaf0;
            level[d].newChild <== leaf1;
        } else {
            level[d].oldChild <== level[d - 1].oldNode;
            level[d].newChild <== level[d - 1].newNode;
        }
    }
    oldRoot <== level[depth - 1].oldNode;
    newRoot <== level[depth - 1].newNode;
}
