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

from tests.faults.processes import Processes, free_port, until

START_SECONDS = 60.0
BINARIES = {
    "postgres": ["/usr/lib/postgresql/*/bin/postgres"],
    "rabbitmq-server": ["/usr/lib/rabbitmq/bin/rabbitmq-server"],
    "redis-server": ["/usr/bin/redis-server"],
    "epmd": ["/usr/lib/erlang/erts-*/bin/epmd"],
}


class Server:
    """One server: `kill()` and `start()` as often as a test wants, on the same port and folder."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name = name
        self.port = free_port()
        self.folder = folder / name
        self.folder.mkdir()
        self._processes = Processes(folder)

    def start(self) -> None:
        """Starts it and waits until it answers."""
        self._launch()
        until(
            lambda: self._check() or self.is_ready(),
            START_SECONDS,
            why=lambda: self._processes.tail(self.name),
        )

    def kill(self) -> None:
        """SIGKILL, at once and to all of it: nothing is written down that was not already."""
        self._processes.kill(self.name)

    def stop(self) -> None:
        self._processes.stop(self.name)

    def freeze(self) -> None:
        self._processes.freeze(self.name)

    def thaw(self) -> None:
        self._processes.thaw(self.name)

    def restart_after_kill(self) -> None:
        self.kill()
        self.start()

    def heal(self) -> None:
        """Running and answering again, whatever a test left behind."""
        if self._processes.is_running(self.name):
            self.thaw()
        else:
            self.start()

    def end(self) -> None:
        self._processes.stop_all()

    def is_ready(self) -> bool:
        raise NotImplementedError

    def _launch(self) -> None:
        raise NotImplementedError

    def _check(self) -> None:
        if not self._processes.is_running(self.name):
            raise AssertionError(f"{self.name} ended\n{self._processes.tail(self.name)}")


class Postgres(Server):
    """With fsync, as anybody should run it."""

    # Its own rule: never as root.
    _user = "postgres" if os.geteuid() == 0 else None

    def __init__(self, folder: Path) -> None:
        super().__init__("postgresql", folder)
        self.binaries = Path(find("postgres") or "").parent
        self.base = f"postgresql://postgres@127.0.0.1:{self.port}"
        if self._user:
            shutil.chown(self.folder, self._user)
        data = str(self.folder / "data")
        as_user = {"user": self._user, "group": self._user, "extra_groups": []}
        subprocess.run(
            [
                str(self.binaries / "initdb"),
                "-D",
                data,
                "-U",
                "postgres",
                "-A",
                "trust",
                "-E",
                "UTF8",
            ],
            check=True,
            capture_output=True,
            cwd="/",
            env=_plain_environment(),
            **(as_user if self._user else {}),
        )

    def _launch(self) -> None:
        options = {
            "listen_addresses": "127.0.0.1",
            "port": self.port,
            "unix_socket_directories": self.folder,
            "max_connections": 200,
            "log_min_messages": "fatal",
        }
        settings = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        command = [str(self.binaries / "postgres"), "-D", str(self.folder / "data"), *settings]
        self._processes.start(self.name, command, _plain_environment(), user=self._user)

    def is_ready(self) -> bool:
        try:
            psycopg.connect(f"{self.base}/postgres", connect_timeout=2).close()
        except psycopg.Error:
            return False
        return True


class RabbitMQ(Server):
    """A node of its own name, folder, ports and port mapper; nothing of the machine's is touched."""

    def __init__(self, folder: Path) -> None:
        super().__init__("rabbitmq", folder)
        self.url = f"amqp://guest:guest@127.0.0.1:{self.port}//"
        self._mapper_port = free_port()
        (self.folder / "rabbitmq.conf").write_text(
            f"listeners.tcp.default = 127.0.0.1:{self.port}\n"
            "disk_free_limit.absolute = 50MB\n"
            # Tests look for waiting tasks soon after they were published.
            "collect_statistics_interval = 1000\n"
        )
        (self.folder / "enabled_plugins").write_text("[].\n")

    def _launch(self) -> None:
        if not self._processes.is_running("epmd"):
            mapper = find("epmd")
            assert mapper
            self._processes.start(
                "epmd", [mapper, "-port", str(self._mapper_port)], _plain_environment()
            )
        base = find("rabbitmq-server")
        assert base
        environment = {
            **_plain_environment(),
            "HOME": str(self.folder),
            "ERL_EPMD_PORT": str(self._mapper_port),
            "RABBITMQ_NODENAME": f"faults{self.port}@localhost",
            "RABBITMQ_DIST_PORT": str(free_port()),
            "RABBITMQ_MNESIA_BASE": str(self.folder / "mnesia"),
            "RABBITMQ_LOG_BASE": str(self.folder / "log"),
            "RABBITMQ_CONFIG_FILE": str(self.folder / "rabbitmq"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(self.folder / "enabled_plugins"),
            "RABBITMQ_PID_FILE": str(self.folder / "pid"),
            # Its threads would spin for work; the machine is small.
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "+sbwt none",
        }
        self._processes.start(self.name, [base], environment)

    def is_ready(self) -> bool:
        try:
            self.connect().close()
        except (OSError, amqp.AMQPError):
            return False
        return True

    def connect(self) -> amqp.Connection:
        connection = amqp.Connection(
            f"127.0.0.1:{self.port}",
            userid="guest",
            password="guest",
            connect_timeout=2,
            read_timeout=10,
            write_timeout=10,
        )
        connection.connect()
        return connection

    def wipe(self) -> None:
        """The whole data folder, as a lost disk would; only while it is stopped."""
        assert not self._processes.is_running(self.name)
        shutil.rmtree(self.folder / "mnesia")

    def delete_queues(self, names: list[str]) -> None:
        with self.connect() as connection:
            for name in names:
                connection.channel().queue_delete(name)

    def depth(self, name: str) -> int | None:
        """How many tasks wait in a queue, without those in work; None when there is no such queue."""
        try:
            with self.connect() as connection:
                return int(connection.channel().queue_declare(name, passive=True).message_count)
        except amqp.NotFound:
            return None


class Redis(Server):
    """Keeps nothing on disk: a restart loses all, as Redis may."""

    def __init__(self, folder: Path) -> None:
        super().__init__("redis", folder)
        self.url = f"redis://127.0.0.1:{self.port}/0"

    def _launch(self) -> None:
        binary = find("redis-server")
        assert binary
        command = [binary, "--port", str(self.port), "--bind", "127.0.0.1", "--save", ""]
        command += ["--appendonly", "no", "--dir", str(self.folder)]
        self._processes.start(self.name, command, _plain_environment())

    def is_ready(self) -> bool:
        try:
            return bool(self.connect().ping())
        except redis.RedisError:
            return False

    def connect(self) -> redis.Redis:
        return redis.Redis.from_url(self.url, socket_timeout=5, socket_connect_timeout=2)

    def flush(self) -> None:
        self.connect().flushall()


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


def find(name: str) -> str | None:
    for pattern in BINARIES[name]:
        if found := sorted(Path("/").glob(pattern[1:])):
            return str(found[-1])
    return shutil.which(name)


def _why_not_ours() -> str:
    missing = [name for name in BINARIES if find(name) is None]
    return f"not installed here: {', '.join(missing)}" if missing else ""


def _plain_environment() -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "TZ": "UTC"}
