pragma circom 2.2.0;

include "exit.circom";

component main = Exit();
