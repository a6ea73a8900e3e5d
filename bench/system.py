"""Our own system in the services profile, every process that docker-compose.yml has, on empty storage."""

import contextlib
import http.client
import json
import os
import secrets
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
from websockets.exceptions import ConnectionClosedError
from websockets.sync.client import connect
from websockets.typing import Origin

from bench.meter import Meter
from bench.processes import READY_SECONDS, Processes, StartFailed, free_port, run
from bench.storage import Storage, fresh

# The Official Account of the measured system: public values, worthless anywhere else.
OFFICIAL = {
    "MP_TOKEN": "benchToken",
    "MP_ENCODING_AES_KEY": "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG",
    "MP_APP_ID": "wxbench00000000app",
    "MP_APP_SECRET": "bench",
}
# As docker-compose.yml starts them; the three lower queues share one worker of three processes.
LOWER_QUEUES = ["-Q", "msg.low,msg.normal,msg.high"]
SEND_PROCESSES = 3
WORKERS = {
    "urgent": ["-Q", "msg.urgent", "-c", "1"],
    "rest": ["-Q", "callbacks,chat,default,welcome,assistant,kf", "-c", "1"],
}
SAFETY = (
    "rows committed (fsync) before 202, chunks published from the outbox with publisher confirms, "
    "late acks, leases fenced by token, each result written before the next wave, limits per "
    "member in Redis, traces, statistics and progress frames on"
)
CALL_SECONDS = 60
FINISH_SECONDS = 600
# So that connections and tokens are there.
WARM_UP = 1000


@dataclass(frozen=True)
class Sent:
    """A batch that has ended."""

    batch_id: str
    accept_seconds: float
    # From the call to the last row's final state, by the rows' own clock.
    seconds: float


