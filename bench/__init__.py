"""Measures this system and its peers on one machine, in one run: `make bench`."""
