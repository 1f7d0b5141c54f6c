pragma circom 2.2.0;

include "merkle.circom";

// @notice One level of the accounts' tree, as it is.
// @input(assumes) children: free; the nodes up to the root say what they must be.
// @output(proves) node: the node over the children, of which `child` is the one that `bit` (low
// first) points at.
// @cost 412
template OpenLevel() {
    signal input bit[ARITY_BITS()];
    signal input children[ARITY()];
    signal input child;
    signal output node;

    assert(ARITY() == 1 << ARITY_BITS());
    for (var i = 0; i < 3; i++) {
        bit[i] * (bit[i] - 1) === 0;
    }
    signal pair[4];
    for (var i = 0; i < 4; i++) {
        pair[i] <== bit[0] * (children[2 * i + 1] - children[2 * i]) + children[2 * i];
    }
    signal quad[2];
    for (var i = 0; i < 2; i++) {
        quad[i] <== bit[1] * (pair[2 * i + 1] - pair[2 * i]) + pair[2 * i];
    }
    child === bit[2] * (quad[1] - quad[0]) + quad[0];
    node <== Hash(ARITY(), DOMAIN_NODE())(children);
}

// @notice A path of the accounts' tree.
// @param depth Levels of the path.
// @output(proves) root: of a tree that has the leaf at `index`.
// @cost 412 * depth + 1
template OpenPath(depth) {
    signal input bit[ARITY_BITS() * depth]; // of the index, low first
    signal input children[depth][ARITY()]; // of the nodes on the path, from the leaf up
    signal input leaf;
    signal output index;
    signal output root;

    signal node[depth + 1];
    node[0] <== leaf;
    var place = 0;
    for (var d = 0; d < depth; d++) {
        var at[3];
        for (var i = 0; i < 3; i++) {
            at[i] = bit[ARITY_BITS() * d + i];
            place += at[i] * (1 << (ARITY_BITS() * d + i));
        }
        node[d + 1] <== OpenLevel()(at, children[d], node[d]);
    }
    index <== place;
    root <== node[depth];
}
