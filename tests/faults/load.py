"""Callers that go on sending while things die, and remember exactly what was promised to them."""

import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Self

import requests

from tests.faults.system import System

ACCEPTED = 202
# A caller that was refused asks again a moment later, as one is told to.
PAUSE_SECONDS = 0.2


@dataclass
class Load:
    """`with Load(system, bases, callers) as load:`; each caller sends one message after the other."""

    system: System
    bases: Sequence[str]
    callers: int = 4
    # Of each caller, so that a run is long enough for what is to die in it.
    gap_seconds: float = 0.0
    priority: int = 5
    # The message's number, by its recipient.
    accepted: dict[str, str] = field(default_factory=dict)
    accepted_at: dict[str, float] = field(default_factory=dict)
    # Asked for, and not promised: a status, or the name of an error.
    refused: Counter[str] = field(default_factory=Counter)
    asked: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _stop: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)

    def __enter__(self) -> Self:
        people = [self.system.people(20_000) for _ in range(self.callers)]
        self._threads = [
            threading.Thread(target=self._send, args=(self.bases[n % len(self.bases)], people[n]))
            for n in range(self.callers)
        ]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(60)

    def _send(self, base: str, people: Sequence[str]) -> None:
        for person in people:
            if self._stop.is_set():
                return
            pause = self.gap_seconds
            try:
                answer = self.system.send(person, base=base, priority=self.priority)
            except requests.RequestException as error:
                told = type(error).__name__
            else:
                told = str(answer.status_code)
            with self._lock:
                self.asked += 1
                if told == str(ACCEPTED):
                    self.accepted[person] = answer.json()["message_id"]
                    self.accepted_at[person] = time.time()
                else:
                    self.refused[told] += 1
                    pause = PAUSE_SECONDS
            if pause:
                time.sleep(pause)
