"""Calls of `tickets.chat.entries`."""
