"""From JSON to a condition; nothing unknown passes, and each error names its place."""

from typing import Any

from config.errors import InvalidInputError
from customers.conditions import values
from customers.conditions.fields import Field, Param, field_named
from customers.conditions.kinds import Kind, Shape
from customers.conditions.language import (
    MAX_DEPTH,
    MAX_LEAVES,
    AllOf,
    AnyOf,
    Condition,
    Leaf,
    NotThat,
)

_KEYS = frozenset({"field", "op", "value"})


def parse(value: Any, *, attr: str = "conditions") -> Condition:
    """Raises `InvalidInputError` whose attr is the path of what is wrong: `conditions.all.0.value`."""
    return _Reader().condition(value, attr, 1)


class _Reader:
    """Counts leaves as it goes, so that a huge body is refused early."""

    def __init__(self) -> None:
        self._leaves = 0

    def condition(self, value: Any, path: str, depth: int) -> Condition:
        if not isinstance(value, dict):
            raise InvalidInputError("条件必须是对象", attr=path)
        if depth > MAX_DEPTH:
            raise InvalidInputError(f"条件最多嵌套 {MAX_DEPTH} 层", attr=path)
        if "field" in value:
            return self._leaf(value, path)
        if len(value) != 1:
            raise InvalidInputError("条件只能有 all、any、not 之一，或 field、op、value", attr=path)
        ((key, inner),) = value.items()
        if key == "not":
            return NotThat(self.condition(inner, f"{path}.not", depth + 1))
        if key not in ("all", "any"):
            raise InvalidInputError("条件只能有 all、any、not 之一，或 field、op、value", attr=path)
        return self._group(key, inner, f"{path}.{key}", depth)

    def _group(self, key: str, inner: Any, path: str, depth: int) -> Condition:
        if not isinstance(inner, list) or len(inner) > MAX_LEAVES:
            raise InvalidInputError(f"必须是不超过 {MAX_LEAVES} 项的列表", attr=path)
        if not inner and key == "any":
            raise InvalidInputError("至少要有一项", attr=path)
        parts = tuple(
            self.condition(item, f"{path}.{index}", depth + 1) for index, item in enumerate(inner)
        )
        return AllOf(parts) if key == "all" else AnyOf(parts)

    def _leaf(self, value: dict[str, Any], path: str) -> Leaf:
        self._leaves += 1
        if self._leaves > MAX_LEAVES:
            raise InvalidInputError(f"最多 {MAX_LEAVES} 个条件", attr=path)
        name = value["field"]
        field = field_named(name) if isinstance(name, str) else None
        if field is None:
            raise InvalidInputError(
                f"没有字段「{str(name)[:50]}」", code="unknown_field", attr=f"{path}.field"
            )
        op = value.get("op")
        operator = field.operators.get(op) if isinstance(op, str) else None
        if operator is None:
            known = "、".join(field.operators)
            raise InvalidInputError(
                f"「{field.label}」的运算只能是：{known}",
                code="unknown_operator",
                attr=f"{path}.op",
            )
        if "value" not in value:
            raise InvalidInputError("缺少 value", code="required", attr=f"{path}.value")
        read = values.read(
            operator.takes,
            value["value"],
            f"{path}.value",
            choices=[known for known, _ in field.choices()] if field.choices else None,
            normal=field.normal if op in ("eq", "ne", "in") else None,
        )
        return Leaf(field.name, str(op), read, _params(field, value, path), path)


def _params(field: Field, value: dict[str, Any], path: str) -> dict[str, Any]:
    known = {param.name: param for param in field.params}
    for key in value:
        if key not in _KEYS and key not in known:
            raise InvalidInputError(
                f"「{field.label}」没有这一项", code="unknown_key", attr=f"{path}.{str(key)[:50]}"
            )
    found = {}
    for name, param in known.items():
        if name in value:
            found[name] = _param(param, value[name], f"{path}.{name}")
        elif param.is_required:
            raise InvalidInputError(f"缺少 {param.label}", code="required", attr=f"{path}.{name}")
    return found


def _param(param: Param, value: Any, path: str) -> Any:
    if param.kind == Kind.INTEGER:
        return values.integer(value, path, least=1, most=values.MAX_DAYS)
    if param.choices is not None:
        choices = [known for known, _ in param.choices()]
        return values.read(Shape.CHOICE, value, path, choices=choices)
    return values.read(Shape.TEXT, value, path)
