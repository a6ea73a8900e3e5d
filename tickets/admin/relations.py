"""Admin pages of `tickets.relations`."""
