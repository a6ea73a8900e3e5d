"""Admin pages of `tickets.desk`."""
