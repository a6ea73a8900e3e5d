"""Calls of `tickets.chat.messages`."""
