"""The three servers, and a database, a virtual host and a Redis number of our own on them."""

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

import psycopg
import redis
from psycopg import sql

from bench.processes import StartFailed, run

DATABASES = os.environ.get("BENCH_DATABASES_URL", "postgresql://postgres@127.0.0.1:5432")
BROKER = os.environ.get("BENCH_BROKER_URL", "amqp://guest:guest@127.0.0.1:5672")
REDIS = os.environ.get("BENCH_REDIS_URL", "redis://127.0.0.1:6379")
# These two are the benches'; whatever else uses this Redis stays out of them.
REDIS_NUMBERS = {"system": 12, "peer": 13}


@dataclass(frozen=True)
class Storage:
    """Addresses of empty storage."""

    database: str
    database_url: str
    broker_url: str
    redis_url: str


@contextmanager
def fresh(kind: str) -> Iterator[Storage]:
    """Empty storage for a `system` or a `peer`; gone afterwards."""
    name = f"scrm_bench_{kind}_{secrets.token_hex(3)}"
    redis_url = f"{REDIS}/{REDIS_NUMBERS[kind]}"
    try:
        _execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        _add_vhost(name)
        _flush(redis_url)
        yield Storage(name, f"{DATABASES}/{name}", f"{BROKER}/{name}", redis_url)
    finally:
        _execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        run(["rabbitmqctl", "-q", "delete_vhost", name])
        _flush(redis_url)


def why_not() -> str:
    """What is missing for a run; empty when nothing is."""
    if shutil.which("rabbitmqctl") is None:
        return "rabbitmqctl is not here: no virtual host can be made"
    try:
        _execute(sql.SQL("SELECT 1"))
        _connection(REDIS).ping()
        run(["rabbitmqctl", "-q", "list_vhosts"])
    except (psycopg.Error, redis.RedisError, StartFailed) as error:
        return str(error).strip().splitlines()[-1]
    return ""


def versions() -> dict[str, str]:
    with psycopg.connect(f"{DATABASES}/postgres") as connection:
        row = connection.execute("SHOW server_version").fetchone()
    return {
        "PostgreSQL": str(row[0]).split()[0] if row else "?",
        "RabbitMQ": run(["rabbitmqctl", "-q", "version"]).strip(),
        "Redis": str(_connection(REDIS).info("server")["redis_version"]),
    }


def _execute(statement: sql.SQL | sql.Composed) -> None:
    with psycopg.connect(f"{DATABASES}/postgres", autocommit=True) as connection:
        connection.execute(statement)


def _add_vhost(name: str) -> None:
    user = urlsplit(BROKER).username or "guest"
    run(["rabbitmqctl", "-q", "add_vhost", name])
    run(["rabbitmqctl", "-q", "set_permissions", "-p", name, user, ".*", ".*", ".*"])


def _connection(url: str) -> redis.Redis:
    return redis.Redis.from_url(url)


def _flush(url: str) -> None:
    _connection(url).flushdb()
