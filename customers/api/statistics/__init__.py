"""Customers counted."""
