"""Admin pages of `tickets.reminders`."""
