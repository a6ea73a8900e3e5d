"""A command as JSON, for the choices that wait for somebody's number."""

from dataclasses import asdict
from decimal import Decimal
from typing import Any

from wechat.commands import meaning
from wechat.commands.meaning import Command, Target

_KINDS: dict[str, type] = {
    kind.__name__: kind
    for kind in (
        meaning.AssignTicket,
        meaning.CreateTicket,
        meaning.RecordCustomer,
        meaning.ResolveIssue,
        meaning.TransferEngineer,
    )
}
_TUPLES = frozenset({"ticket_ids", "products"})


def dump(command: Command) -> dict[str, Any]:
    """Plain JSON; `load` makes the same command of it."""
    fields = {
        name: str(value) if isinstance(value, Decimal) else value
        for name, value in asdict(command).items()
    }
    return {"kind": type(command).__name__, "fields": fields}


def load(data: dict[str, Any]) -> Command:
    fields = {name: _value(name, value) for name, value in data["fields"].items()}
    command: Command = _KINDS[data["kind"]](**fields)
    return command


def _value(name: str, value: Any) -> Any:
    if name == "target":
        return Target(**{key: _value(key, item) for key, item in value.items()})
    if name == "amount":
        return Decimal(value)
    return tuple(value) if name in _TUPLES else value
