"""What an item remembers in its column `moved`: who was asked in vain, and what went along."""

from typing import Any

from django.utils import timezone

from customers.models import HandoverItem

ASKED, IS_OWNER = "asked", "is_owner"


def note_asked(item: HandoverItem, *, state: str, code: str, detail: str) -> None:
    """The item's present candidate did not take over, and why."""
    item.moved.setdefault(ASKED, []).append(
        {
            "user_id": item.to_user_id,
            "name": item.to_user.display_name if item.to_user else "",
            "state": state,
            "code": code,
            "detail": detail,
            "at": timezone.now().isoformat(),
        }
    )


def asked_of(item: HandoverItem) -> list[dict[str, Any]]:
    """Who did not take over, in the order of asking."""
    asked: list[dict[str, Any]] = item.moved.get(ASKED, [])
    return asked


def note_owner(item: HandoverItem, *, is_owner: bool) -> None:
    """Whether the customer was the giver's own when the case began, or only bound to them."""
    item.moved[IS_OWNER] = is_owner


def was_owner(item: HandoverItem) -> bool:
    return bool(item.moved.get(IS_OWNER))


def along_with(item: HandoverItem) -> dict[str, int]:
    """What moved, by name."""
    return {name: n for name, n in item.moved.items() if name not in (ASKED, IS_OWNER)}
