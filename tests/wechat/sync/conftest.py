"""Our sync against the simulated platform, over real HTTP."""

import importlib
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from customers.models import Customer
from tests.factories import AdminFactory, UserFactory
from wechat.models import SyncJob, SyncKind, SyncRun
from wechat.simulator import callbacks
from wechat.sync import jobs, runs
from wechat.sync.engine import work_run
from wechat.sync.runs import sync_start


@pytest.fixture
def corporation(platform: Any, settings: Any) -> Any:
    """The platform with few customers, and the colleagues who have them."""
    settings.SANDBOX_CONTACTS = 30
    AdminFactory(username="admin", name="管理员")
    for userid, name in (("lisi", "李四"), ("wangwu", "王五"), ("zhaoliu", "赵六")):
        UserFactory(username=userid, name=name)
    return platform


@pytest.fixture
def sync(run_outbox: Callable[[], int]) -> Callable[..., SyncRun]:
    """A whole run of one kind, worked as its tasks would."""

    def run(kind: SyncKind = SyncKind.RECONCILE, seconds: float = 600) -> SyncRun:
        started = sync_start(kind)
        assert work_run(started.pk, seconds=seconds)
        started.refresh_from_db()
        return started

    return run


@pytest.fixture
def settle(run_outbox: Callable[[], int]) -> Callable[[], None]:
    """Relay and workers until nothing is left to do; what is due later is due now."""

    def work() -> None:
        for _ in range(10):
            run_outbox()
            SyncJob.objects.filter(is_failed=False).update(due_at=timezone.now())
            with transaction.atomic():
                tasks = [*jobs.start_due(), *runs.start_due()]
            if not tasks:
                return
            for path, arguments in tasks:
                module, _, name = path.rpartition(".")
                getattr(importlib.import_module(module), name)(*arguments)

    return work


@pytest.fixture
def tell() -> Callable[..., Any]:
    """The platform's callback through the encrypted door."""

    def knock(event: str) -> Any:
        sealed = callbacks.seal_xml(event)
        answer = Client().post(
            f"{sealed.path}?{urlencode(sealed.query)}",
            sealed.body,
            content_type=sealed.content_type,
        )
        assert answer.status_code == 200, answer.content
        return answer

    return knock


@pytest.fixture
def zhangsan() -> Callable[[], Customer]:
    """The demo corporation's first customer, lisi's."""
    return lambda: Customer.objects.get(external_userid="wmSandbox000001")
