"""A place where alerts arrive, and a system whose parts are as the test says."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from config.health import probing
from config.health.looks import worker_parts
from config.health.reading import Reading, Status
from monitoring.watch import rounds, spool
from tests.monitoring.sink import Sink, sink_at_work


@pytest.fixture
def sink(settings: Any) -> Iterator[Sink]:
    with sink_at_work() as found:
        settings.WECOM_API_BASE = found.base
        settings.GROUP_WEBHOOK_URL = found.robot_url
        settings.ALERT_WEBHOOK_URL = ""
        settings.ALERT_SMTP_URL = ""
        yield found


@dataclass
class World:
    """The parts as the watch finds them; well for long unless told otherwise."""

    parts: dict[str, Reading]

    def set(self, name: str, status: Status, detail: str = "", since: float = 0.0) -> None:
        self.parts[name] = Reading(status, detail, since)

    def fails(self, name: str, detail: str = "没有应答") -> None:
        self.set(name, Status.UNAVAILABLE, detail)

    def recovers(self, name: str) -> None:
        self.set(name, Status.OK)


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> World:
    names = ("database", "broker", "cache", "beat", "relay", *worker_parts())
    made = World({name: Reading(Status.OK) for name in names})
    monkeypatch.setattr(probing, "readings", lambda: made.parts)
    monkeypatch.setattr(spool, "data_dir", lambda: tmp_path)
    return made


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Moves everybody's time on; starts now."""
    import time_machine

    with time_machine.travel(time.time(), tick=False) as traveller:
        yield traveller


@pytest.fixture
def look(clock: Any) -> Any:
    """A round of the watch, `seconds` later."""

    def later(seconds: float = 0) -> None:
        clock.shift(seconds)
        rounds.watch_once()

    return later
