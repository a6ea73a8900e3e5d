"""Chasing what is overdue (seed 001, scene 4)."""
