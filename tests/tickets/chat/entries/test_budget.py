"""The send budget against a strict platform: whatever happens, nothing is refused for its quota."""

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from tests.tickets.chat.entries.conftest import LettersEntry
from tickets.chat import budget
from tickets.chat.entries.base import Act
from tickets.models import Chat

SEQUENCES, STEPS = 10_000, 30
NOON = datetime(2026, 11, 27, 12, tzinfo=UTC)
MOVES = [0.2, 1, 4, 20, 59, 3600, 30 * 3600]


@dataclass
class Platform:
    """Each kind of act has a purse of its own; the newest act fills it anew."""

    purses: dict[Act, tuple[datetime, int]] = field(default_factory=dict)

    def act(self, act: Act, now: datetime) -> None:
        rule = LettersEntry.budgets[act]
        self.purses[act] = (now + rule.window, rule.sends)

    def take(self, now: datetime) -> bool:
        """From the purse that lasts longest: the worst for whoever counts on it."""
        for act in Act:
            ends_at, left = self.purses.get(act, (now, 0))
            if left and now < ends_at:
                self.purses[act] = (ends_at, left - 1)
                return True
        return False


@dataclass
class Letter:
    expires_at: datetime
    sent_at: datetime | None = None
    is_settled: bool = False


class Desk:
    """Our side: what it is told late, what is under way, and what it believes may still be sent."""

    def __init__(self) -> None:
        self.chat = Chat(entry=LettersEntry.code)
        self.untold: list[tuple[Act, datetime]] = []
        self.letters: list[Letter] = []

    def under_way(self, chat: Chat, at: datetime) -> int:
        since = at - budget.SKEW
        return sum(
            not letter.is_settled or (letter.sent_at is not None and letter.sent_at >= since)
            for letter in self.letters
        )

    def told(self) -> None:
        if self.untold:
            act, at = self.untold.pop(0)
            budget.opened(self.chat, act, at.replace(microsecond=0))

    def say(self, now: datetime) -> None:
        if budget.reserve(self.chat, now):
            assert self.chat.window_ends_at is not None
            self.letters.append(Letter(self.chat.window_ends_at))

    def leave(self, platform: Platform, now: datetime) -> bool:
        """The first that waits leaves, or is too old to; False when the platform refused it."""
        letter = next((one for one in self.letters if one.sent_at is None), None)
        if letter is None:
            return True
        if now >= letter.expires_at:
            self.letters.remove(letter)
            budget.give_back(self.chat)
            return True
        letter.sent_at = now
        return platform.take(now)

    def settle(self) -> None:
        for letter in self.letters:
            letter.is_settled = letter.sent_at is not None


def play(seed: int, monkeypatch: pytest.MonkeyPatch) -> tuple[int, bool]:
    """How many letters left, and whether one was refused."""
    chance = random.Random(seed)
    platform, desk, now = Platform(), Desk(), NOON
    monkeypatch.setattr(budget, "_under_way", desk.under_way)
    for _ in range(STEPS):
        match chance.choices(
            ["message", "touch", "told", "say", "leave", "settle", "clock"], [2, 1, 3, 6, 6, 3, 3]
        )[0]:
            case "message" | "touch" as act:
                platform.act(Act(act), now)
                desk.untold.append((Act(act), now))
            case "told":
                desk.told()
            case "say":
                desk.say(now)
            case "leave":
                if not desk.leave(platform, now):
                    return len(desk.letters), True
            case "settle":
                desk.settle()
            case "clock":
                now += timedelta(seconds=chance.choice(MOVES))
    return sum(letter.sent_at is not None for letter in desk.letters), False


def test_no_sequence_of_acts_answers_and_time_is_ever_refused(letters, monkeypatch):
    played = [play(seed, monkeypatch) for seed in range(SEQUENCES)]
    assert [seed for seed, (_, is_refused) in enumerate(played) if is_refused] == []
    assert sum(sent for sent, _ in played) > SEQUENCES, "and not because nothing was sent"


def test_the_game_finds_a_budget_that_counts_wrongly(letters, monkeypatch):
    monkeypatch.setattr(Desk, "under_way", lambda self, chat, at: 0)
    assert any(play(seed, monkeypatch)[1] for seed in range(SEQUENCES))


def test_a_lesser_act_never_shortens_what_a_message_opened(letters):
    chat = Chat(entry=letters.code, window_ends_at=NOON + timedelta(hours=40), sends_left=2)
    budget.opened(chat, Act.TOUCH, NOON)
    assert (chat.window_ends_at, chat.sends_left) == (NOON + timedelta(hours=40), 2)


def test_an_entry_without_a_rule_is_not_counted():
    chat = Chat(entry="web")
    assert budget.reserve(chat, NOON)
    budget.give_back(chat)
    assert (chat.window_ends_at, chat.sends_left) == (None, None)
