"""Who of the colleagues gets a chat, and why the others do not."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypedDict

from tickets.chat.assignment.candidates import Candidate
from tickets.models import Chat, PresenceStatus


class Obstacle(StrEnum):
    """Why somebody is passed over; the value is what people read."""

    HOLDER = "刚从其手中转出"
    MISSED = "本次等待中未应答"
    OTHER_GROUP = "不在所转的客服组"
    NOT_ACCEPTING = "不接待会话"
    OFFLINE = "不在线"
    BUSY = "忙碌"
    FULL = "已达上限"


class Weighed(TypedDict):
    """One candidate as a decision keeps it."""

    user_id: int
    name: str
    load: int
    limit: int
    is_last_agent: bool
    is_chosen: bool
    reason: str


@dataclass(frozen=True)
class Ask:
    """What is looked for: `last_agent` had the customer's last chat, `missed` let this one lie."""

    chat: Chat
    last_agent: int | None = None
    holder: int | None = None
    missed: Collection[int] = ()


@dataclass(frozen=True)
class Choice:
    """`best` is None when nobody can take the chat; `reason` says why them, or why nobody."""

    best: Candidate | None
    reason: str
    weighed: list[Weighed]


def choose(team: Sequence[Candidate], ask: Ask) -> Choice:
    """The last agent first, then the least loaded, then who has had nothing for longest."""
    group = group_in_force(team, ask.chat)
    obstacles = [_obstacle(one, ask, group) for one in team]
    free = [one for one, obstacle in zip(team, obstacles, strict=True) if obstacle is None]
    best = min(free, key=lambda one: _rank(one, ask), default=None)
    weighed = [
        _weighed(one, ask, obstacle, is_chosen=one is best)
        for one, obstacle in zip(team, obstacles, strict=True)
    ]
    return Choice(best, _why(best, ask) if best else _why_nobody(obstacles), weighed)


def group_in_force(team: Sequence[Candidate], chat: Chat) -> int | None:
    """The group that the chat was handed to, as long as any of it is there to take it.

    A chat must not wait for people who have gone home.
    """
    group = chat.group_id
    is_there = any(group in one.groups and one.is_on for one in team)
    return group if is_there else None


def _obstacle(one: Candidate, ask: Ask, group: int | None) -> Obstacle | None:
    """What lasts longest is named first."""
    user_id = one.agent.user_id
    stands = (
        (Obstacle.HOLDER, user_id == ask.holder),
        (Obstacle.MISSED, user_id in ask.missed),
        (Obstacle.OTHER_GROUP, group is not None and group not in one.groups),
        (Obstacle.NOT_ACCEPTING, not one.agent.accepts_chats),
        (Obstacle.OFFLINE, one.presence == PresenceStatus.OFFLINE),
        (Obstacle.BUSY, one.presence == PresenceStatus.BUSY),
        (Obstacle.FULL, one.load >= one.limit),
    )
    return next((obstacle for obstacle, is_so in stands if is_so), None)


def _rank(one: Candidate, ask: Ask) -> tuple[object, ...]:
    return (one.agent.user_id != ask.last_agent, one.load, one.last_at, one.agent.pk)


def _weighed(one: Candidate, ask: Ask, obstacle: Obstacle | None, *, is_chosen: bool) -> Weighed:
    if obstacle is None:
        reason = _why(one, ask)
    elif obstacle is Obstacle.FULL:
        reason = f"{obstacle} {one.load}/{one.limit}"
    else:
        reason = obstacle.value
    return Weighed(
        user_id=one.agent.user_id,
        name=one.user.display_name,
        load=one.load,
        limit=one.limit,
        is_last_agent=one.agent.user_id == ask.last_agent,
        is_chosen=is_chosen,
        reason=reason,
    )


def _why(one: Candidate, ask: Ask) -> str:
    known = "上次接待该客户，" if one.agent.user_id == ask.last_agent else ""
    return f"{known}接待中 {one.load}/{one.limit}"


def _why_nobody(obstacles: Sequence[Obstacle | None]) -> str:
    if not obstacles:
        return "没有接待会话的同事"
    counted = Counter(obstacles)
    parts = [f"{counted[kind]} 人{kind}" for kind in Obstacle if counted[kind]]
    return f"暂时无人可接：{'，'.join(parts)}"
