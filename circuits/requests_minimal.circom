pragma circom 2.2.0;

include "requests.circom";

component main = Requests(2, 7, 6);
