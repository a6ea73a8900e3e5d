"""Tickets and what hangs on them: links, merges, watchers, attachments."""
