"""Which filters a saved view may hold: those of the ticket list, with values that it understands."""

from typing import Any

from django.http import QueryDict

from config.errors import InvalidInputError

MOST_VALUES = 50


def checked_filters(filters: dict[str, Any]) -> dict[str, Any]:
    """The list's parameters as texts and lists of texts.

    Raises `InvalidInputError` with `attr="filters.<name>"` for a name or value the list refuses.
    """
    # The list's own filters are the door's; whoever asks is a door too.
    from tickets.api.tickets.filters import TicketFilter
    from tickets.api.tickets.views import TicketViewSet

    kept = {name: _texts(name, value) for name, value in filters.items()}
    query = QueryDict(mutable=True)
    for name, texts in kept.items():
        query.setlist(name, texts)
    known = TicketFilter.base_filters.keys()
    for name, texts in kept.items():
        if name == "ordering":
            _check_ordering(texts, TicketViewSet.ordering_fields)
        elif name not in known:
            raise _refusal(name, "列表没有这个筛选条件")
    form = TicketFilter(query).form
    for name, errors in form.errors.items():
        raise _refusal(name, str(errors[0]))
    return {name: texts if len(texts) != 1 else texts[0] for name, texts in kept.items()}


def _texts(name: str, value: Any) -> list[str]:
    values = value if isinstance(value, list) else [value]
    if not 0 < len(values) <= MOST_VALUES:
        raise _refusal(name, f"必须有 1 到 {MOST_VALUES} 个值")
    return [_text(name, one) for one in values]


def _text(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int):
        return str(value)
    raise _refusal(name, "必须是文本、数字或其列表")


def _check_ordering(texts: list[str], known: list[str]) -> None:
    for text in ",".join(texts).split(","):
        if text.strip().removeprefix("-") not in known:
            raise _refusal("ordering", f"只能按这些排序：{'、'.join(known)}")


def _refusal(name: str, detail: str) -> InvalidInputError:
    return InvalidInputError(detail, attr=f"filters.{name[:50]}")
