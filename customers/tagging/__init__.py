"""Tagging rules at work: on one customer after a change, and on everybody at night."""
