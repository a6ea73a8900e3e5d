"""What happened to customers, in the operators' history."""

from collections.abc import Sequence

from django.urls import reverse

from config.audit import sources
from config.audit.sources import Act, Asked, Change
from customers.actors import Entry, actor_for
from customers.models import Customer, CustomerEvent
from customers.phone_visibility import text_shown
from customers.visibility import events_visible_to

LONGEST = 200
ENTRIES = dict(Entry.choices)
LABELS = {
    field.name: str(getattr(field, "verbose_name", field.name))
    for field in Customer._meta.get_fields()  # noqa: SLF001  (documented, for all its name)
}


def register() -> None:
    sources.register("customers", "客户动态", _acts)


def _acts(asked: Asked, most: int) -> Sequence[Act]:
    if asked.model not in ("", "customers.customer"):
        return []
    visible = events_visible_to(actor_for(asked.user, Entry.ADMIN))
    rows = visible.filter(asked.rule("customers", "created_at", "actor_id"))
    if asked.words:
        rows = rows.filter(customer__name__icontains=asked.words)
    shown = rows.select_related("customer").order_by("-created_at", "-id")[:most]
    return [_act(event, asked) for event in shown]


def _act(event: CustomerEvent, asked: Asked) -> Act:
    return Act(
        at=event.created_at,
        key=event.pk,
        who=event.actor_name,
        where=ENTRIES.get(event.entry, event.entry),
        what=event.get_kind_display(),
        thing=f"客户 {event.customer.name}",
        href=reverse("admin:customers_customer_change", args=[event.customer_id]),
        said=text_shown(event.content[:LONGEST], asked.user),
        changes=[
            Change(
                LABELS.get(name, name),
                *(text_shown(_said(value), asked.user) for value in pair),
            )
            for name, pair in event.changes.items()
            if isinstance(pair, list) and len(pair) == 2
        ],
    )


def _said(value: object) -> str:
    return "—" if value in (None, "", [], {}) else str(value)[:LONGEST]
