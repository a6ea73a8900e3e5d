"""WeChat customer service from the customer's phone to the agent and back, over real HTTP."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from config.runtime import store
from customers.models import Customer, CustomerIdentifier
from tests.factories import CustomerFactory
from tickets.models import AgentPresence, Chat, ChatAgent
from wechat.kf import reading
from wechat.models import KfAccount

KF = "wkSandboxKf01"
ZHANGSAN = "wmSandbox000001"


@pytest.fixture
def agent(lisi: Any) -> Any:
    """On duty for chats."""
    ChatAgent.objects.create(user=lisi)
    AgentPresence.objects.create(
        user=lisi, status="online", holds_until=timezone.now() + timedelta(hours=8)
    )
    return lisi


@pytest.fixture
def kf(platform: Any, settings: Any, client: Any) -> Callable[..., dict[str, Any]]:
    """Somebody acts on the platform; the doorbell comes over HTTP, nothing is worked yet."""
    settings.SANDBOX_CONTACTS = 30

    def act(act: str, **fields: Any) -> dict[str, Any]:
        body = {"act": act, "external_userid": ZHANGSAN, **fields}
        if "name" in fields:
            del body["external_userid"]
        answer = client.post("/sandbox/api/kf", body, content_type="application/json")
        assert answer.status_code == 200, answer.content
        assert all(one["status"] == 200 for one in answer.json()["answers"])
        return dict(answer.json())

    return act


@pytest.fixture
def work_all(run_outbox: Callable[[], int]) -> Callable[[], None]:
    """Relay and workers until nothing is left to do."""

    def run() -> None:
        while run_outbox():
            pass

    return run


@pytest.fixture
def phone(client: Any) -> Callable[..., list[str]]:
    """The words that the customer has received."""

    def look(external_userid: str = ZHANGSAN, open_kfid: str = KF) -> list[str]:
        query = {"open_kfid": open_kfid, "external_userid": external_userid}
        rows = client.get("/sandbox/api/kf/messages", query).json()["list"]
        return [
            row.get("text", {}).get("content") or row.get("msgmenu", {}).get("head_content", "")
            for row in rows
            if row["from"] == "api"
        ]

    return look


@pytest.fixture
def session(client: Any) -> Callable[..., dict[str, Any]]:
    """What the platform knows of a customer's session."""

    def look(external_userid: str = ZHANGSAN) -> dict[str, Any]:
        rows = client.get("/sandbox/api/kf").json()["sessions"]
        return dict(next(row for row in rows if row["external_userid"] == external_userid))

    return look


@pytest.fixture
def misbehave(client: Any) -> Callable[..., None]:
    def order(**fields: Any) -> None:
        body = {"channel": "KF", **fields}
        answer = client.post("/sandbox/api/faults", body, content_type="application/json")
        assert answer.status_code == 200, answer.json()

    return order


@pytest.fixture
def talking(agent: Any) -> Customer:
    """张三, who is in a chat with the agent already: every word of theirs is the agent's to read."""
    customer = CustomerFactory(name="张三", external_userid=ZHANGSAN)
    CustomerIdentifier.objects.create(customer=customer, channel="KF", address=ZHANGSAN)
    return customer


@pytest.fixture
def in_chat(
    kf: Callable[..., dict[str, Any]], talking: Customer, work_all: Callable[[], None]
) -> Chat:
    """The open chat of 张三 at the account, with the agent."""
    kf("customer_says", content="人工")
    work_all()
    return Chat.objects.get(customer=talking)


@pytest.fixture
def setting(db: None) -> Callable[[str, Any], None]:
    def change(key: str, value: Any) -> None:
        store.change(key=key, value=value, actor=None)
        store.forget_snapshot()

    return change


@pytest.fixture
def account(kf: Callable[..., dict[str, Any]]) -> Callable[[], KfAccount]:
    return lambda: KfAccount.objects.get(open_kfid=KF)


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "ITEMS_A_PAGE", 2)
