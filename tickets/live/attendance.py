"""A page that is heard from shows that its user is there."""

import time
from collections.abc import Collection

from customers.queries.staff import team_members
from tickets.presence.actions import presence_lost, presence_seen

EVERY_SECONDS = 20.0


class Attendance:
    """Lets one write a user through in `EVERY_SECONDS`, however many pages they have open."""

    def __init__(self) -> None:
        self._written: dict[int, float] = {}

    def due(self, users: Collection[int]) -> set[int]:
        now = time.monotonic()
        self._written = {
            user: at for user, at in self._written.items() if now - at < EVERY_SECONDS
        }
        found = {user for user in users if user not in self._written}
        self._written.update(dict.fromkeys(found, now))
        return found

    def forget(self, users: Collection[int]) -> None:
        """Whoever left and comes back is written down at once."""
        for user in users:
            self._written.pop(user, None)


def seen(users: Collection[int]) -> None:
    for user in team_members().filter(pk__in=users):
        presence_seen(user=user)


def lost(users: Collection[int]) -> None:
    for user in team_members().filter(pk__in=users):
        presence_lost(user=user)
