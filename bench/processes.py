"""Child processes that are surely gone at the end. Standard library only: peers start theirs here too."""

import contextlib
import os
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import FrameType
from typing import Self

ROOT = Path(__file__).resolve().parent.parent
STOP_SECONDS = 20
READY_SECONDS = 60


class StartFailed(Exception):
    """A process ended, or never answered; carries the end of its log."""


class Processes:
    """Processes by name, each in a group of its own, its output in a log file."""

    def __init__(self) -> None:
        self.logs = Path(tempfile.mkdtemp(prefix="scrm-bench-"))
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def start(
        self, name: str, command: Sequence[str], environment: Mapping[str, str] | None = None
    ) -> int:
        with (self.logs / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(  # noqa: S603 - our own commands
                list(command),
                cwd=ROOT,
                env=dict(environment) if environment is not None else None,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._running[name] = process
        return process.pid

    def has(self, name: str) -> bool:
        return name in self._running

    def pid(self, name: str) -> int:
        return self._running[name].pid

    def wait_for_port(self, name: str, port: int) -> None:
        """Until something listens there. Raises `StartFailed`."""
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline:
            self.check(name)
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    return
            time.sleep(0.05)
        raise StartFailed(f"{name} listens not on {port}\n{self.tail(name)}")

    def check(self, name: str) -> None:
        if self._running[name].poll() is not None:
            raise StartFailed(f"{name} ended\n{self.tail(name)}")

    def tail(self, name: str) -> str:
        return "\n".join((self.logs / f"{name}.log").read_text(errors="replace").splitlines()[-20:])

    def stop(self, *names: str) -> None:
        """Asks the named ones, or all in reverse order, to end; kills those that do not."""
        wanted = [
            name for name in (names or list(reversed(self._running))) if name in self._running
        ]
        for name in wanted:
            # Only the first of its group: a worker ends its own children in order.
            self._running[name].terminate()
        deadline = time.monotonic() + STOP_SECONDS
        for name in wanted:
            process = self._running[name]
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(max(0.1, deadline - time.monotonic()))
            # And whatever it left behind in its group.
            _kill_group(process.pid)
            process.wait()
            del self._running[name]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def _kill_group(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)


def run(command: Sequence[str], environment: Mapping[str, str] | None = None) -> str:
    """Runs a command to its end and returns what it wrote. Raises `StartFailed`."""
    process = subprocess.Popen(  # noqa: S603 - our own commands
        list(command),
        cwd=ROOT,
        env=dict(environment) if environment is not None else None,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        output, errors = process.communicate()
    except BaseException:
        # It may have started others: it is asked first, so that it can stop them.
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.communicate(timeout=2 * STOP_SECONDS)
        _kill_group(process.pid)
        raise
    if process.returncode != 0:
        lines = (output + errors).splitlines()[-20:]
        raise StartFailed(f"{' '.join(command)}\n" + "\n".join(lines))
    return output


def end_once() -> None:
    """The first Ctrl-C or SIGTERM ends this process by way of its `finally`s; more are not heard."""

    def interrupt(number: int, frame: FrameType | None) -> None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        raise KeyboardInterrupt

    signal.signal(signal.SIGINT, interrupt)
    signal.signal(signal.SIGTERM, interrupt)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
