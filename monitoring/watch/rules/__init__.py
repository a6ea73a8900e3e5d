"""The rules of the watch, by what they look at."""

from monitoring.watch.rules import delivery, flow, machine, parts


def register_all() -> None:
    for room in (parts, delivery, flow, machine):
        room.register()
