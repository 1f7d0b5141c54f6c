pragma circom 2.1.6;

include "poseidon.circom";
include "range.circom";
include "select.circom";

// The fields of an order and what its owner signed; undertow/protocol/order.py. 181 bits, so the
// decomposition of the word is unique. Domain 3 is ORDER. Cost: 181 + 240 + 11.
template OpenOrder() {
    signal input word;
    signal input venue; // chain id and contract
    signal output account;
    signal output instrument;
    signal output instrumentBits[4];
    signal output isSell;
    signal output size;
    signal output limitPrice;
    signal output nonce;
    signal output expiryBatch;
    signal output reduceOnly;
    signal output immediateOrCancel;
    signal output feeCap;
    signal output message;

    component bits = Bits(181);
    bits.in <== word;
    var WIDTHS[10] = [24, 4, 1, 30, 36, 32, 32, 1, 1, 20];
    var fields[10];
    var at = 0;
    for (var f = 0; f < 10; f++) {
        var sum = 0;
        for (var b = 0; b < WIDTHS[f]; b++) {
            sum += bits.bits[at + b] * (1 << b);
        }
        fields[f] = sum;
        at += WIDTHS[f];
    }
    account <== fields[0];
    instrument <== fields[1];
    for (var b = 0; b < 4; b++) {
        instrumentBits[b] <== bits.bits[24 + b];
    }
    isSell <== fields[2];
    size <== fields[3];
    limitPrice <== fields[4];
    nonce <== fields[5];
    expiryBatch <== fields[6];
    reduceOnly <== fields[7];
    immediateOrCancel <== fields[8];
    feeCap <== fields[9];
    message <== Hash(2, 3)([venue, word]);
}
