"""What staff pages are told."""
