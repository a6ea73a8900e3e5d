"""The embedded profile: worker, beat and relay as threads beside the web server (design.md §3)."""
