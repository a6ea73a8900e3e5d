"""What the assistant announces at start (called from `TicketsConfig.ready()`)."""

from config.events.subscribers import subscribe
from tickets.assistant import personal_data, retention, settings, timeline
from tickets.assistant.knowledge import registration as knowledge
from tickets.assistant.learning import registration as learning
from tickets.assistant.pending import queue as pending
from tickets.assistant.strategies.llm import settings as llm


def register() -> None:
    """Runtime settings, strategies and registries of `tickets.assistant`."""
    settings.register()
    llm.register()
    personal_data.register()
    timeline.register()
    retention.register()
    subscribe("customer.bound", "tickets.tasks.assistant.routing.hear_bound", queue=pending.QUEUE)
    for area in (knowledge, learning):
        area.register()
