"""After which events a customer is looked at again; rooms above add theirs."""

from config.events.subscribers import subscribe

TASK = "customers.tasks.risk.reassess"
OWN = (
    "customer.follower.removed",
    "customer.follower.added",
    "customer.lost",
    "customer.recovered",
    "customer.deleted",
    "customer.restored",
    "customer.erased",
    "customer.blocked",
    "customer.unblocked",
    "customer.transferred",
    "customer.merged",
)


def reassess_after(*event_types: str) -> None:
    """Called from `ready()`; the events' data name the `customer_id`."""
    for event_type in event_types:
        subscribe(event_type, TASK)


def subscribe_to_changes() -> None:
    reassess_after(*OWN)
