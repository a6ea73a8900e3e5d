"""Scheduled jobs over HTTP, for administrators."""
