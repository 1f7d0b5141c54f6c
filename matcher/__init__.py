"""The matcher: takes in sealed orders, clears batches, and keeps what it decrypts to itself."""
