"""A channel whose provider is a list: what the core does with outcomes needs no wire."""

import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from config.api.keys import ApiKey
from config.errors import InvalidInputError, NotAllowedError
from messaging.actions.templates import template_save
from messaging.channels import registry
from messaging.channels.base import (
    Channel,
    Content,
    Limit,
    Outbound,
    Outcome,
    Receipt,
    ReceiptCall,
    ReceiptStatus,
    Recipient,
    Result,
)
from messaging.models import BodyFormat, Message, MessageTemplate
from messaging.sending.accept import NewMessage, messages_accept
from tests.messaging.answers import TEMPLATE


class ScriptedChannel(Channel):
    """Answers what the script says, then SENT; keeps what it was given."""

    code = "SMS"
    body_formats = frozenset(BodyFormat)

    def __init__(self) -> None:
        self.script: list[Result | Exception | Callable[[Outbound], None]] = []
        self.received: list[Outbound] = []
        self.limited: list[Limit] = []
        self.idempotent = False

    def recipient(self, text: str) -> Recipient:
        if text.startswith("bad"):
            raise InvalidInputError("不是有效的地址", code="bad_recipient")
        return Recipient(text)

    def compose(self, content: Content) -> dict[str, Any]:
        return {"subject": content.subject, "body": content.body, **content.options}

    def limits(self, outbound: Outbound) -> list[Limit]:
        return self.limited

    def is_idempotent(self, outbound: Outbound) -> bool:
        return self.idempotent

    async def send(self, outbound: Outbound, http: Any) -> Result:
        self.received.append(outbound)
        step = self.script.pop(0) if self.script else Result(Outcome.SENT)
        if isinstance(step, Exception):
            raise step
        if isinstance(step, Result):
            return step
        step(outbound)
        return Result(Outcome.SENT)


class ReportingChannel(ScriptedChannel):
    """Its provider numbers what it took and tells later what became of it, signed."""

    code = "APP"
    has_receipts = True
    KEY = b"what-both-sides-know"

    async def send(self, outbound: Outbound, http: Any) -> Result:
        result = await super().send(outbound, http)
        if result.outcome is Outcome.SENT and not result.provider_message_id:
            return Result(Outcome.SENT, provider_message_id=f"P{outbound.pk}")
        return result

    def receipts(self, call: ReceiptCall) -> list[Receipt]:
        given = call.headers.get("X-Signature", "").encode()
        if not hmac.compare_digest(given, self.sign(call.body).encode()):
            raise NotAllowedError("签名不符")
        try:
            told = json.loads(call.body)
            return [Receipt(ReceiptStatus(row.pop("status")), **row) for row in told]
        except (ValueError, TypeError, KeyError, AttributeError):
            raise InvalidInputError("回执无法解析") from None

    @classmethod
    def sign(cls, body: bytes) -> str:
        return hmac.new(cls.KEY, body, hashlib.sha256).hexdigest()


@pytest.fixture
def channel(monkeypatch: pytest.MonkeyPatch) -> ScriptedChannel:
    scripted = ScriptedChannel()
    monkeypatch.setitem(registry._channels, scripted.code, scripted)
    return scripted


@pytest.fixture
def reporting(monkeypatch: pytest.MonkeyPatch) -> ReportingChannel:
    scripted = ReportingChannel()
    monkeypatch.setitem(registry._channels, scripted.code, scripted)
    return scripted


@pytest.fixture
def tell(reporting: ReportingChannel) -> Callable[..., Any]:
    """The provider's call with what it has to tell: `tell({"status": "delivered", …})`."""

    def post(*receipts: dict[str, Any], signature: str | None = None) -> Any:
        body = json.dumps(receipts).encode()
        return APIClient().post(
            "/api/messages/receipts/app",
            body,
            content_type="text/plain",
            headers={"X-Signature": reporting.sign(body) if signature is None else signature},
        )

    return post


@pytest.fixture
def accept(channel: ScriptedChannel) -> Callable[..., list[Message]]:
    def make(count: int = 1, **fields: Any) -> list[Message]:
        return messages_accept(
            [
                NewMessage(
                    channel=channel.code, recipient=f"r{number}", payload={"n": number}, **fields
                )
                for number in range(count)
            ]
        )

    return make


@pytest.fixture
def new_template(db: None, channel: ScriptedChannel) -> Callable[..., MessageTemplate]:
    """A template of the scripted channel, saved the way the API saves it."""

    def make(code: str = "notice", body: str = "{{name}}，您好", **fields: Any) -> MessageTemplate:
        fields = {"name": code, "channel": channel.code, **fields}
        return template_save(MessageTemplate(code=code, body=body, **fields), actor=None)

    return make


@pytest.fixture
def operator(api: Callable[[Any], APIClient], admin: Any) -> APIClient:
    return api(admin)


@pytest.fixture
def with_key(db: None) -> Callable[..., APIClient]:
    """A server-to-server client: `with_key("messages:send").post(…)`."""

    def client(*scopes: str) -> APIClient:
        _, key = ApiKey.objects.create_key(name="对接方", scopes=list(scopes))
        knocking = APIClient()
        knocking.credentials(HTTP_AUTHORIZATION=f"Api-Key {key}")
        return knocking

    return client


@pytest.fixture
def create(operator: APIClient, channel: ScriptedChannel) -> Callable[..., dict[str, Any]]:
    """A template made over HTTP, as the API shows it."""

    def post(**fields: Any) -> dict[str, Any]:
        response = operator.post("/api/template", {**TEMPLATE, **fields})
        assert response.status_code == 201, response.content
        made: dict[str, Any] = response.json()
        return made

    return post
