"""Saved filters and tagging rules."""
