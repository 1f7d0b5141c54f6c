pragma circom 2.2.0;

// Written by scripts/write_layouts.py from undertow/protocol/layout.py.

// Sizes, widths and scales of the safety table.
function SURPLUS_BITS() { return 33; }
function SHOCK_SHIFT() { return 27; }
function CONTINGENCY_SHIFT() { return 17; }
function GRID_BITS() { return 24; }
function HIGH_BITS() { return 4; }
function PLACE_BITS() { return 3; }
function POWER_WIDTH() { return 6; }
function RINGS() { return 5; }
function EXPIRY_RING() { return 4; }
function COUNTER_WIDTH() { return 25; }
function CLOCK_WIDTH() { return 32; }
function CLOCK_CELL_WIDTH() { return 52; }
function CLOCK_STEPS_WIDTH() { return 16; }
function JUMP_WIDTH() { return 8; }
function CELL_WIDTH() { return 7; }
function CELLS_WIDTH() { return 27; }

// The factors of an edge, 2^-12 each; a coarser grid has every other one of the second.
function HIGH_FACTORS() { return [4096, 4277, 4466, 4664, 4870, 5086, 5311, 5547, 5792, 6049, 6316, 6596, 6888, 7193, 7512, 7844]; }
function LOW_FACTORS() { return [4096, 4107, 4118, 4129, 4140, 4151, 4163, 4174, 4185, 4197, 4208, 4219, 4231, 4242, 4254, 4265]; }
function LOW_FACTORS_BITS() { return 4; }
