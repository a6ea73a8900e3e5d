"""PostgreSQL, RabbitMQ and Redis of the tests' own, from the installed binaries, so that they may die.

Where a binary is missing, the servers of the environment stand in: with storage of our own, but
nobody may kill them (`Servers.are_ours`).
"""

import os
import secrets
import shutil
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import amqp
import psycopg
import redis

from tests.faults.instances import BINARIES, START_SECONDS, Postgres, RabbitMQ, Redis, Server, find
from tests.faults.processes import until


class Servers:
    """The three of them. `are_ours`: started here, so they may be killed."""

    def __init__(self) -> None:
        self.why_not_ours = _why_not_ours()
        self.are_ours = not self.why_not_ours
        self._name = f"faults_{secrets.token_hex(3)}"
        if not self.are_ours:
            return
        self.folder = Path(tempfile.mkdtemp(prefix="scrm-faults-servers-"))
        self.folder.chmod(0o755)
        self.postgres = Postgres(self.folder)
        self.rabbitmq = RabbitMQ(self.folder)
        self.redis = Redis(self.folder)

    @property
    def _all(self) -> list[Server]:
        return [self.postgres, self.rabbitmq, self.redis] if self.are_ours else []

    @property
    def databases_url(self) -> str:
        """The address of a database, but for its name."""
        if self.are_ours:
            return self.postgres.base
        return os.environ["DATABASE_URL"].rpartition("/")[0]

    @property
    def broker_url(self) -> str:
        return self.rabbitmq.url if self.are_ours else os.environ["BROKER_URL"]

    @property
    def redis_url(self) -> str:
        return self.redis.url if self.are_ours else os.environ["REDIS_URL"]

    def database_name(self, name: str) -> str:
        return f"{self._name}_{name}"

    def start(self) -> None:
        for server in self._all:
            server._launch()
        for server in self._all:
            until(server.is_ready, START_SECONDS, why=lambda one=server: one._processes.tail())  # type: ignore[misc]

    def heal(self) -> None:
        for server in self._all:
            server.heal()

    def clear(self) -> None:
        """Nothing waits in the broker, nothing is remembered in Redis."""
        redis.Redis.from_url(self.redis_url).flushdb()
        behind = urlsplit(self.broker_url)
        connection = amqp.Connection(
            f"{behind.hostname}:{behind.port or 5672}",
            userid=behind.username or "guest",
            password=behind.password or "guest",
            virtual_host=behind.path[1:] or "/",
        )
        from django.conf import settings

        with connection:
            for queue in settings.CELERY_TASK_QUEUES:
                with suppress(amqp.NotFound):
                    connection.channel().queue_delete(queue.name)

    def create_database(self, name: str, template: str = "template1") -> str:
        """Empty or a copy; an old one of that name is gone. Returns its address."""
        self._execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        self._execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return f"{self.databases_url}/{name}"

    def dump(self, url: str, path: Path) -> None:
        """Keeps a whole database in a file, for `restore`; shared servers may be of another version."""
        if not self.are_ours:
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        half = path.with_suffix(".half")
        self._tool("pg_dump", "-Fc", "-f", str(half), url)
        half.rename(path)

    def restore(self, url: str, path: Path) -> None:
        if self.are_ours:
            self._tool("pg_restore", "--no-owner", "-j", "2", "-d", url, str(path))

    def _tool(self, name: str, *arguments: str) -> None:
        done = subprocess.run(
            [str(self.postgres.binaries / name), *arguments],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr

    def drop_databases(self) -> None:
        found = self._execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)")
        for name in found:
            self._execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def end(self) -> None:
        if not self.are_ours:
            self.drop_databases()
            return
        for server in self._all:
            server.end()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _execute(self, statement: str) -> list[str]:
        with psycopg.connect(f"{self.databases_url}/postgres", autocommit=True) as connection:
            cursor = connection.execute(statement, [self._name] if "%s" in statement else None)
            return [str(row[0]) for row in cursor.fetchall()] if cursor.description else []


def _why_not_ours() -> str:
    missing = [name for name in BINARIES if find(name) is None]
    return f"not installed here: {', '.join(missing)}" if missing else ""
