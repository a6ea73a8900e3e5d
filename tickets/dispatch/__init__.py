"""Giving tickets to whoever can take them, and remembering why."""
