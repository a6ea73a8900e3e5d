"""Demo data of the tickets' room: `tickets.demo.load`."""

from tickets.demo.loading import load

__all__ = ["load"]
