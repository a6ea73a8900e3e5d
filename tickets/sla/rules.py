"""What a policy says: for which tickets, how soon, by which clock, and who is warned when."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from itertools import pairwise
from typing import Any

from config.errors import InvalidInputError
from customers.actions.tags import tags_of_ids
from messaging.markup import one_line
from tickets.models import Clock, Priority, SlaTarget
from tickets.working_time.clock import PLAIN, Time, timetable

ASSIGNEE, SUPERVISOR, GROUP = "assignee", "supervisor", "group"
TELL = {ASSIGNEE: "负责人", SUPERVISOR: "主管", GROUP: "群"}
LADDER_SETTING = "ticket.sla_ladder"
DEFAULT_LADDER = [
    {"percent": 50, "tell": [ASSIGNEE]},
    {"percent": 80, "tell": [ASSIGNEE, SUPERVISOR]},
    {"percent": 100, "tell": [GROUP, SUPERVISOR]},
]
MAX_RUNGS = 8
MAX_PERCENT = 500
MAX_MINUTES = 60 * 24 * 366
MAX_RANK = 10_000
MAX_CHOSEN = 100
NAME_LENGTH = PRODUCT_LENGTH = 100

LADDER_SCHEMA: dict[str, Any] = {
    "type": "array",
    "maxItems": MAX_RUNGS,
    "items": {
        "type": "object",
        "properties": {
            "percent": {"type": "integer", "minimum": 1, "maximum": MAX_PERCENT},
            "tell": {
                "type": "array",
                "items": {"enum": list(TELL)},
                "minItems": 1,
                "uniqueItems": True,
            },
        },
        "required": ["percent", "tell"],
        "additionalProperties": False,
    },
}


@dataclass(frozen=True)
class Rung:
    """At `percent` of the time `tell` are told."""

    percent: int
    tell: tuple[str, ...]


@dataclass(frozen=True)
class Rules:
    """One version of a policy. `tags` are ids; of a condition's values one suffices."""

    name: str
    rank: int
    is_active: bool
    priorities: tuple[str, ...]
    products: tuple[str, ...]
    tags: tuple[int, ...]
    response_minutes: int | None
    resolution_minutes: int | None
    clock: str
    ladder: tuple[Rung, ...]

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Rules":
        lists = {name: tuple(stored[name]) for name in ("priorities", "products", "tags")}
        return cls(**{**stored, **lists, "ladder": ladder_of(stored["ladder"])})

    def as_json(self) -> dict[str, Any]:
        stored = asdict(self)
        for name in ("priorities", "products", "tags"):
            stored[name] = list(stored[name])
        stored["ladder"] = [
            {"percent": rung.percent, "tell": list(rung.tell)} for rung in self.ladder
        ]
        return stored

    @property
    def time(self) -> Time:
        return timetable() if self.clock == Clock.WORKING else PLAIN

    def promised(self, target: SlaTarget) -> timedelta | None:
        minutes = self.response_minutes if target == SlaTarget.RESPONSE else self.resolution_minutes
        return timedelta(minutes=minutes) if minutes is not None else None


def ladder_of(stored: Sequence[Mapping[str, Any]]) -> tuple[Rung, ...]:
    return tuple(Rung(rung["percent"], tuple(rung["tell"])) for rung in stored)


def checked_rules(given: Mapping[str, Any]) -> Rules:
    """`given` has every field of `Rules`, as JSON; raises `InvalidInputError` naming a wrong one."""
    name = one_line(given["name"])
    if not 1 <= len(name) <= NAME_LENGTH:
        raise InvalidInputError(f"名称必须是 1 到 {NAME_LENGTH} 个字", attr="name")
    if not 0 <= given["rank"] <= MAX_RANK:
        raise InvalidInputError(f"顺序必须是 0 到 {MAX_RANK}", attr="rank")
    for field in ("response_minutes", "resolution_minutes"):
        if given[field] is not None and not 1 <= given[field] <= MAX_MINUTES:
            raise InvalidInputError(f"必须是 1 到 {MAX_MINUTES} 分钟", attr=field)
    if given["response_minutes"] is None and given["resolution_minutes"] is None:
        raise InvalidInputError("首次响应和解决至少填一个", attr="resolution_minutes")
    if given["clock"] not in Clock:
        raise InvalidInputError(f"没有名为 {given['clock']} 的计时方式", attr="clock")
    return Rules(
        name=name,
        rank=given["rank"],
        is_active=given["is_active"],
        priorities=_priorities(given["priorities"]),
        products=_products(given["products"]),
        tags=tuple(tag.pk for tag in tags_of_ids(_few(given["tags"], "tag_ids"))),
        response_minutes=given["response_minutes"],
        resolution_minutes=given["resolution_minutes"],
        clock=str(given["clock"]),
        ladder=checked_ladder(given["ladder"]),
    )


def checked_ladder(given: Sequence[Mapping[str, Any]], attr: str = "ladder") -> tuple[Rung, ...]:
    """Rungs that obey the schema; they rise, and each tells somebody."""
    if len(given) > MAX_RUNGS:
        raise InvalidInputError(f"阶梯最多 {MAX_RUNGS} 级", attr=attr)
    for number, rung in enumerate(given):
        if not 1 <= rung["percent"] <= MAX_PERCENT:
            raise InvalidInputError(
                f"进度必须是 1 到 {MAX_PERCENT}（%）", attr=f"{attr}.{number}.percent"
            )
        if not rung["tell"] or set(rung["tell"]) - set(TELL):
            raise InvalidInputError(
                f"通知对象须从 {'、'.join(TELL)} 中选", attr=f"{attr}.{number}.tell"
            )
    for number, (lower, higher) in enumerate(pairwise(given), start=1):
        if higher["percent"] <= lower["percent"]:
            raise InvalidInputError(
                "各级的进度必须从小到大且不重复", attr=f"{attr}.{number}.percent"
            )
    order = list(TELL)
    return tuple(
        Rung(rung["percent"], tuple(sorted(set(rung["tell"]), key=order.index))) for rung in given
    )


def check_ladder_setting(value: Sequence[Mapping[str, Any]]) -> None:
    checked_ladder(value, "value")


def _priorities(given: Sequence[str]) -> tuple[str, ...]:
    unknown = set(given) - set(Priority.values)
    if unknown:
        raise InvalidInputError(f"没有名为 {min(unknown)[:20]} 的优先级", attr="priorities")
    return tuple(priority for priority in Priority.values if priority in given)


def _products(given: Sequence[str]) -> tuple[str, ...]:
    products = list(dict.fromkeys(one_line(product) for product in _few(given, "products")))
    if any(not 1 <= len(product) <= PRODUCT_LENGTH for product in products):
        raise InvalidInputError(f"每个产品须有 1 到 {PRODUCT_LENGTH} 个字", attr="products")
    return tuple(products)


def _few(given: Sequence[Any], attr: str) -> Sequence[Any]:
    if len(given) > MAX_CHOSEN:
        raise InvalidInputError(f"最多选 {MAX_CHOSEN} 个", attr=attr)
    return given
