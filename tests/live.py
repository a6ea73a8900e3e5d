"""The real thing, started as its operator starts it, for tests that speak to it over HTTP."""

import itertools
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import pytest
import requests
from django.conf import settings

from tests import prepared
from tests.prepared import ROOT

PASSWORD = "demo-password-for-tests"
READY_SECONDS = 100
# Each of several test processes goes round from a place of its own.
_PORTS = (20_000 + (os.getpid() * 37 + number) % 12_000 for number in itertools.count())
QUEUES = ",".join(queue.name for queue in settings.CELERY_TASK_QUEUES)


def _session() -> requests.Session:
    """A connection for each request: none can be closed by the server just as we use it."""
    session = requests.Session()
    session.headers["Connection"] = "close"
    return session


@dataclass
class LiveSystem:
    """A running system. `http` is a session without a login, `as_user` one with a token.

    WebSockets and the fast door are at `live_base`: a process of its own in the services profile.
    """

    base: str
    live_base: str
    processes: list[subprocess.Popen[bytes]]
    logs: Path
    environment: dict[str, str]
    http: requests.Session = field(default_factory=_session)
    tokens: dict[str, str] = field(default_factory=dict)

    def url(self, path: str) -> str:
        return self.base + path

    def as_user(self, username: str) -> requests.Session:
        """A session of its own; logins are limited, so there is one for each user."""
        if username not in self.tokens:
            answer = self.http.post(
                self.url("/api/auth/token"), json={"username": username, "password": PASSWORD}
            )
            assert answer.status_code == 200, answer.text
            self.tokens[username] = answer.json()["access"]
        session = _session()
        session.headers["Authorization"] = f"Bearer {self.tokens[username]}"
        return session

    def until(self, check: Any, seconds: float = 20, pause: float = 0.05) -> Any:
        """The first true answer of `check`, asked again and again; fails after `seconds`."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if found := check():
                return found
            time.sleep(pause)
        pytest.fail(f"not within {seconds} s\n{self.tail()}")

    def tail(self) -> str:
        return "\n".join(
            f"--- {log.name}\n" + "\n".join(log.read_text(errors="replace").splitlines()[-30:])
            for log in sorted(self.logs.glob("*.log"))
        )

    def __enter__(self) -> Self:
        return self

    def restart(self) -> None:
        """The embedded profile's one process dies and comes back to the same storage and port."""
        self.stop()
        self.processes.clear()
        _launch(self, "serve-again", ["manage.py", "serve"])
        self.until(lambda: _is_ready(self), READY_SECONDS)

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        for process in reversed(self.processes):
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGTERM)
        for process in self.processes:
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


@pytest.fixture(scope="module")
def live_system() -> Iterator[LiveSystem]:
    """One for each module: a group robot takes 20 messages a minute, whoever tests it."""
    with start() as system:
        yield system


def start(**environment: str) -> LiveSystem:
    """The profile that the suite runs on, with demo data, on a free port and empty storage."""
    folder = Path(tempfile.mkdtemp(prefix="scrm-live-"))
    port = _free_port()
    full = {
        **os.environ,
        "DATA_DIR": str(folder),
        "PORT": str(port),
        "SANDBOX": "1",
        "SANDBOX_SMTP_PORT": str(_free_port()),
        "DEMO_PASSWORD": PASSWORD,
        "LOG_LEVEL": "WARNING",
        "PYTHONUNBUFFERED": "1",
        **environment,
    }
    full.pop("APP_DOMAIN", None)
    base = f"http://127.0.0.1:{port}"
    live_base = base if settings.EMBEDDED else f"http://127.0.0.1:{_free_port()}"
    system = LiveSystem(base, live_base, [], folder, full)
    try:
        if settings.EMBEDDED:
            prepared.fill_folder(folder)
            _launch(system, "serve", ["manage.py", "serve", "--demo"])
        else:
            _start_services(system)
        system.until(lambda: _is_ready(system), READY_SECONDS)
    except BaseException:
        system.__exit__()
        raise
    return system


def _start_services(system: LiveSystem) -> None:
    env = system.environment
    env["DATABASE_URL"] += "_live"
    env["REDIS_URL"] = env["REDIS_URL"].rpartition("/")[0] + "/14"
    prepared.fill_database(env["DATABASE_URL"], env)
    run(system, "manage.py", "demo")
    _purge(env["REDIS_URL"])
    run(system, "-m", "celery", "-A", "config", "purge", "-f", "-Q", QUEUES)
    celery = ["-m", "celery", "-A", "config"]
    _launch(system, "web", ["manage.py", "serve"])
    live_port = system.live_base.rpartition(":")[2]
    _launch(system, "live", ["manage.py", "serve", "--live"], PORT=live_port)
    _launch(
        system,
        "worker",
        [*celery, "worker", "-Q", QUEUES, "-c", "2", "--without-gossip", "--without-mingle"],
    )
    _launch(system, "beat", [*celery, "beat", "--pidfile="])
    _launch(system, "relay", ["manage.py", "relay"])
    _launch(system, "mail", ["manage.py", "sandbox_mail"])


def run(system: LiveSystem, *command: str) -> str:
    """Runs one command of the project to its end, in the system's environment."""
    return prepared.run(system.environment, *command)


def _launch(system: LiveSystem, name: str, command: list[str], **environment: str) -> None:
    path = f"{Path(sys.executable).parent}:{system.environment['PATH']}"
    with (system.logs / f"{name}.log").open("wb") as log:
        system.processes.append(
            subprocess.Popen(
                [sys.executable, *command],
                cwd=ROOT,
                env={**system.environment, "PATH": path, **environment},
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        )


def _is_ready(system: LiveSystem) -> bool:
    for process in system.processes:
        if process.poll() is not None:
            pytest.fail(f"a process ended while starting\n{system.tail()}")
    try:
        return requests.get(system.url("/readyz"), timeout=10).status_code == 200
    except requests.ConnectionError:
        return False


def _purge(redis_url: str) -> None:
    import redis

    redis.Redis.from_url(redis_url).flushdb()


def _free_port() -> int:
    """Below those that the kernel gives to connections: none of them takes it before we are up."""
    while True:
        port = next(_PORTS)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
