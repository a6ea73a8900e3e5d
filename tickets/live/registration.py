"""What this area announces at start (called from `TicketsConfig.ready()`)."""

from config.events.subscribers import subscribe


def register() -> None:
    """Every change of a ticket goes to the staff pages."""
    subscribe("ticket.#", "tickets.tasks.live.note_change")
