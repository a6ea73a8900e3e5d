"""The colleagues who take chats, as they stand: there or not, how loaded, in which groups."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from django.db import connection
from django.db.models import QuerySet
from django.db.models.functions import Coalesce

from config.runtime import store
from customers.models import User
from customers.queries.staff import team_members
from tickets.chat.assignment import rules
from tickets.chat.slots import limit_of
from tickets.models import AgentPresence, ChatAgent, ChatGroup, PresenceStatus
from tickets.presence.queries import statuses_of
from tickets.presence.standing import counts, effective_status

NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass
class Candidate:
    """`groups` holds the keys of the groups that they are a member of."""

    agent: ChatAgent
    presence: PresenceStatus
    limit: int
    groups: set[int] = field(default_factory=set)

    @property
    def user(self) -> User:
        return self.agent.user

    @property
    def load(self) -> int:
        return self.agent.load

    @property
    def last_at(self) -> datetime:
        return self.agent.last_assigned_at or NEVER

    @property
    def is_on(self) -> bool:
        """At their desk for chats, be it with their hands full."""
        return self.agent.accepts_chats and self.presence != PresenceStatus.OFFLINE

    @property
    def is_free(self) -> bool:
        return (
            self.agent.accepts_chats
            and self.presence == PresenceStatus.ONLINE
            and self.load < self.limit
        )


def taking_part() -> QuerySet[ChatAgent]:
    """Rows of active people who have not left, whether they accept chats now or not."""
    people = team_members().filter(resigned_at__isnull=True)
    return ChatAgent.objects.filter(user__in=people).select_related("user").order_by("pk")


def candidates(
    now: datetime, *, is_locked: bool = False, holder: int | None = None
) -> list[Candidate]:
    """All who take part, with three queries.

    With `is_locked` their rows are held until the transaction ends: whoever gives a chat meanwhile
    waits, so that a load seen here is true until the commit. So is the row of `holder`, whose slot
    is about to be given back, even if they take part no longer.
    """
    found = _all_held(holder) if is_locked else list(taking_part())
    statuses = statuses_of([agent.user_id for agent in found], now)
    groups = _groups_of([agent.user_id for agent in found])
    return [
        Candidate(agent, statuses[agent.user_id], limit_of(agent), groups[agent.user_id])
        for agent in found
    ]


def agents_hold() -> None:
    """For an act that announces something before it may give a chat: agents come before events."""
    _all_held(None)


def _all_held(holder: int | None) -> list[ChatAgent]:
    """With one statement, since one by one they would meet another's many in a circle."""
    part = taking_part()
    if holder is not None:
        leaver = ChatAgent.objects.filter(user=holder).select_related("user")
        part = part.order_by() | leaver
    return [row for row in held(part) if row.user.is_team_member and row.user.resigned_at is None]


def held(rows: QuerySet[ChatAgent]) -> QuerySet[ChatAgent]:
    """The rows, locked in the one order that is everybody's."""
    rows = rows.order_by("pk")
    if connection.vendor == "postgresql":
        return rows.select_for_update(of=("self",), no_key=True)
    return rows


def free_slots(team: Sequence[Candidate]) -> int:
    return sum(one.limit - one.load for one in team if one.is_free)


def is_anybody_free(now: datetime) -> bool:
    """Whether any candidate is, with one query and no lock."""
    limit = Coalesce("max_chats", store.get_int("chat.max_concurrent"))
    there = AgentPresence.objects.filter(counts(now), status=PresenceStatus.ONLINE)
    free = taking_part().filter(accepts_chats=True, load__lt=limit)
    return free.filter(user__in=there.values("user")).exists()


def why_unattended(queued_at: datetime, team: Sequence[Candidate], now: datetime) -> str | None:
    """Which of `chat.texts` says why waiting is in vain: `closed`, `nobody`; None when it is not.

    While anybody is on, only who came outside the opening hours is not waited for: whoever stood in
    the queue when it closed is still served.
    """
    if any(one.is_on for one in team):
        return None if rules.is_open(queued_at) or rules.is_open(now) else "closed"
    return "nobody" if rules.is_open(now) else "closed"


def last_gone(team: Sequence[Candidate], now: datetime) -> datetime:
    """Since when nobody is on; `now` while somebody is."""
    if any(one.is_on for one in team):
        return now
    user_ids = [one.agent.user_id for one in team if one.agent.accepts_chats]
    return max(map(_gone_since, AgentPresence.objects.filter(user__in=user_ids)), default=NEVER)


def gone_of(user_ids: Collection[int], now: datetime) -> set[int]:
    """Those of them who are offline for longer than `chat.offline_policy` is patient."""
    rows = {row.user_id: row for row in AgentPresence.objects.filter(user__in=user_ids)}
    patience = timedelta(seconds=store.get(rules.OFFLINE)["patience_seconds"])
    statuses = {user_id: effective_status(rows.get(user_id), now) for user_id in user_ids}
    return {
        user_id
        for user_id, status in statuses.items()
        if status == PresenceStatus.OFFLINE and now - _gone_since(rows.get(user_id)) >= patience
    }


def _gone_since(row: AgentPresence | None) -> datetime:
    """Of somebody who is offline. Until the sweep has told it, the row still says when they were heard."""
    if row is None:
        return NEVER
    if row.status == PresenceStatus.OFFLINE:
        return row.changed_at
    grace = timedelta(seconds=store.get_int("presence.grace_seconds"))
    until = [row.seen_at + grace] if row.seen_at else []
    until += [row.holds_until] if row.holds_until else []
    return max(until, default=row.changed_at)


def _groups_of(user_ids: Collection[int]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    links = ChatGroup.members.through.objects.filter(user__in=user_ids)
    for user_id, group_id in links.values_list("user_id", "chatgroup_id"):
        found[user_id].add(group_id)
    return found
