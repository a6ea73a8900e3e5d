"""Calls of `tickets.chat.statistics`."""
