"""What the assistant learns from, and its models."""

from tickets.admin.assistant.learning import examples, models  # noqa: F401  (they register themselves)
