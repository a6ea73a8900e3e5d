"""Admin pages of `tickets.dispatch`."""
