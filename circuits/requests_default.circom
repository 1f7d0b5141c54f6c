pragma circom 2.2.0;

include "requests.circom";

component main = Requests(8, 7, 6);
