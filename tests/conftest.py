"""What the whole suite shares: clients, the simulator over real HTTP, the outbox worked by hand."""

import importlib
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from django.db.backends.postgresql.operations import DatabaseOperations as PostgreSQL
from django.utils import timezone
from rest_framework.test import APIClient

from config import counting, redis_link
from config.api import rate_limits, traffic
from config.database import clock
from config.events.models import OutboxEntry
from config.events.subscribers import subscribers_of
from config.health import probing
from config.pace import Pace
from config.processes import heartbeat
from config.runtime import store
from messaging import templates_in_use, variables
from messaging.channels import accounts
from messaging.models import MessageChunk, MessageTemplate
from messaging.sending import circuit, limits, pool, prepare, work
from messaging.statistics import counters, overview
from monitoring.board import snapshot as monitor_snapshot
from monitoring.metrics import exposition
from monitoring.watch import holding, rounds
from tests.factories import AdminFactory, UserFactory
from tickets.assistant.knowledge import index as knowledge_index
from tickets.assistant.learning import active as intent_model
from tickets.storage import private_storage
from wechat.client import tokens
from wechat.official import door as official_door

pytest_plugins = ["tests.live", "tests.mail_server"]


def pytest_configure() -> None:
    # Real hashing would make every login of the suite half a second long.
    django_settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    PostgreSQL.sql_flush = _emptied  # type: ignore[method-assign]
    if "postgresql" in django_settings.DATABASES["default"]["ENGINE"]:
        _commit_without_waiting(django_settings.DATABASES["default"]["OPTIONS"])


def _commit_without_waiting(options: dict[str, Any]) -> None:
    """Nobody needs the rows of a test after a power cut; the running systems keep waiting for the disk."""
    given = options.get("options", "")
    options["options"] = f"{given} -c synchronous_commit=off".strip()


def _emptied(self: PostgreSQL, style: Any, tables: Sequence[str], **options: Any) -> list[str]:
    """TRUNCATE makes a new file for each of our tables after each test; few of them hold a row."""
    if not tables:
        return []
    steps = "".join(
        f"IF EXISTS (SELECT FROM {name}) THEN DELETE FROM {name}; END IF; "  # noqa: S608 - our own
        for name in map(self.quote_name, tables)
    )
    return [f"DO $$ BEGIN SET CONSTRAINTS ALL DEFERRED; {steps}END $$;"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.get_closest_marker("embedded_only") and not django_settings.EMBEDDED:
            item.add_marker(pytest.mark.skip(reason="embedded profile only"))
        if item.get_closest_marker("services_only") and django_settings.EMBEDDED:
            item.add_marker(pytest.mark.skip(reason="services profile only"))


@pytest.fixture(autouse=True)
def clean_memory() -> Iterator[None]:
    """Nothing that a process remembers passes from one test to the next."""
    cache.clear()
    for forget in (
        accounts.forget,
        circuit.forget,
        circuit.forget_outcomes,
        intent_model.forget,
        counters.forget_here,
        counting.forget,
        heartbeat.forget,
        holding.forget,
        rounds.forget,
        knowledge_index.forget,
        limits.forget_local,
        monitor_snapshot.forget,
        overview.forget,
        prepare.forget,
        probing.forget,
        rate_limits.forget,
        redis_link.forget_failure,
        store.forget_snapshot,
        templates_in_use.forget,
        tokens.forget_own,
        traffic.forget,
        exposition.forget,
        variables.forget,
    ):
        forget()
    yield
    pool.close()


@pytest.fixture(autouse=True)
def no_rush(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test says more in a second than followers do."""
    generous = Pace(10_000, 10_000)
    monkeypatch.setattr(
        official_door, "_paced", lambda a_second: generous if a_second else Pace(0, 0)
    )


@pytest.fixture(autouse=True)
def database_travels_along(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test that travels through time moves this process alone; its database is to agree."""
    monkeypatch.setattr(clock, "now", timezone.now)


@pytest.fixture(autouse=True)
def own_files(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    """What a test uploads goes away with the test."""
    kept = vars(private_storage())  # where it remembers its place
    for name in ("base_location", "location"):
        monkeypatch.setitem(kept, name, str(tmp_path / "private"))


@pytest.fixture
def admin(db: None) -> Any:
    return AdminFactory(username="admin", name="管理员")


@pytest.fixture
def lisi(db: None) -> Any:
    return UserFactory(username="lisi", name="李四")


@pytest.fixture
def wangwu(db: None) -> Any:
    return UserFactory(username="wangwu", name="王五")


@pytest.fixture
def api() -> Callable[[Any], APIClient]:
    """A client that is logged in as somebody: `api(lisi).get("/api/tickets")`."""

    def client(user: Any = None) -> APIClient:
        logged_in = APIClient()
        if user is not None:
            logged_in.force_authenticate(user)
        return logged_in

    return client


@pytest.fixture
def settings_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """For tests that count queries: the runtime settings' look once a second is not theirs."""
    monkeypatch.setattr(store, "SNAPSHOT_SECONDS", 3600)
    store.get("message_sender")


@pytest.fixture
def platform(live_server: Any, settings: Any) -> Any:
    """Tencent's stand-in at a real address; our senders are pointed at it."""
    settings.WECOM_API_BASE = f"{live_server.url}/sandbox"
    settings.MP_API_BASE = f"{live_server.url}/sandbox/mp"
    settings.GROUP_WEBHOOK_URL = f"{live_server.url}/sandbox/cgi-bin/webhook/send?key=robot-key"
    settings.SANDBOX_CALLBACK_BASE = live_server.url
    # Each call to the stand-in takes a database connection there, and PostgreSQL has a hundred.
    few = {"core_pool_size": 8, "max_pool_size": 8}
    store.change(key="message_sender", value={**store.get("message_sender"), **few}, actor=None)
    return live_server


@pytest.fixture
def run_outbox() -> Callable[[], int]:
    """Does at once what relay and workers would do: works due chunks and committed outbox rows."""

    def run() -> int:
        done = 0
        while chunks := list(
            MessageChunk.objects.filter(published_at=None, due_at__lte=timezone.now())
        ):
            for chunk in chunks:
                work.send_chunk(chunk.pk)
                done += 1
        while entries := list(OutboxEntry.objects.order_by("id")):
            OutboxEntry.objects.filter(pk__in=[entry.pk for entry in entries]).delete()
            for entry in entries:
                if entry.kind == OutboxEntry.Kind.TASK:
                    tasks = [(entry.name, entry.payload)]
                else:
                    heard = subscribers_of(entry.name)
                    tasks = [(subscriber.task, [entry.payload]) for subscriber in heard]
                for path, arguments in tasks:
                    module, _, name = path.rpartition(".")
                    getattr(importlib.import_module(module), name)(*arguments)
                    done += 1
        return done

    return run


@pytest.fixture
def sms_told() -> Iterator[Callable[[], None]]:
    """Waits until the sandbox's SMS providers have pushed what they took."""

    def wait() -> None:
        for thread in threading.enumerate():
            if thread.name == "sandbox-sms-receipt":
                thread.join(20)

    yield wait
    wait()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """No templates of the migrations': tests that flush would lose them, so no test has them."""
    with django_db_blocker.unblock():
        MessageTemplate.objects.all().delete()
