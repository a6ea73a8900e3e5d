"""Our own system in the services profile, every process by name, on servers that may die.

The processes are docker-compose.yml's, with two send workers, so that one can die while the other
works. Nothing starts a dead process again but the test.
"""

import json
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import psycopg
import requests

from tests.faults import commands
from tests.faults.commands import LOWER, WORKERS
from tests.faults.figures import FOLDER
from tests.faults.processes import Processes, free_port, until
from tests.faults.servers import Servers

READY_SECONDS = 90.0
CALL_SECONDS = 30.0
SENDERS = ("send-1", "send-2", "urgent")
OPEN = ("scheduled", "queued", "sending")
BATCH_PATH, SEND_PATH = "/api/messages/send-batch", "/api/messages/send"


class System:
    """A running system and a client of it. See `tests/faults/conftest.py`."""

    def __init__(self, servers: Servers, folder: Path, provider: dict[str, str]) -> None:
        """`provider`: the environment that leads to the stand-in."""
        self.servers = servers
        self.processes = Processes(folder)
        self._ports = {"web": free_port(), "live": free_port()}
        self._numbers = iter(range(1, 1_000_000))
        self.environment = commands.environment(servers, folder, provider)
        self._make_database()

    def _make_database(self) -> None:
        """A migrated and furnished template, and the first copy of it."""
        template = self.servers.database_name("template")
        url = self.servers.create_database(template)
        on_template = {**self.environment, "DATABASE_URL": url}
        kept = FOLDER / f"migrated-{commands.digest_of_migrations()}.dump"
        is_new = not kept.exists()
        if not is_new:
            self.servers.restore(url, kept)
        # Of a database that is migrated already this writes anew what depends on the code.
        commands.run(on_template, "manage.py", "migrate", "--verbosity", "0")
        if is_new:
            self.servers.dump(url, kept)
        self._furnished = json.loads(commands.run(on_template, "-m", "tests.faults.furnish"))
        name = self.servers.database_name("system")
        self.environment["DATABASE_URL"] = self.servers.create_database(name, template)

    # Processes

    @property
    def web(self) -> str:
        """The WSGI server: everything but the two below."""
        return f"http://127.0.0.1:{self._ports['web']}"

    @property
    def live(self) -> str:
        """The ASGI server: WebSockets and the door for single sends."""
        return f"http://127.0.0.1:{self._ports['live']}"

    def start(self, *names: str, **environment: str) -> None:
        """Starts these of our processes (or those of `extra_worker`); does not wait."""
        for name in names:
            full = {**self.environment, **environment}
            if name in self._ports:
                full["PORT"] = str(self._ports[name])
            command = commands.command_of(name, self.processes.folder)
            self.processes.start(name, [sys.executable, *command], full)

    def extra_worker(self, name: str, queues: str = LOWER, processes: int = 1) -> None:
        self.processes.start(
            name, [sys.executable, *commands.worker(name, queues, processes)], self.environment
        )

    def kill(self, name: str) -> float:
        """SIGKILL for all of it; when that was."""
        return self.processes.kill(name)

    def restart(self, *names: str) -> None:
        """Killed, started, and ready again."""
        for name in names:
            self.kill(name)
        self.start(*names)
        self.wait_until_ready()

    def heal(self) -> None:
        """All servers and all of our processes run, are well, and know the queues; extras are gone."""
        self.servers.heal()
        wanted = [*self._ports, "relay", "beat", *WORKERS]
        for name in self.processes.names():
            if name not in wanted:
                self.processes.thaw(name)
                self.processes.kill(name)
        for name in wanted:
            if self.processes.is_running(name):
                self.processes.thaw(name)
            else:
                if name in self.processes.names():
                    self.processes.wait(name)
                self.start(name)
        self.wait_until_ready()

    def wait_until_ready(self, seconds: float = READY_SECONDS) -> None:
        until(self._is_ready, seconds, pause=0.3, why=self._why_not_ready)

    def _is_ready(self) -> bool:
        return all(self._readings(base) == {"ok"} for base in (self.web, self.live))

    def _readings(self, base: str) -> set[str]:
        try:
            answer = requests.get(f"{base}/readyz", timeout=10)
            return {part["status"] for part in answer.json()["parts"].values()}
        except (requests.RequestException, ValueError, KeyError):
            return set()

    def _why_not_ready(self) -> str:
        try:
            found = requests.get(f"{self.web}/readyz", timeout=10).text
        except requests.RequestException as error:
            found = str(error)
        return f"{found}\n{self.processes.tail()}"

    def stop(self) -> None:
        for name in self.processes.names():
            self.processes.thaw(name)
        self.processes.stop_all()

    def run(self, *command: str) -> str:
        """One command of the project to its end, such as `("manage.py", "shell", "-c", code)`."""
        return commands.run(self.environment, *command)

    # The API

    @property
    def template_id(self) -> int:
        return int(self._furnished["template_id"])

    @property
    def key(self) -> dict[str, str]:
        """The header of a caller that may send and read."""
        return {"Authorization": f"Api-Key {self._furnished['api_key']}", "Connection": "close"}

    @property
    def superuser(self) -> dict[str, str]:
        """The header of somebody who may do everything."""
        return {
            "Authorization": f"Bearer {self._furnished['access_token']}",
            "Connection": "close",
        }

    def send(self, recipient: str, *, base: str = "", **body: Any) -> requests.Response:
        """One message by the key's caller; through the web server unless `base` says otherwise."""
        asked = {"recipient": recipient, "variables": {"name": recipient}, **body}
        if "template_code" not in asked:
            asked.setdefault("template_id", self.template_id)
        return requests.post(
            (base or self.web) + SEND_PATH, json=asked, headers=self.key, timeout=CALL_SECONDS
        )

    def people(self, number: int) -> list[str]:
        """Recipients that no call had before: each member may get 25 messages a minute."""
        call = next(self._numbers)
        return [f"p{call}.{place}" for place in range(number)]

    def send_batch(self, people: Sequence[str], **body: Any) -> str:
        """Accepts one message for each; the batch's number."""
        asked = {
            "template_id": self.template_id,
            "recipients": [
                {"recipient": person, "variables": {"name": person}} for person in people
            ],
            **body,
        }
        answer = requests.post(
            self.web + BATCH_PATH, json=asked, headers=self.key, timeout=CALL_SECONDS
        )
        assert answer.status_code == 202, answer.text
        return str(answer.json()["batch_id"])

    # The database

    def query(self, statement: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Rows, over a connection of its own."""
        with psycopg.connect(self.environment["DATABASE_URL"], autocommit=True) as connection:
            cursor = connection.execute(statement, parameters)
            return cursor.fetchall() if cursor.description else []

    def states(self, people: Iterable[str]) -> dict[str, int]:
        """How many messages to these are in each state."""
        return dict(
            self.query(
                "SELECT status, count(*) FROM messaging_message WHERE recipient = ANY(%s) GROUP BY 1",
                [list(people)],
            )
        )

    def wait_until_final(self, people: Sequence[str], seconds: float) -> dict[str, int]:
        """Until no message to these is open; their states then."""

        def ended() -> dict[str, int] | None:
            found = self.states(people)
            return None if any(found.get(state) for state in OPEN) else found

        return until(
            ended,
            seconds,
            pause=0.25,
            why=lambda: f"{self.states(people)}\n{self.processes.tail('relay', *SENDERS)}",
        )

    def wait_until_idle(self, seconds: float = 120) -> None:
        """Until nothing is left to send that is due: no chunk, no message in work."""
        until(
            lambda: (
                self.query(
                    "SELECT (SELECT count(*) FROM messaging_messagechunk WHERE due_at < now()) +"
                    " (SELECT count(*) FROM messaging_message WHERE status = 'sending')"
                )
                == [(0,)]
            ),
            seconds,
            why=lambda: self.processes.tail("relay", *SENDERS),
        )
