"""Guessing passwords is slowed down, at whichever door."""
