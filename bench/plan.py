"""How much is measured."""

import sys
from dataclasses import dataclass


@dataclass(frozen=True)
class Plan:
    messages: int = 10_000
    runs: int = 3
    is_quick: bool = False
    is_long: bool = False

    @property
    def press_seconds(self) -> int:
        return 2 if self.is_quick else 10

    @property
    def rows(self) -> int:
        return 50_000 if self.is_quick else 1_000_000

    @property
    def list_calls(self) -> int:
        return 20 if self.is_quick else 200

    @property
    def chats(self) -> int:
        return 400 if self.is_quick else 10_000

    @property
    def watchers(self) -> int:
        return 200 if self.is_quick else 2000

    @property
    def watch_seconds(self) -> int:
        return 5 if self.is_quick else 20

    def say(self, text: str) -> None:
        sys.stdout.write(text + "\n")
        sys.stdout.flush()
