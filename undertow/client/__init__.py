"""What a trader runs: keys stay here, orders leave sealed, receipts are checked."""
