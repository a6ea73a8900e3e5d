"""What a look at one part of the system found."""

from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    OK = "ok"
    UNAVAILABLE = "unavailable"
    # What could tell is itself away.
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Reading:
    """`detail` is read by anybody who can reach the probe: no address, no name, no secret.

    `since` is when this process first saw the status, in seconds since the epoch.
    """

    status: Status
    detail: str = ""
    since: float = 0.0

    @property
    def is_ok(self) -> bool:
        return self.status is Status.OK


def ok(detail: str = "") -> Reading:
    return Reading(Status.OK, detail)


def unavailable(detail: str) -> Reading:
    return Reading(Status.UNAVAILABLE, detail)


def unknown(detail: str) -> Reading:
    return Reading(Status.UNKNOWN, detail)
