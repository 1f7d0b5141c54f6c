"""Field, hash, curve, signatures and trees; knows nothing else of Undertow."""
