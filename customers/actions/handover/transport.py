"""How a hand-over reaches the platform: an upper room registers the way (wechat-protocol.md §4.5)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

# A call takes no more customers, or groups.
MOST_IN_A_CALL = 100


class Verdict(StrEnum):
    """What the platform said of one customer or group."""

    ACCEPTED = "accepted"  # asked; of a group: moved
    DONE = "done"
    WAITING = "waiting"
    REFUSED = "refused"
    # The one who takes over cannot have more, or cannot have any: another may.
    CANDIDATE_FULL = "candidate_full"
    CANDIDATE_UNFIT = "candidate_unfit"
    # Moved too often within 90 days: nobody may take over now.
    CUSTOMER_LIMIT = "customer_limit"
    NO_RELATION = "no_relation"
    FAILED = "failed"


@dataclass(frozen=True)
class Answer:
    """`code` is the platform's, `detail` Chinese; `at` is when it takes or took effect, if told."""

    verdict: Verdict
    code: str = ""
    detail: str = ""
    at: datetime | None = None


@dataclass(frozen=True)
class Page:
    """Some records, each with its external user id; no `next_cursor` behind the last page.

    A customer has several when they were handed over between the same two members before.
    """

    answers: Sequence[tuple[str, Answer]]
    next_cursor: str


class TransportError(Exception):
    """The whole call came to nothing for now. `may_have_arrived`: ask before saying it again."""

    def __init__(
        self, code: str, detail: str, *, wait_seconds: float, may_have_arrived: bool
    ) -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail
        self.wait_seconds = wait_seconds
        self.may_have_arrived = may_have_arrived


class Transport(Protocol):
    """Every call raises `TransportError`; none is made inside a transaction."""

    def submit(
        self,
        *,
        is_resigned: bool,
        from_userid: str,
        to_userid: str,
        external_userids: Sequence[str],
        message: str,
    ) -> Mapping[str, Answer]:
        """Asks that these (at most `MOST_IN_A_CALL`) be handed over."""

    def results(self, *, is_resigned: bool, from_userid: str, to_userid: str, cursor: str) -> Page:
        """What has become of those handed from one to the other."""

    def submit_groups(
        self, *, is_resigned: bool, chat_ids: Sequence[str], to_userid: str
    ) -> Mapping[str, Answer]:
        """Moves these groups (at most `MOST_IN_A_CALL`) to their new owner."""

    def group_owner(self, chat_id: str) -> str:
        """The owner's user id as the platform has it now."""


_transports: list[Transport] = []


def register(transport: Transport) -> None:
    """Called from an app's `ready()`; the last one registered is used."""
    _transports[:] = [transport]


def get() -> Transport:
    """Raises `TransportError` while nobody has registered one."""
    if not _transports:
        raise TransportError(
            "no_transport", "没有接入企业微信", wait_seconds=600, may_have_arrived=False
        )
    return _transports[0]