class System:
    """A running system and a client of it. See `running`."""

    def __init__(self, processes: Processes, storage: Storage, sink: str, pool_size: int) -> None:
        self._processes = processes
        self.storage = storage
        self._web_port, self._live_port = free_port(), free_port()
        self._environment = _environment(storage, sink, pool_size, processes.logs)
        self.names: list[str] = []
        run([sys.executable, "manage.py", "migrate", "--verbosity", "0"], self._environment)
        made = json.loads(run([sys.executable, "-m", "bench.furnish"], self._environment))
        self.api_key: str = made["api_key"]
        self.access_token: str = made["access_token"]
        self.watcher_tokens: list[str] = made["watcher_tokens"]
        self.template_id: int = made["template_id"]
        self._number = 0

    @property
    def web(self) -> str:
        """The WSGI server: everything but the two below."""
        return f"http://127.0.0.1:{self._web_port}"

    @property
    def live(self) -> str:
        """The ASGI server: WebSockets and the door for single sends."""
        return f"http://127.0.0.1:{self._live_port}"

    def start_servers(self) -> None:
        self._start("web", ["manage.py", "serve"], PORT=str(self._web_port))
        self._start("live", ["manage.py", "serve", "--live"], PORT=str(self._live_port))
        self._start("relay", ["manage.py", "relay"])
        schedule = str(self._processes.logs / "beat")
        celery = ["-m", "celery", "-A", "config"]
        self._start("beat", [*celery, "beat", "--pidfile=", "--schedule", schedule])
        self._start_worker("rest")
        self._wait()

    def start_senders(self, processes: int = SEND_PROCESSES) -> None:
        """The worker of the three lower queues, with so many processes, and the urgent one."""
        self._start_worker("send", [*LOWER_QUEUES, "-c", str(processes)])
        self._start_worker("urgent")
        self.send_batch(WARM_UP)

    def stop_senders(self) -> None:
        """So that others can be started; what they had begun they end first."""
        self._processes.stop("send", "urgent")
        self.names = [name for name in self.names if name not in ("send", "urgent")]

    def start_one_sender(self) -> None:
        """One process for the three lower queues: what it holds is one worker's."""
        self._start_worker("send", [*LOWER_QUEUES, "-c", "1"])

    def meter(self) -> Meter:
        roots = {name: self._processes.pid(name) for name in [*self.names, *self._sinks()]}
        return Meter(roots, self.storage.database)

    def pid(self, name: str) -> int:
        return self._processes.pid(name)

    def post(self, base: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
        return self.post_raw(base, path, json.dumps(body).encode())[0]

    def post_raw(self, base: str, path: str, body: bytes) -> tuple[dict[str, Any], float]:
        """The answer, and the seconds from request to answer."""
        connection = http.client.HTTPConnection(urlsplit(base).netloc, timeout=CALL_SECONDS)
        headers = {"Authorization": f"Api-Key {self.api_key}", "Content-Type": "application/json"}
        started = time.perf_counter()
        connection.request("POST", path, body, headers)
        response = connection.getresponse()
        content = response.read()
        seconds = time.perf_counter() - started
        connection.close()
        if response.status != 202:
            raise StartFailed(f"{path}: {response.status} {content[:500]!r}")
        return json.loads(content), seconds

    def get(self, path: str) -> tuple[int, float]:
        """The status, and the seconds it took."""
        connection = http.client.HTTPConnection(urlsplit(self.web).netloc, timeout=CALL_SECONDS)
        started = time.perf_counter()
        connection.request("GET", path, headers={"Authorization": f"Bearer {self.access_token}"})
        response = connection.getresponse()
        response.read()
        seconds = time.perf_counter() - started
        connection.close()
        return response.status, seconds

    def batch_body(self, messages: int, priority: int = 5) -> bytes:
        """Recipients that no call had before: each member may get 25 messages a minute."""
        self._number += 1
        recipients = [
            {"recipient": f"u{self._number}.{place}", "variables": {"name": f"客户{place}"}}
            for place in range(messages)
        ]
        body = {
            "template_id": self.template_id,
            "recipients": recipients,
            "variables": {"content": "感谢您的支持！"},
            "priority": priority,
        }
        return json.dumps(body, ensure_ascii=False).encode()

    def accept_batch(self, body: bytes) -> tuple[str, float]:
        """Its number, and the seconds from request to answer."""
        answer, seconds = self.post_raw(self.web, "/api/messages/send-batch", body)
        return answer["batch_id"], seconds

    def send_batch(self, messages: int, priority: int = 5) -> Sent:
        """From the call until the progress socket says that all rows are final."""
        body = self.batch_body(messages, priority)
        started_at = time.time()
        batch_id, accept_seconds = self.accept_batch(body)
        finished_at = self.wait_for(batch_id, messages)
        return Sent(batch_id, accept_seconds, finished_at - started_at)

    def wait_for(self, batch_id: str, messages: int) -> float:
        """Watches the batch as a page does; when its last row became final (epoch seconds).

        Raises `StartFailed` unless every message was sent.
        """
        url = f"ws://127.0.0.1:{self._live_port}/ws/batches/{batch_id}?token={self.access_token}"
        frame: dict[str, Any] = {}
        while frame.get("status") != "finished":
            # A page that loses its socket opens another; the first frame tells all.
            with (
                contextlib.suppress(ConnectionClosedError),
                connect(url, origin=Origin(self.web), proxy=None) as socket,
            ):
                while frame.get("status") != "finished":
                    frame = json.loads(socket.recv(timeout=FINISH_SECONDS))
        if frame["sent"] != messages:
            raise StartFailed(f"not all were sent: {frame}")
        with psycopg.connect(self.storage.database_url) as connection:
            row = connection.execute(
                "SELECT extract(epoch FROM max(finished_at)) FROM messaging_message m"
                " JOIN messaging_messagebatch b ON b.id = m.batch_id WHERE b.batch_id = %s",
                [batch_id],
            ).fetchone()
        assert row is not None
        return float(row[0])

    def run(self, *command: str) -> str:
        return run([sys.executable, *command], self._environment)

    def _sinks(self) -> list[str]:
        return [name for name in ("sink", "slow-sink") if self._processes.has(name)]

    def _start_worker(self, name: str, options: Sequence[str] = ()) -> None:
        options = options or WORKERS[name]
        command = ["-m", "celery", "-A", "config", "worker", *options, "-n", f"{name}@%h"]
        self._start(name, [*command, "--without-gossip", "--without-mingle"])

    def _start(self, name: str, command: list[str], **environment: str) -> None:
        self.names.append(name)
        full = {**self._environment, **environment}
        self._processes.start(name, [sys.executable, *command], full)

    def _wait(self) -> None:
        """Until both servers say that everything they need is there."""
        deadline = time.monotonic() + READY_SECONDS
        waiting = [self._web_port, self._live_port]
        while waiting and time.monotonic() < deadline:
            for name in self.names:
                self._processes.check(name)
            waiting = [port for port in waiting if not _is_ready(port)]
            time.sleep(0.2)
        if waiting:
            raise StartFailed(f"not ready in {READY_SECONDS} s\n{self._processes.tail('web')}")


@contextmanager
def running(
    processes: Processes, sink: str, *, senders: bool = True, pool_size: int = 0
) -> Iterator[System]:
    """A system that sends to `sink`; stopped, and its storage dropped, at the end."""
    with fresh("system") as storage:
        system = System(processes, storage, sink, pool_size)
        try:
            system.start_servers()
            if senders:
                system.start_senders()
            yield system
        finally:
            processes.stop(*reversed(system.names))


def _environment(storage: Storage, sink: str, pool_size: int, folder: Path) -> dict[str, str]:
    # Nothing of a developer's own settings may reach the measured system.
    kept = {name: os.environ[name] for name in ("HOME", "LANG") if name in os.environ}
    return {
        **kept,
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "DATABASE_URL": storage.database_url,
        "BROKER_URL": storage.broker_url,
        "REDIS_URL": storage.redis_url,
        "SECRET_KEY": secrets.token_urlsafe(48),
        "DATA_DIR": str(folder / "data"),
        "STATIC_ROOT": str(folder / "static"),
        "SANDBOX": "0",
        "DEBUG": "0",
        "APP_DOMAIN": "http://127.0.0.1",
        "LOG_LEVEL": "INFO",
        "PYTHONUNBUFFERED": "1",
        "WECOM_API_BASE": sink,
        "WECOM_CORP_ID": "wwbench",
        "WECOM_CORP_SECRET": "bench",
        "WECOM_AGENT_ID": "1000002",
        "MP_API_BASE": sink,
        **OFFICIAL,
        "BENCH_POOL_SIZE": str(pool_size),
    }


def _is_ready(port: int) -> bool:
    """A run without senders has queues that nobody consumes: workers are not asked for."""
    connection = http.client.HTTPConnection(f"127.0.0.1:{port}", timeout=10)
    try:
        connection.request("GET", "/readyz")
        checks = json.loads(connection.getresponse().read())["checks"]
        return all(state == "ok" for name, state in checks.items() if not name.startswith("worker"))
    except (OSError, ValueError):
        return False
    finally:
        connection.close()
