"""Calls of `tickets.chat.assignment`."""
