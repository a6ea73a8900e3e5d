"""Customers from a table: its content, its rows, whom they are, what is written."""
