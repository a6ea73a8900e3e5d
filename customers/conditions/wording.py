"""A condition in Chinese, as the admin shows it."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from customers.conditions.fields import Field, field_named
from customers.conditions.kinds import Kind, Shape
from customers.conditions.language import AllOf, Condition, Leaf, NotThat
from customers.conditions.references import Names, names_in


def in_words(condition: Condition) -> str:
    """Such as `来源 是「企业微信」，且 活跃次数（最近 30 天）不少于 3`; one query for each kind of name."""
    return _words(condition, names_in(condition), is_outer=True)


def _words(condition: Condition, names: Names, *, is_outer: bool = False) -> str:
    if isinstance(condition, Leaf):
        return _leaf(condition, names)
    if isinstance(condition, NotThat):
        return f"不满足（{_words(condition.part, names, is_outer=True)}）"
    if isinstance(condition, AllOf) and not condition.parts:
        return "所有客户"
    joint = "，且 " if isinstance(condition, AllOf) else "，或 "
    told = joint.join(_words(part, names) for part in condition.parts)
    return told if is_outer or len(condition.parts) == 1 else f"（{told}）"


def _leaf(leaf: Leaf, names: Names) -> str:
    field = field_named(leaf.field)
    if field is None:
        return f"未知字段 {leaf.field}"
    label = field.label + _params(field, leaf.params)
    operator = field.operators[leaf.op]
    if leaf.op == "is_empty":
        told = "为空" if leaf.value else "不为空"
    elif field.kind == Kind.FLAG:
        return f"{label}：{'是' if leaf.value else '否'}"
    elif operator.takes == Shape.DAYS:
        before, after = operator.label.split("几")
        told = f"{before} {leaf.value} {after}"
    else:
        known = dict(field.choices()) if field.choices else names.get(field.source)
        value = _value(leaf.value, known, operator.takes)
        told = operator.label + (value if value.startswith("「") else f" {value}")
    return label + (told if label.endswith("）") else f" {told}")


def _params(field: Field, params: Mapping[str, Any]) -> str:
    told = []
    for param in field.params:
        if param.name not in params:
            continue
        value = params[param.name]
        if param.kind == Kind.INTEGER:
            told.append(f"最近 {value} 天")
        else:
            told.append(str(dict(param.choices())[value] if param.choices else value))
    return f"（{'、'.join(told)}）" if told else ""


def _value(value: Any, known: Mapping[Any, str] | None, shape: Shape) -> str:
    if shape in (Shape.INTEGERS, Shape.DECIMALS, Shape.DATES):
        return f"{_one(value[0], None)} 到 {_one(value[1], None)}"
    if isinstance(value, tuple):
        return "、".join(_one(item, known) for item in value)
    return _one(value, known)


def _one(value: Any, known: Mapping[Any, str] | None) -> str:
    if known is not None:
        return f"「{known.get(value, f'已删除的 {value} 号')}」"
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return f"「{value}」" if isinstance(value, str) else str(value)
