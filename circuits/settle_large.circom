pragma circom 2.2.0;

include "settle_batch.circom";

component main = SettleBatch(64, 8, 8, 7);
