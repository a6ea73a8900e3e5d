"""Collecting what a new ticket needs, over several messages."""
