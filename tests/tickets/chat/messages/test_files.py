"""Files in a chat: what they are tells their content, who may have them the chat."""

from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from config.runtime import store
from tests.factories import UserFactory
from tests.tickets.relations.files import HTML, PDF, PNG, SVG, file
from tickets.models import ChatFile, ChatMessage
from tickets.storage import private_storage

pytestmark = pytest.mark.django_db


def _send(client: Any, side: str, name: str, held: bytes, /, **given: Any) -> Any:
    return client.post(f"{side}/files", {"file": file(name, held), **given}, format="multipart")


def test_a_picture_is_a_message_that_is_shown(api, zhangsan, own, chat):
    sent = _send(api(zhangsan), own, "x.png", PNG, content="看这里", client_id="f-1")
    assert sent.status_code == 201, sent.content
    message = sent.json()
    assert (message["type"], message["content"], message["status"]) == ("image", "看这里", "sent")
    assert message["file"]["is_image"] is True
    assert message["file"]["url"].startswith("/api/user/customer-service/chats/")
    shown = api(zhangsan).get(message["file"]["url"])
    assert b"".join(shown.streaming_content) == PNG
    assert shown["Content-Type"] == "image/png"
    assert shown["Content-Disposition"].startswith("inline")
    assert shown["X-Content-Type-Options"] == "nosniff"
    kept = api(zhangsan).get(message["file"]["url"] + "?download=1")
    assert kept["Content-Disposition"].startswith("attachment")
    again = _send(api(zhangsan), own, "x.png", PNG, client_id="f-1")
    assert again.json()["id"] == message["id"]
    assert ChatFile.objects.count() == 1


def test_other_files_are_kept_and_the_team_reads_them_at_its_own_door(api, lisi, zhangsan, team):
    message = _send(api(lisi), team, "报告.pdf", PDF).json()
    assert (message["type"], message["file"]["name"]) == ("file", "报告.pdf")
    got = api(lisi).get(message["file"]["url"])
    assert got["Content-Disposition"].startswith("attachment")
    own_address = message["file"]["url"].replace("/api/", "/api/user/")
    assert api(zhangsan).get(own_address).status_code == 200
    assert api(zhangsan).get(message["file"]["url"]).status_code == 403


def test_files_of_other_chats_are_not_there(api, lisi, zhangsan, team, own):
    message = _send(api(lisi), team, "x.pdf", PDF).json()
    address = message["file"]["url"].replace("/api/", "/api/user/")
    stranger = UserFactory(role="customer")
    assert api(stranger).get(address).status_code == 404
    assert api(zhangsan).get(f"{own}/files/999999").status_code == 404


@pytest.mark.parametrize(
    ("name", "content"),
    [("x.png", b""), ("x.exe", b"MZ"), ("x.svg", SVG), ("x.txt", HTML), ("x.png", b"\x00\x01")],
)
def test_what_no_chat_takes_is_refused(api, zhangsan, own, name, content):
    refused = _send(api(zhangsan), own, name, content)
    assert refused.status_code == 400
    assert refused.json()["errors"][0]["attr"] == "file"
    assert not ChatMessage.objects.exists()


def test_a_form_without_a_file_names_it(api, zhangsan, own):
    answer = api(zhangsan).post(f"{own}/files", {"content": "x"}, format="multipart")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["attr"] == "file"


def test_customers_have_a_lower_limit_than_colleagues(api, lisi, zhangsan, own, team):
    limits = store.get("chat.files")
    store.change(
        key="chat.files",
        value={**limits, "customer_max_bytes": 1024, "team_max_bytes": 4096},
        actor=None,
    )
    store.forget_snapshot()
    long = PNG + b"0" * 2000
    refused = _send(api(zhangsan), own, "x.png", long)
    assert refused.json()["errors"][0]["code"] == "too_large"
    assert _send(api(lisi), team, "x.png", long).status_code == 201


def test_a_chat_holds_so_many_files(api, zhangsan, own):
    store.change(key="chat.files", value={**store.get("chat.files"), "per_chat": 1}, actor=None)
    store.forget_snapshot()
    assert _send(api(zhangsan), own, "x.png", PNG).status_code == 201
    full = _send(api(zhangsan), own, "y.png", PNG + b"1")
    assert full.status_code == 409
    assert full.json()["errors"][0]["code"] == "too_many_files"


def test_nothing_stays_on_disk_of_what_was_refused(api, chat, zhangsan, own, monkeypatch):
    def fails(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError("the database went away")

    monkeypatch.setattr("tickets.chat.messages.actions.save", fails)
    client = api(zhangsan)
    client.raise_request_exception = False
    assert _send(client, own, "x.png", PNG).status_code == 500
    assert _stored() == []
    assert not ChatFile.objects.exists()


def test_an_ended_chat_takes_no_file(api, chat, zhangsan, own):
    chat.status, chat.ended_at = "ended", timezone.now()
    chat.save()
    assert _send(api(zhangsan), own, "x.png", PNG).status_code == 409
    assert _stored() == []


def _stored() -> list[str]:
    root = Path(private_storage().path("chats"))
    return [str(path) for path in root.rglob("*") if path.is_file()]
