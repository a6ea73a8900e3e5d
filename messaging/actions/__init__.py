"""What operators do with messages."""
