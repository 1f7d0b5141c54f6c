pragma circom 2.1.6;

include "requests.circom";

component main = Requests(8, 8);
