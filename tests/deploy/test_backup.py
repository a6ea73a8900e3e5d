"""A backup holds everything, is proven before it counts, and comes back whole."""

import os
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

ROOT = Path(__file__).resolve().parent.parent.parent

pytestmark = [pytest.mark.services_only, pytest.mark.timeout(120)]


class Server:
    """The tests' PostgreSQL, with databases of this test's own."""

    def __init__(self) -> None:
        self._base = os.environ["DATABASE_URL"].rpartition("/")[0]
        self.made: list[str] = []

    def url(self, name: str) -> str:
        return f"{self._base}/{name}"

    def create(self, name: str) -> str:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {name}")
            connection.execute(f"CREATE DATABASE {name}")
        self.made.append(name)
        return self.url(name)

    def databases(self) -> set[str]:
        with psycopg.connect(self.url("postgres")) as connection:
            return {row[0] for row in connection.execute("SELECT datname FROM pg_database")}

    def drop(self) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            for name in self.made:
                connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@pytest.fixture
def server():
    made = Server()
    yield made
    made.drop()


@pytest.fixture
def source(server):
    """A database with rows, a sequence, a partial unique index, and words of every kind."""
    url = server.create(f"backup_source_{os.getpid()}")
    with psycopg.connect(url) as connection:
        connection.execute(
            "CREATE TABLE customer (id bigserial PRIMARY KEY, name text, data jsonb);"
            "CREATE UNIQUE INDEX one_open ON customer (name) WHERE data IS NULL;"
            "CREATE TABLE empty_one (id int)"
        )
        connection.execute(
            "INSERT INTO customer (name, data)"
            " SELECT '客户''' || n, jsonb_build_object('n', n) FROM generate_series(1, 1000) n"
        )
    return url


def run(script, *arguments, url, **environment):
    return subprocess.run(
        [ROOT / "deploy" / script, *arguments],
        env={"PATH": os.environ["PATH"], "DATABASE_URL": url, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def rows(url):
    with psycopg.connect(url) as connection:
        return connection.execute("SELECT id, name, data FROM customer ORDER BY id").fetchall()


@pytest.fixture
def backup(source, tmp_path):
    """One backup, with private files: the path of its dump."""
    private = tmp_path / "private"
    (private / "tickets").mkdir(parents=True)
    (private / "tickets" / "图片.png").write_bytes(b"png")
    done = run("backup.sh", url=source, BACKUP_DIR=str(tmp_path / "kept"), PRIVATE_DIR=str(private))
    assert done.returncode == 0, done.stdout + done.stderr
    (dump,) = (tmp_path / "kept").glob("*.dump")
    return dump


def test_what_was_backed_up_comes_back_whole(server, source, backup, tmp_path):
    target = server.create(f"backup_target_{os.getpid()}")
    files = tmp_path / "restored"
    done = run("restore.sh", str(backup), url=target, PRIVATE_DIR=str(files))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "the same rows in 2 tables" in done.stdout
    assert rows(target) == rows(source)
    assert len(rows(target)) == 1000
    with psycopg.connect(target) as connection:
        (number,) = connection.execute("SELECT nextval('customer_id_seq')").fetchone()
    assert number == 1001
    assert (files / "tickets" / "图片.png").read_bytes() == b"png"


def test_it_is_proven_and_leaves_no_scratch_behind(server, backup):
    assert backup.with_suffix(".counts").read_text() == "customer 1000\nempty_one 0\n"
    assert not [name for name in server.databases() if "_verify_" in name]
    assert not list(backup.parent.glob(".*"))
    assert all(path.stat().st_mode & 0o077 == 0 for path in backup.parent.iterdir())


def test_a_database_with_something_in_it_is_not_lost_by_mistake(server, backup):
    target = server.create(f"backup_target_{os.getpid()}")
    with psycopg.connect(target) as connection:
        connection.execute("CREATE TABLE precious (id int)")
    done = run("restore.sh", str(backup), url=target)
    assert done.returncode == 1
    assert "not empty" in done.stderr
    done = run("restore.sh", "--replace", str(backup), url=target)
    assert done.returncode == 0, done.stderr
    assert len(rows(target)) == 1000


def test_a_damaged_backup_is_refused_before_anything_is_touched(server, backup):
    target = server.create(f"backup_target_{os.getpid()}")
    content = bytearray(backup.read_bytes())
    content[len(content) // 2] ^= 1
    backup.write_bytes(content)
    done = run("restore.sh", "--replace", str(backup), url=target)
    assert done.returncode == 1
    assert "damaged" in done.stderr


def test_a_restore_that_fails_leaves_the_database_as_it_was(server, source, tmp_path):
    with psycopg.connect(source) as connection:
        connection.execute("CREATE SCHEMA archive")
    assert run("backup.sh", url=source, BACKUP_DIR=str(tmp_path / "other")).returncode == 0
    (dump,) = (tmp_path / "other").glob("*.dump")
    target = server.create(f"backup_target_{os.getpid()}")
    with psycopg.connect(target) as connection:
        connection.execute("CREATE TABLE precious (id int)")
        # What is there already cannot be made again.
        connection.execute("CREATE SCHEMA archive")
    assert run("restore.sh", "--replace", str(dump), url=target).returncode != 0
    with psycopg.connect(target) as connection:
        assert connection.execute("SELECT count(*) FROM precious").fetchone() == (0,)


def test_old_backups_go_but_never_the_last_ones(source, tmp_path):
    kept = tmp_path / "kept"
    kept.mkdir()
    for day in range(1, 6):
        old = kept / f"scrm-2020010{day}T000000Z.dump"
        old.write_text("x")
        old.with_suffix(".counts").write_text("x")
        os.utime(old, (1_577_836_800, 1_577_836_800))
    done = run("backup.sh", url=source, BACKUP_DIR=str(kept), KEEP_LEAST="3")
    assert done.returncode == 0, done.stderr
    names = sorted(path.name for path in kept.glob("*.dump"))
    assert names[:2] == ["scrm-20200104T000000Z.dump", "scrm-20200105T000000Z.dump"]
    assert len(names) == 3
    assert len(list(kept.glob("*.counts"))) == 3


def test_a_backup_that_cannot_be_made_is_no_backup(tmp_path):
    url = urlsplit(os.environ["DATABASE_URL"])._replace(path="/no_such_database_here").geturl()
    done = run("backup.sh", url=url, BACKUP_DIR=str(tmp_path))
    assert done.returncode != 0
    assert list(tmp_path.iterdir()) == []


def test_a_password_with_odd_characters_is_read_from_the_address():
    script = (
        f". {ROOT}/deploy/database_url.sh;"
        ' printf "%s|%s|%s|%s|%s" "$PGUSER" "$PGPASSWORD" "$PGHOST" "$PGPORT" "$PGDATABASE"'
    )
    done = subprocess.run(
        ["sh", "-c", script],
        env={"PATH": os.environ["PATH"], "DATABASE_URL": "postgresql://a:p%40s%2Fs@db/scrm?x=1"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "a|p@s/s|db|5432|scrm"
