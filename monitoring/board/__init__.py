"""The monitor: one snapshot of how everything goes, for a page, a socket and an API (docs/monitor.md)."""
