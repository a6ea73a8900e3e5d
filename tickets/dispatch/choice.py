"""Who of the colleagues gets a ticket, and why the others do not."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypedDict

from tickets.dispatch.colleagues import Colleague
from tickets.dispatch.rules import DispatchRules
from tickets.models import PresenceStatus, Ticket


class Obstacle(StrEnum):
    """Why somebody is passed over; the value is what people read."""

    MISSED = "已错过本工单"
    NO_SKILL = "没有该产品技能"
    OFFLINE = "不在线"
    BUSY = "忙碌"
    OFF_HOURS = "不在工作时间"
    FULL = "已达上限"


class Weighed(TypedDict):
    """One candidate as a decision keeps it; `level` is None where the product does not matter."""

    user_id: int
    name: str
    level: int | None
    load: int
    limit: int
    is_owner: bool
    is_chosen: bool
    reason: str


@dataclass(frozen=True)
class Choice:
    """`best` is None when nobody can take the ticket; `reason` says why them, or why nobody."""

    best: Colleague | None
    reason: str
    weighed: list[Weighed]


def obstacle_for(
    colleague: Colleague, ticket: Ticket, rules: DispatchRules, missed: Collection[int]
) -> Obstacle | None:
    """What lasts longest is named first."""
    if colleague.profile.user_id in missed:
        return Obstacle.MISSED
    if ticket.product.strip() and not (colleague.is_generalist or colleague.level(ticket.product)):
        return Obstacle.NO_SKILL
    return obstacle_to_any(colleague, rules)


def obstacle_to_any(colleague: Colleague, rules: DispatchRules) -> Obstacle | None:
    """Why they take no ticket at all now."""
    if rules.needs_presence and colleague.presence == PresenceStatus.OFFLINE:
        return Obstacle.OFFLINE
    if colleague.presence == PresenceStatus.BUSY:
        return Obstacle.BUSY
    if not colleague.is_at_work:
        return Obstacle.OFF_HOURS
    if colleague.load >= colleague.limit:
        return Obstacle.FULL
    return None


def choose(
    team: Sequence[Colleague], ticket: Ticket, rules: DispatchRules, missed: Collection[int]
) -> Choice:
    """The customer's own owner first, then skill, relative load, and who has waited longest."""
    obstacles = {
        colleague.profile.user_id: obstacle_for(colleague, ticket, rules, missed)
        for colleague in team
    }
    free = [colleague for colleague in team if obstacles[colleague.profile.user_id] is None]
    best = min(free, key=lambda colleague: _rank(colleague, ticket), default=None)
    weighed = [
        _weighed(colleague, ticket, obstacles[colleague.profile.user_id], colleague is best)
        for colleague in team
    ]
    reason = _why(best, ticket) if best else _why_nobody(list(obstacles.values()))
    return Choice(best, reason, weighed)


def _rank(colleague: Colleague, ticket: Ticket) -> tuple[Any, ...]:
    return (
        not _is_owner(colleague, ticket),
        -colleague.level(ticket.product),
        colleague.load / colleague.limit,
        colleague.last_at,
        colleague.profile.pk,
    )


def _is_owner(colleague: Colleague, ticket: Ticket) -> bool:
    return ticket.customer.follow_user_id == colleague.profile.user_id


def _weighed(
    colleague: Colleague, ticket: Ticket, obstacle: Obstacle | None, is_chosen: bool
) -> Weighed:
    load = f"{colleague.load}/{colleague.limit}"
    if obstacle is Obstacle.FULL:
        reason = f"{obstacle} {load}"
    elif obstacle is not None:
        reason = obstacle.value
    else:
        reason = _why(colleague, ticket)
    return Weighed(
        user_id=colleague.profile.user_id,
        name=colleague.user.display_name,
        level=colleague.level(ticket.product) if ticket.product.strip() else None,
        load=colleague.load,
        limit=colleague.limit,
        is_owner=_is_owner(colleague, ticket),
        is_chosen=is_chosen,
        reason=reason,
    )


def _why(colleague: Colleague, ticket: Ticket) -> str:
    parts = ["客户的跟进人"] if _is_owner(colleague, ticket) else []
    level = colleague.level(ticket.product)
    if level:
        parts.append(f"产品「{ticket.product.strip()}」熟练度 {level}")
    parts.append(f"在办 {colleague.load}/{colleague.limit}")
    return "，".join(parts)


def _why_nobody(obstacles: Sequence[Obstacle | None]) -> str:
    if not obstacles:
        return "没有参与自动派单的同事"
    counted = Counter(obstacles)
    parts = [f"{counted[kind]} 人{kind}" for kind in Obstacle if counted[kind]]
    return f"暂时无人可派：{'，'.join(parts)}"
