"""Customers themselves: list, detail, create, edit, owner, block list."""
