"""What a page changed, told at its end with a few statements: history, events, differences."""

from collections.abc import Mapping
from typing import Any

from config.events.publish import publish_many
from customers.actions.history import about, changed_later, order_key
from customers.actors import Entry, system_actor
from customers.models import Customer, CustomerEvent, CustomerEventKind

Pair = tuple[Any, Any]


class Ledger:
    """Filled while a page is applied; `close` in the same transaction."""

    def __init__(self) -> None:
        self.actor = system_actor(Entry.WECOM_SYNC)
        self.differences: list[tuple[str, str]] = []
        self.touched: set[int] = set()
        self._history: list[CustomerEvent] = []
        self._events: dict[str, list[tuple[Customer, dict[str, Any]]]] = {}

    def record(
        self,
        customer: Customer,
        kind: CustomerEventKind,
        *,
        content: str = "",
        changes: Mapping[str, Pair] | None = None,
    ) -> None:
        self.touched.add(customer.pk)
        self._history.append(
            CustomerEvent(
                customer=customer,
                kind=kind,
                content=content[:500],
                changes={name: list(pair) for name, pair in (changes or {}).items()},
                actor_name=self.actor.name,
                entry=self.actor.entry,
            )
        )

    def announce(self, event_type: str, customer: Customer, **data: Any) -> None:
        self._events.setdefault(event_type, []).append((customer, data))

    def differs(self, kind: str, words: str) -> None:
        self.differences.append((kind, words[:200]))

    def close(self) -> None:
        """Writes all of it; one statement for each kind of event."""
        CustomerEvent.objects.bulk_create(self._history)
        for event_type, items in self._events.items():
            publish_many(
                event_type,
                [{**about(customer, self.actor), **data} for customer, data in items],
                keys=[order_key(customer.pk) for customer, _ in items],
            )
        if self.touched:
            changed_later(*self.touched)
