"""Messaging in the operators' admin."""

from messaging.admin import accounts, batches, messages, templates

__all__ = ["accounts", "batches", "messages", "templates"]
