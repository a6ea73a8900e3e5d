"""The tickets' room in the operators' admin, one module for each thing."""

from tickets.admin import (  # noqa: F401  (they register themselves)
    assistant,
    chat,
    desk,
    dispatch,
    relations,
    reminders,
    sla,
    tickets,
)
