"""Chats by day and colleague, what customers thought of them, the assistant's share."""
