pragma circom 2.2.0;

// @notice One value for each instrument, several to a word, the first one lowest.
// @param n How many values.
// @param width Bits of each.
// @param each Values to a word.
// @input(assumes) value: below 2^width, so that a word has one opening.
// @cost (n + each - 1) // each
template PackWords(n, width, each) {
    signal input value[n];
    signal output word[(n + each - 1) \ each];

    // A word is below the field's order.
    assert(width * each < 253);
    var count = (n + each - 1) \ each;
    var sum[count];
    for (var i = 0; i < n; i++) {
        sum[i \ each] += value[i] * (1 << (width * (i % each)));
    }
    word <== sum;
}
