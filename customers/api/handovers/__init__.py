"""Handing customers over."""
