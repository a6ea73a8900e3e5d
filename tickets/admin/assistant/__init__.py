"""The assistant in the operators' admin."""

from tickets.admin.assistant import (  # noqa: F401  (they register themselves)
    articles,
    gaps,
    learning,
    talks,
)
