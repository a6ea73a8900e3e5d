"""What kinds of fields there are, the operators of each, and what value each operator takes."""

from dataclasses import dataclass
from enum import StrEnum


class Shape(StrEnum):
    """What stands in `value`."""

    TEXT = "text"
    TEXTS = "texts"
    INTEGER = "integer"
    INTEGERS = "integer_pair"
    DECIMAL = "decimal"
    DECIMALS = "decimal_pair"
    DATE = "date"
    DATES = "date_pair"
    DAYS = "days"
    FLAG = "boolean"
    CHOICE = "choice"
    CHOICES = "choices"


@dataclass(frozen=True)
class Operator:
    label: str
    takes: Shape


def _numbers(one: Shape, two: Shape) -> dict[str, Operator]:
    return {
        "eq": Operator("等于", one),
        "ne": Operator("不等于", one),
        "gt": Operator("大于", one),
        "gte": Operator("不少于", one),
        "lt": Operator("小于", one),
        "lte": Operator("不超过", one),
        "between": Operator("介于", two),
    }


EMPTY = Operator("为空", Shape.FLAG)


class Kind(StrEnum):
    TEXT = "text"
    INTEGER = "integer"
    DECIMAL = "decimal"
    DATE = "date"
    FLAG = "boolean"
    # One of a few values that the field names, or of things that have an id (a member of staff).
    CHOICE = "choice"
    # Several of them at once: tags, groups, stages of projects.
    SET = "set"


OPERATORS: dict[Kind, dict[str, Operator]] = {
    Kind.TEXT: {
        "eq": Operator("等于", Shape.TEXT),
        "ne": Operator("不等于", Shape.TEXT),
        "contains": Operator("包含", Shape.TEXT),
        "not_contains": Operator("不包含", Shape.TEXT),
        "starts_with": Operator("开头是", Shape.TEXT),
        "in": Operator("是其中之一", Shape.TEXTS),
        "is_empty": EMPTY,
    },
    Kind.INTEGER: _numbers(Shape.INTEGER, Shape.INTEGERS),
    Kind.DECIMAL: _numbers(Shape.DECIMAL, Shape.DECIMALS),
    Kind.DATE: {
        "within_days": Operator("在最近几天内", Shape.DAYS),
        "older_than_days": Operator("在几天之前", Shape.DAYS),
        "next_days": Operator("在今后几天内", Shape.DAYS),
        "on": Operator("在当天", Shape.DATE),
        "before": Operator("早于", Shape.DATE),
        "after": Operator("晚于", Shape.DATE),
        "between": Operator("介于", Shape.DATES),
        "is_empty": EMPTY,
    },
    Kind.FLAG: {"eq": Operator("是", Shape.FLAG)},
    Kind.CHOICE: {
        "eq": Operator("是", Shape.CHOICE),
        "ne": Operator("不是", Shape.CHOICE),
        "in": Operator("是其中之一", Shape.CHOICES),
        "not_in": Operator("不是其中任何一个", Shape.CHOICES),
        "is_empty": EMPTY,
    },
    Kind.SET: {
        "has_any": Operator("含任意一个", Shape.CHOICES),
        "has_all": Operator("含全部", Shape.CHOICES),
        "has_none": Operator("一个也不含", Shape.CHOICES),
        "is_empty": EMPTY,
    },
}
