"""Channels whose providers are scripts, as messaging's own tests have them."""

from tests.messaging.conftest import accept, channel, new_template, operator, reporting, tell

__all__ = ["accept", "channel", "new_template", "operator", "reporting", "tell"]
