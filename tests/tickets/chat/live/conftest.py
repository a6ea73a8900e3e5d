"""张三 talks to 李四, and the socket server looks often."""

from typing import Any

import pytest
from django.db import connections

from config.api.roles import Role
from tests.factories import CustomerFactory, UserFactory, actor
from tests.tickets.chat.lifecycle.scene import begin, online
from tickets.chat.live import watch
from tickets.models import Chat


@pytest.fixture(autouse=True)
def quick_and_clean(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(connections.settings["default"], "CONN_MAX_AGE", 0)
    monkeypatch.setattr(watch, "LOOK_SECONDS", 0.05)
    monkeypatch.setattr(watch, "BOARD_SECONDS", 0.02)


@pytest.fixture
def zhangsan(db: None) -> Any:
    customer = CustomerFactory(name="张三")
    return UserFactory(username="zhangsan", name="张三", role=Role.CUSTOMER, customer=customer)


@pytest.fixture
def chat(zhangsan: Any, lisi: Any) -> Chat:
    return begin(zhangsan.customer, online(lisi))


@pytest.fixture
def customer(zhangsan: Any) -> Any:
    return actor(zhangsan)


@pytest.fixture
def agent(lisi: Any) -> Any:
    return actor(lisi)
