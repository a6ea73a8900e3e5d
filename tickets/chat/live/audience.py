"""Who on the team hears of which chats: asked anew with every push, with a fixed number of queries.

What is said in a chat is for its agent and for whoever has it open; how a chat stands also for
those who supervise its agent. Who had a chat hears that it is gone (`data` says whose it was).
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from django.db.models import Q, Value

from config.api.roles import Role
from customers.actors import Entry, actor_for
from customers.models import User
from customers.queries.staff import team_members
from tickets.chat.live.frames import GONE, STATES, Frames
from tickets.chat.visibility import chats_visible_to
from tickets.models import AgentProfile, ChatFeedEntry

# Branches of one query; SQLite takes 500.
_TOGETHER = 100

# Each colleague who is connected, and the chats that their pages have open.
Pages = Mapping[int, Collection[int]]


@dataclass
class Audience:
    """`watching` has (user, chat) of the open chats that the user may see."""

    team: dict[int, User]
    watching: set[tuple[int, int]]
    frames: Frames
    bosses: dict[int, set[int]] = field(default_factory=dict)

    def hearers(self, entry: ChatFeedEntry) -> set[int]:
        """Who is told on every page of theirs."""
        if entry.kind == GONE:
            return set()
        agent = self.frames.chats[entry.chat_id].agent_id
        hearers = {agent} if agent is not None else set()
        if entry.kind in STATES:
            hearers |= {key for key, user in self.team.items() if user.role == Role.ADMIN}
            hearers |= self.bosses.get(agent or 0, set())
        return hearers & self.team.keys()

    def watchers(self, entry: ChatFeedEntry) -> set[int]:
        """Whose pages may have the chat open, and are told there."""
        return {user for user, chat in self.watching if chat == entry.chat_id}

    def losers(self, entry: ChatFeedEntry) -> set[int]:
        """Whose the chat was, and is not again by now."""
        if entry.kind != GONE:
            return set()
        agent = self.frames.chats[entry.chat_id].agent_id
        return {entry.data.get("user_id")} & self.team.keys() - {agent}


def audience_of(frames: Frames, pages: Pages) -> Audience:
    team = team_members().in_bulk(list(pages))
    chats = frames.chats.keys()
    opened = {(user, chat) for user, open_ in pages.items() for chat in open_ if chat in chats}
    audience = Audience(team, visible_pairs(opened, team), frames)
    if team and any(entry.kind in STATES for entry in frames.entries):
        audience.bosses = _bosses(frames, team)
    return audience


def told_to(user: int) -> Q:
    """Which entries may concern a colleague without an open chat; `Audience` decides."""
    supervised = Q(chat__agent__in=AgentProfile.objects.filter(supervisor=user).values("user"))
    if team_members().filter(pk=user, role=Role.ADMIN).exists():
        supervised = Q()
    gone = Q(kind=GONE, data__user_id=user)
    return Q(chat__agent=user) | (Q(kind__in=STATES) & supervised) | gone


def visible_pairs(
    pairs: Collection[tuple[int, int]], team: Mapping[int, User]
) -> set[tuple[int, int]]:
    """Of these (user, chat) those where the colleague may see the chat: one query for all."""
    asked: dict[int, set[int]] = {}
    for user, chat in pairs:
        if user in team:
            asked.setdefault(user, set()).add(chat)
    of_admins = {(u, c) for u, c in pairs if u in asked and team[u].role == Role.ADMIN}
    branches = [
        chats_visible_to(actor_for(team[user], Entry.CONSOLE))
        .filter(pk__in=chats)
        .annotate(viewer=Value(user))
        .order_by()
        .values_list("viewer", "pk")
        for user, chats in asked.items()
        if team[user].role != Role.ADMIN
    ]
    found = set(of_admins)
    for at in range(0, len(branches), _TOGETHER):
        first, *others = branches[at : at + _TOGETHER]
        found |= set(first.union(*others, all=True))
    return found


def _bosses(frames: Frames, team: Mapping[int, User]) -> dict[int, set[int]]:
    """For each agent of these chats, which of the connected colleagues supervises them."""
    agents = {chat.agent_id for chat in frames.chats.values() if chat.agent_id is not None}
    led = AgentProfile.objects.filter(user__in=agents, supervisor__in=list(team))
    found: dict[int, set[int]] = {}
    for agent, boss in led.values_list("user_id", "supervisor_id"):
        found.setdefault(agent, set()).add(boss)
    return found
