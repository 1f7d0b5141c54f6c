pragma circom 2.2.0;

include "../generated/layout.circom";
include "merkle.circom";
include "poseidon.circom";
include "range.circom";
include "select.circom";

// The nodes of the accounts' tree two levels below its root, carried from update to update and
// hashed once at each end: an update here costs a quarter of the two levels' hashes.

function CAP_BITS() { return 2 * ARITY_BITS(); }

// @notice The root over the cap.
// @cost 9 * 402
template CapRoot() {
    signal input cap[CAP()];
    signal output root;

    assert(CAP() == ARITY() * ARITY());
    component node[ARITY()];
    component top = Hash(ARITY(), DOMAIN_NODE());
    for (var i = 0; i < ARITY(); i++) {
        node[i] = Hash(ARITY(), DOMAIN_NODE());
        for (var j = 0; j < ARITY(); j++) {
            node[i].in[j] <== cap[ARITY() * i + j];
        }
        top.in[i] <== node[i].out;
    }
    root <== top.out;
}

// @notice Puts a node in the place of another.
// @input(assumes) bit: 0 or 1 each, low first: where the node stands.
// @output(proves) next: `cap` with `new` at that place, where `cap` has `old`.
// @cost 253
template CapUpdate() {
    signal input cap[CAP()];
    signal input bit[CAP_BITS()];
    signal input old;
    signal input new;
    signal output next[CAP()];

    signal hot[CAP()] <== OneHot(CAP_BITS())(bit);
    signal found <== Dot(CAP())(hot, cap);
    found === old;
    for (var i = 0; i < CAP(); i++) {
        next[i] <== cap[i] + hot[i] * (new - old);
    }
}

// @notice Puts a leaf in the place of another.
// @param levels How many levels the leaves are below the cap.
// @input(assumes) children: free; the hashes up to the cap say what they must be.
// @output(proves) nextCap: of the tree with `new` at `index`, where the tree of `cap` has `old`.
// @cost 829 * levels + 260
template MoveLeaf(levels) {
    signal input index;
    signal input children[levels][ARITY()];
    signal input old;
    signal input new;
    signal input cap[CAP()];
    signal output nextCap[CAP()];

    var low = ARITY_BITS() * levels;
    component at = Bits(low + CAP_BITS());
    at.in <== index;
    component path = Update(levels);
    for (var b = 0; b < low; b++) {
        path.bit[b] <== at.bits[b];
    }
    path.children <== children;
    path.leaf0 <== old;
    path.leaf1 <== new;
    component top = CapUpdate();
    top.cap <== cap;
    for (var b = 0; b < CAP_BITS(); b++) {
        top.bit[b] <== at.bits[low + b];
    }
    top.old <== path.oldRoot;
    top.new <== path.newRoot;
    nextCap <== top.next;
}
