pragma circom 2.2.0;

include "settle_batch.circom";

component main = SettleBatch(16, 2, 7, 6);
