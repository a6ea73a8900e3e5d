"""One server each of PostgreSQL, RabbitMQ and Redis, from the installed binaries, that may die."""

import os
import shutil
import subprocess
from pathlib import Path

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


def find(name: str) -> str | None:
    for pattern in BINARIES[name]:
        if found := sorted(Path("/").glob(pattern[1:])):
            return str(found[-1])
    return shutil.which(name)


def _plain_environment() -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "TZ": "UTC"}
