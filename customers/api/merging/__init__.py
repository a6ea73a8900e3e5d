"""Customers that may be one (docs/binding.md)."""
