"""Calls of `tickets.chat.lifecycle`."""
