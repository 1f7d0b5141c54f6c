pragma circom 2.1.6;

include "settle_batch.circom";

component main = SettleBatch(16, 2, 6);
