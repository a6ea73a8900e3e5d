"""All that is known of a customer on one page (contract.md §3), in a bounded number of queries.

A profile is made of parts; each asks what it needs once, however much there is, and shows the
latest few. Rooms above add theirs with `register_part`.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.utils import timezone

from customers.actors import Actor
from customers.models import Customer

Collect = Callable[[Customer, Actor], Any]
SHOWN = 5
_parts: dict[str, Collect] = {}


def register_part(name: str, collect: Collect) -> None:
    """Called from `ready()`. `collect(customer, actor)` gives JSON with a bounded number of queries;
    the customer is one that the actor may see."""
    _parts[name] = collect


def customer_profile(customer: Customer, actor: Actor) -> dict[str, Any]:
    """Every part by its name; the caller has made sure that `actor` may see the customer."""
    parts = {name: collect(customer, actor) for name, collect in _parts.items()}
    return {"id": customer.pk, **parts}


def moment(at: datetime | None) -> str | None:
    """A time as the contract writes it."""
    return None if at is None else timezone.localtime(at).isoformat()


def register_own_parts() -> None:
    """What this room itself knows; called from `CustomersConfig.ready()`."""
    from customers.queries import profile_parts as own

    register_part("attributes", own.attributes)
    register_part("owner", own.owner)
    register_part("followers", own.followers)
    register_part("identifiers", own.identifiers)
    register_part("tags", own.tags)
    register_part("activity", own.activity)
    register_part("risk", own.risk)
    register_part("projects", own.projects)
    register_part("follow_ups", own.follow_ups)
    register_part("tasks", own.tasks)
    register_part("groups", own.groups)
