"""What came in, how soon it was answered and solved, what was promised, what is left."""
