"""The rules: pure, in integers. Each is proved by the circuit of the same name."""
