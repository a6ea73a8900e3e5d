"""Turns that wait for a model: kept first, answered outside the transaction, never later than due."""
