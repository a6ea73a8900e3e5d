"""Live chat in the operators' admin."""

from tickets.admin.chat import agents, records  # noqa: F401  (they register themselves)
