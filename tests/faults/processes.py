"""Child processes that can be killed, frozen, asked to stop and started again, by name."""

import contextlib
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
STOP_SECONDS = 40.0
TAIL_LINES = 30

Found = TypeVar("Found")


class Processes:
    """Each in a group of its own, its output in `<folder>/<name>.log`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def start(
        self,
        name: str,
        command: Sequence[str],
        environment: Mapping[str, str],
        *,
        user: str | None = None,
    ) -> int:
        """`user`: who it runs as, where we may choose. Returns its process id."""
        assert not self.is_running(name), f"{name} runs already"
        as_user = {"user": user, "group": user, "extra_groups": []} if user else {}
        with (self.folder / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(
                list(command),
                cwd="/" if user else ROOT,
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                **as_user,
            )
        self._running[name] = process
        return process.pid

    def names(self) -> list[str]:
        return list(self._running)

    def is_running(self, name: str) -> bool:
        return name in self._running and self._running[name].poll() is None

    def pid(self, name: str) -> int:
        return self._running[name].pid

    def kill(self, name: str) -> float:
        """SIGKILL for it and all its children at once; when that was (epoch seconds)."""
        process = self._running.pop(name)
        members = [process.pid, *descendants(process.pid)]
        at = time.time()
        for pid in members:
            _send(pid, signal.SIGKILL)
        process.wait()
        _send_group(process.pid, signal.SIGKILL)
        return at

    def kill_children(self, name: str) -> float:
        """SIGKILL for its children alone; when that was."""
        at = time.time()
        for pid in descendants(self.pid(name)):
            _send(pid, signal.SIGKILL)
        return at

    def freeze(self, name: str) -> float:
        """SIGSTOP for it and all its children; when that was (epoch seconds)."""
        at = time.time()
        for pid in (self.pid(name), *descendants(self.pid(name))):
            _send(pid, signal.SIGSTOP)
        return at

    def thaw(self, name: str) -> None:
        for pid in (*descendants(self.pid(name)), self.pid(name)):
            _send(pid, signal.SIGCONT)

    def ask_to_stop(self, name: str) -> None:
        """SIGTERM to it alone, as its operator's tools do; does not wait."""
        self._running[name].terminate()

    def wait(self, name: str, seconds: float = STOP_SECONDS) -> float:
        """Until it has ended; how long that took, in seconds. Killed and failed when it takes longer."""
        started = time.monotonic()
        try:
            self._running[name].wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill(name)
            pytest.fail(f"{name} did not stop within {seconds} s\n{self.tail(name)}")
        _send_group(self._running.pop(name).pid, signal.SIGKILL)
        return time.monotonic() - started

    def stop(self, name: str, seconds: float = STOP_SECONDS) -> float:
        self.ask_to_stop(name)
        return self.wait(name, seconds)

    def stop_all(self) -> None:
        """Whatever still runs: asked, and killed when it does not listen."""
        for process in self._running.values():
            for pid in (process.pid, *descendants(process.pid)):
                _send(pid, signal.SIGCONT)
            process.terminate()
        deadline = time.monotonic() + 15
        for name, process in list(self._running.items()):
            try:
                process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                self.kill(name)
            else:
                _send_group(process.pid, signal.SIGKILL)
        self._running.clear()

    def tail(self, *names: str) -> str:
        """The ends of these logs, or of all."""
        return "\n".join(
            f"--- {name}\n" + "\n".join(self.log(name).splitlines()[-TAIL_LINES:])
            for name in names or [path.stem for path in sorted(self.folder.glob("*.log"))]
        )

    def log(self, name: str) -> str:
        path = self.folder / f"{name}.log"
        return path.read_text(errors="replace") if path.exists() else ""


def descendants(pid: int) -> list[int]:
    """All processes under it, whatever group or session they made themselves."""
    found: list[int] = []
    with contextlib.suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in map(int, (task / "children").read_text().split()):
                found += [child, *descendants(child)]
    return found


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def until(
    check: Callable[[], Found],
    seconds: float,
    *,
    pause: float = 0.1,
    why: Callable[[], object] | str = "",
) -> Found:
    """The first true answer of `check`; fails with `why` after `seconds`."""
    deadline = time.monotonic() + seconds
    while True:
        if found := check():
            return found
        if time.monotonic() > deadline:
            break
        time.sleep(pause)
    pytest.fail(f"not within {seconds} s: {why() if callable(why) else why}")


def _send(pid: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)


def _send_group(pid: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, number)
