"""Admin pages of `tickets.sla`."""
