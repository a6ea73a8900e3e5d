"""Customers who chat with the console: each a login of the running system, with a past of their own."""

import json
import uuid
from dataclasses import dataclass, field
from typing import Any

import requests

from tests.live import PASSWORD, LiveSystem, run

OWN = "/api/user/customer-service"
# Run inside the system: the API makes no logins for customers.
_MAKE = "from tests.browser.chat_people import make; make({!r})"


@dataclass
class Guest:
    """A customer in front of their own page."""

    system: LiveSystem
    name: str
    session: requests.Session
    chat_id: int = 0
    said: list[int] = field(default_factory=list)

    def ask(self, method: str, rest: str, **body: Any) -> Any:
        answer = self.session.request(method, self.system.url(f"{OWN}{rest}"), json=body or None)
        assert answer.status_code < 300, answer.text
        return answer.json()

    def come(self) -> dict[str, Any]:
        standing = self.ask("POST", "/assign")
        self.chat_id = standing["chat_id"]
        return standing

    def say(self, *words: str) -> dict[str, Any]:
        for text in words:
            message = self.ask("POST", f"/chats/{self.chat_id}/messages", content=text)
        return message

    def send(self, name: str, content: bytes, content_type: str) -> None:
        answer = self.session.post(
            self.system.url(f"{OWN}/chats/{self.chat_id}/files"),
            files={"file": (name, content, content_type)},
        )
        assert answer.status_code == 201, answer.text

    def sees(self) -> list[dict[str, Any]]:
        return self.ask("GET", f"/chats/{self.chat_id}/messages?limit=200")["list"]

    def read(self) -> None:
        self.ask("POST", f"/chats/{self.chat_id}/read", up_to=self.sees()[-1]["number"])


def guests(system: LiveSystem, *told: dict[str, Any]) -> list[Guest]:
    """New customers, made at once; of each is told: name, company, tags, tickets, projects, owner."""
    people = [{"username": f"guest-{uuid.uuid4().hex[:8]}", **one} for one in told]
    run(system, "manage.py", "shell", "-v0", "-c", _MAKE.format(json.dumps(people)))
    return [Guest(system, one["name"], system.as_user(one["username"])) for one in people]


def make(told: str) -> None:
    from config.runtime import store

    # A test tidies up more chats a minute than a person ends.
    limits = store.get("chat.rate_limits")
    limits = {**limits, "end_chat": {**limits["end_chat"], "count": 1000}}
    store.change(key="chat.rate_limits", value=limits, actor=None)
    for one in json.loads(told):
        _make(one)


def _make(about: dict[str, Any]) -> None:
    from config.api.roles import Role
    from customers.models import User
    from tests.factories import (
        CustomerFactory,
        ProjectFactory,
        TagFactory,
        TicketFactory,
        UserFactory,
    )

    owner = User.objects.filter(username=about.get("owner", "")).first()
    plain = {"phone", "company", "province", "city", "remark"}
    customer = CustomerFactory(
        name=about["name"],
        follow_user=owner,
        **{"company": "", **{name: about[name] for name in plain & about.keys()}},
    )
    UserFactory(
        username=about["username"],
        name=about["name"],
        role=Role.CUSTOMER,
        customer=customer,
        password=PASSWORD,
    )
    for tag in about.get("tags", ()):
        customer.tags.add(TagFactory(name=tag))
    for title, status in about.get("tickets", ()):
        TicketFactory(customer=customer, title=title, description=title, status=status)
    for name in about.get("projects", ()):
        ProjectFactory(customer=customer, name=name, owner=owner)
