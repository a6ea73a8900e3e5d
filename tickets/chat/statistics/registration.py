"""What this area announces at start (called from `TicketsConfig.ready()`)."""


def register() -> None:
    """The search over chats."""
    from tickets.chat import search

    search.register()
