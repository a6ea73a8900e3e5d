"""Storage with every migration and fresh demo data, made once and copied for each running system.

All the migrations take the better part of a minute, the demo data ten seconds, a copy none. Demo data
tells of the last days up to now and has messages on their way, so it is made anew when it is old.
Each system still loads it as its operator would, which then only follows the system to its ports.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from functools import cache
from pathlib import Path

import psycopg
from psycopg import sql

ROOT = Path(__file__).resolve().parent.parent
# As old as demo data may be when a system starts with it.
FRESH_SECONDS = 240

_made_at: dict[str, float] = {}


def run(environment: dict[str, str], *command: str) -> str:
    """Runs one command of the project to its end, and gives what it said."""
    done = subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def fill_folder(folder: Path) -> None:
    """SQLite with migrations and demo data: what `serve --demo` leaves in an empty folder."""
    shutil.copytree(_folder_with_demo(), folder, dirs_exist_ok=True)


def fill_database(url: str, environment: dict[str, str]) -> None:
    """A PostgreSQL database with migrations and demo data, in place of what is at `url`."""
    base, _, name = url.rpartition("/")
    empty, full = f"{name}_migrated", f"{name}_demo"
    with psycopg.connect(f"{base}/postgres", autocommit=True) as connection:
        if empty not in _made_at:
            _create(connection, empty)
            _migrate({**environment, "DATABASE_URL": f"{base}/{empty}"})
            _made_at[empty] = time.monotonic()
        if not _is_fresh(full):
            _create(connection, full, template=empty)
            run({**environment, "DATABASE_URL": f"{base}/{full}"}, "manage.py", "demo")
            _made_at[full] = time.monotonic()
        _create(connection, name, template=full)


def _create(connection: psycopg.Connection, name: str, template: str = "template1") -> None:
    drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
    create = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
    connection.execute(drop.format(sql.Identifier(name)))
    connection.execute(create.format(sql.Identifier(name), sql.Identifier(template)))


def _folder_with_demo() -> Path:
    folder = _migrated_folder().with_name(f"{_migrated_folder().name}-demo")
    if not _is_fresh(str(folder)):
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(_migrated_folder(), folder)
        run({**os.environ, "DATA_DIR": str(folder)}, "manage.py", "demo")
        _made_at[str(folder)] = time.monotonic()
    return folder


@cache
def _migrated_folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="scrm-migrated-"))
    _migrate({**os.environ, "DATA_DIR": str(folder)})
    return folder


def _migrate(environment: dict[str, str]) -> None:
    run(environment, "manage.py", "migrate", "--verbosity", "0")


def _is_fresh(name: str) -> bool:
    return name in _made_at and time.monotonic() - _made_at[name] < FRESH_SECONDS
