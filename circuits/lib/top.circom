pragma circom 2.2.0;

include "../generated/layout.circom";
include "merkle.circom";
include "poseidon.circom";
include "range.circom";

// The nodes of the accounts' tree two levels below its root, carried from update to update and
// hashed once at each end: an update here costs a quarter of the two levels' hashes.

function TOP_BITS() { return 2 * ARITY_BITS(); }

// @notice The root over the top.
// @cost 9 * 402
template TopRoot() {
    signal input top[TOP()];
    signal output root;

    assert(TOP() == ARITY() * ARITY());
    component node[ARITY()];
    component over = Hash(ARITY(), DOMAIN_NODE());
    for (var i = 0; i < ARITY(); i++) {
        node[i] = Hash(ARITY(), DOMAIN_NODE());
        for (var j = 0; j < ARITY(); j++) {
            node[i].in[j] <== top[ARITY() * i + j];
        }
        over.in[i] <== node[i].out;
    }
    root <== over.out;
}

// @notice Puts a node in the place of another.
// @input(assumes) bit: 0 or 1 each, low first: where the node stands.
// @output(proves) next: `top` with `new` at that place, by (1), where `top` has `old`: one of `hot` is
// 1 and all others 0, so what (1) moves is `new` less the node there, and (2) says that this is `old`.
// @cost 2^6 - 2 + 64 + 1
template TopUpdate() {
    signal input top[TOP()];
    signal input bit[TOP_BITS()];
    signal input old;
    signal input new;
    signal output next[TOP()];

    // As OneHot has them; here no signal stands for those that are sums.
    signal product[TOP() - 2];
    var hot[TOP()];
    hot[0] = 1 - bit[0];
    hot[1] = bit[0];
    var k = 0;
    for (var b = 1; b < TOP_BITS(); b++) {
        for (var i = 0; i < 1 << b; i++) {
            product[k] <== bit[b] * hot[i];
            hot[i + (1 << b)] = product[k];
            hot[i] = hot[i] - product[k];
            k++;
        }
    }
    var moved = 0;
    for (var i = 0; i < TOP(); i++) {
        next[i] <== top[i] + hot[i] * (new - top[i]); // (1)
        moved += next[i] - top[i];
    }
    moved === new - old; // (2)
}

// @notice Puts a leaf in the place of another.
// @param levels How many levels the leaves are below the top.
// @input(assumes) children: free; the hashes up to the top say what they must be.
// @output(proves) nextTop: of the tree with `new` at `index`, where the tree of `top` has `old`.
// @cost 829 * levels + 134
template MoveLeaf(levels) {
    signal input index;
    signal input children[levels][ARITY()];
    signal input old;
    signal input new;
    signal input top[TOP()];
    signal output nextTop[TOP()];

    var low = ARITY_BITS() * levels;
    component at = Bits(low + TOP_BITS());
    at.in <== index;
    component path = Update(levels);
    for (var b = 0; b < low; b++) {
        path.bit[b] <== at.bits[b];
    }
    path.children <== children;
    path.leaf0 <== old;
    path.leaf1 <== new;
    component update = TopUpdate();
    update.top <== top;
    for (var b = 0; b < TOP_BITS(); b++) {
        update.bit[b] <== at.bits[low + b];
    }
    update.old <== path.oldRoot;
    update.new <== path.newRoot;
    nextTop <== update.next;
}
