"""What staff pages are told as it happens."""
