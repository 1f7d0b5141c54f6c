pragma circom 2.1.6;

include "poseidon.circom";

// One level of an arity-8 tree. The child that `bit` (low first) points at is oldChild in the old
// node; the new node holds newChild there and the same other children. Domain 1 is NODE.
template UpdateLevel() {
    signal input bit[3];
    signal input children[8];
    signal input oldChild;
    signal input newChild;
    signal output oldNode;
    signal output newNode;

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

    component before = Hash(8, 1);
    component after = Hash(8, 1);
    for (var i = 0; i < 8; i++) {
        before.in[i] <== children[i];
        after.in[i] <== hot[i] * (newChild - oldChild) + children[i];
    }
    oldNode <== before.out;
    newNode <== after.out;
}

// Proves that leaf0 at the index is in oldRoot and that newRoot differs only by leaf1 there.
// index is the sum of bit[i] * 2^i over all levels; level 0 is the lowest.
template Update(depth) {
    signal input bit[3 * depth];
    signal input children[depth][8];
    signal input leaf0;
    signal input leaf1;
    signal output oldRoot;
    signal output newRoot;

    component level[depth];
    for (var d = 0; d < depth; d++) {
        level[d] = UpdateLevel();
        for (var i = 0; i < 3; i++) {
            level[d].bit[i] <== bit[3 * d + i];
        }
        for (var i = 0; i < 8; i++) {
            level[d].children[i] <== children[d][i];
        }
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
