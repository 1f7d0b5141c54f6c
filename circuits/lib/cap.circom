pragma circom 2.1.6;

include "poseidon.circom";
include "select.circom";

// The 64 nodes two levels below the root of an arity-8 tree, carried from update to update and
// hashed once at each end: an update costs 185 constraints here instead of two levels' 1652.

// The root over 64 nodes. Domain 1 is NODE. Cost: 9 * 402.
template CapRoot() {
    signal input cap[64];
    signal output root;

    component node[8];
    component top = Hash(8, 1);
    for (var i = 0; i < 8; i++) {
        node[i] = Hash(8, 1);
        for (var j = 0; j < 8; j++) {
            node[i].in[j] <== cap[8 * i + j];
        }
        top.in[i] <== node[i].out;
    }
    root <== top.out;
}

// Requires that the node at the index of six boolean bits is `old`, and puts `new` in its place.
template CapUpdate() {
    signal input cap[64];
    signal input bit[6];
    signal input old;
    signal input new;
    signal output next[64];

    signal hot[64] <== OneHot(6)(bit);
    signal found <== Dot(64)(hot, cap);
    found === old;
    for (var i = 0; i < 64; i++) {
        next[i] <== cap[i] + hot[i] * (new - old);
    }
}
