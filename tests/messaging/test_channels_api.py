"""`/api/channels…`: accounts whose secrets go in and never come out (contract.md §2)."""

import asyncio
import json

import aiohttp
import pytest
from django import forms
from django.urls import reverse

from messaging.channels import registry
from messaging.channels.account_form import AccountForm, ProviderURLField
from messaging.channels.accounts import accounts
from messaging.channels.base import Recipient, Verification
from messaging.models import ChannelAccount, Message
from tests.at_once import all_at_once
from tests.messaging.answers import refused

pytestmark = pytest.mark.django_db

SECRET = "very-secret-value-1234"
BODY = {
    "channel": "SMS",
    "code": "main",
    "name": "短信账号",
    "settings": {"sign": "签名"},
    "secrets": {"key": SECRET},
}


class Form(AccountForm):
    secret_names = frozenset({"key", "second_key"})
    sign = forms.CharField(max_length=10)
    endpoint = ProviderURLField(required=False)
    key = forms.CharField(min_length=8)
    second_key = forms.CharField(required=False, widget=forms.Textarea)


@pytest.fixture(autouse=True)
def scripted(channel, monkeypatch):
    monkeypatch.setattr(channel, "account_form", Form)
    return channel


@pytest.fixture
def account(operator):
    response = operator.post("/api/channels", BODY)
    assert response.status_code == 201, response.content
    return response.json()


def put(operator, account, **change):
    return operator.put(f"/api/channels/{account['id']}", {**BODY, **change})


# --- Secrets --------------------------------------------------------------------------------------


def test_a_secret_is_read_back_as_its_last_four_characters(operator, account):
    assert account["secrets"] == {"key": "••••1234"}
    assert ChannelAccount.objects.get().secrets == {"key": SECRET}


def test_no_door_lets_a_secret_out(operator, account, client, admin, caplog, capsys):
    client.force_login(admin, backend="django.contrib.auth.backends.ModelBackend")
    url = f"/api/channels/{account['id']}"
    change = reverse("admin:messaging_channelaccount_change", args=[account["id"]])
    pages = [
        operator.get("/api/channels"),
        operator.get(url),
        put(operator, account, secrets={"key": SECRET, "second_key": SECRET}),
        put(operator, account, settings={"sign": "x" * 99}, secrets={"key": SECRET}),
        put(operator, account, secrets={"key": SECRET[:3]}),
        operator.post(f"{url}/verify"),
        client.get(reverse("admin:messaging_channelaccount_changelist")),
        client.get(change),
        client.post(
            change,
            {"code": "", "name": "x", "sign": "签名", "key": SECRET, "second_key": SECRET},
        ),
        client.get(reverse("admin:messaging_channelaccount_history", args=[account["id"]])),
    ]
    assert {page.status_code for page in pages} <= {200, 400}
    for page in pages:
        assert SECRET not in page.content.decode()
    logged = caplog.text + "".join(capsys.readouterr())
    assert SECRET not in logged
    assert SECRET not in json.dumps(list(Message.objects.values("payload")))


@pytest.mark.parametrize("secrets", [{}, {"key": ""}])
def test_a_change_without_the_secret_keeps_it(operator, account, secrets):
    answer = put(operator, account, name="改名", secrets=secrets)
    assert (answer.status_code, answer.json()["name"]) == (200, "改名")
    assert ChannelAccount.objects.get().secrets == {"key": SECRET}


def test_the_mask_is_no_secret_when_a_client_sends_back_what_it_read(operator, account):
    answer = put(operator, account, secrets=account["secrets"])
    assert answer.status_code == 200
    assert ChannelAccount.objects.get().secrets == {"key": SECRET}


def test_a_new_secret_takes_the_place_of_the_old(operator, account):
    put(operator, account, secrets={"key": "another-secret-9876"})
    stored = ChannelAccount.objects.get()
    assert stored.secrets == {"key": "another-secret-9876"}
    assert stored.masked_secrets == {"key": "••••9876"}


# --- Wrong input ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "attr"),
    [
        ({"settings": {}}, "settings.sign"),
        ({"settings": {"sign": "x" * 11}}, "settings.sign"),
        ({"settings": {"sign": "x", "colour": "red"}}, "settings.colour"),
        ({"settings": {"sign": "x", "key": SECRET}}, "settings.key"),
        (
            {"settings": {"sign": "x", "endpoint": "http://169.254.169.254/"}},
            "settings.endpoint",
        ),
        ({"settings": "sign"}, "settings"),
        ({"secrets": {}}, "secrets.key"),
        ({"secrets": {"key": "short"}}, "secrets.key"),
        ({"secrets": {"key": SECRET, "sign": "x"}}, "secrets.sign"),
        ({"secrets": {"key": {"a": 1}}}, "secrets.key"),
        ({"secrets": {"key": "x" * 4001}}, "secrets.key"),
        ({"code": "with space"}, "code"),
        ({"name": ""}, "name"),
        ({"channel": "PIGEON"}, "channel"),
        ({"channel": "WORK_WECHAT"}, "channel"),
    ],
)
def test_a_wrong_part_is_named_by_its_path(operator, change, attr):
    refused(operator.post("/api/channels", {**BODY, **change}), attr)
    assert not ChannelAccount.objects.exists()


def test_every_wrong_part_is_named_at_once(operator):
    response = operator.post("/api/channels", {**BODY, "settings": {"x": 1}, "secrets": {}})
    assert {error["attr"] for error in response.json()["errors"]} == {
        "settings.x", "settings.sign", "secrets.key",
    }  # fmt: skip


def test_a_taken_code_is_a_conflict_and_a_channel_stays_what_it_is(operator, account):
    assert operator.post("/api/channels", BODY).status_code == 409
    refused(put(operator, account, channel="GROUP_BOT"), "channel")
    assert operator.post("/api/channels", {**BODY, "code": "second"}).status_code == 201
    assert put(operator, account, code="second").status_code == 409


# --- The default ----------------------------------------------------------------------------------


def test_a_new_default_takes_the_place_of_the_old_one(operator, account):
    put(operator, account, is_default=True)
    operator.post("/api/channels", {**BODY, "code": "second", "is_default": True})
    assert dict(ChannelAccount.objects.values_list("code", "is_default")) == {
        "main": False, "second": True,
    }  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_eight_new_defaults_at_once_leave_one(operator):
    def post(number):
        body = {**BODY, "code": f"c{number}", "is_default": True}
        assert operator.post("/api/channels", body).status_code == 201

    acts = [lambda number=number: post(number) for number in range(8)]
    assert all_at_once(acts) == []
    assert ChannelAccount.objects.count() == 8
    assert ChannelAccount.objects.filter(is_default=True).count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_new_account_can_be_sent_through_at_once(operator, channel, new_template, monkeypatch):
    monkeypatch.setattr(
        channel, "recipient", lambda text: Recipient(text, accounts().default("SMS"))
    )
    new_template(body="x")
    one = {"template_code": "notice", "recipient": "r"}
    operator.post("/api/messages/send", one)
    made = operator.post("/api/channels", BODY).json()
    operator.post("/api/messages/send", one)
    used = Message.objects.order_by("pk").values_list("account_id", flat=True)
    assert list(used) == [None, made["id"]]


# --- Verify ---------------------------------------------------------------------------------------


def verifying(monkeypatch, channel, answer):
    async def verify(account, http):
        assert account.secrets == {"key": SECRET}
        if isinstance(answer, Exception):
            raise answer
        if answer is None:
            await asyncio.sleep(60)
        return answer

    monkeypatch.setattr(channel, "verify", verify)


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        (Verification(ok=True, detail="余额 100"), (True, "", "余额 100")),
        (
            Verification(ok=False, code="isv.SIGN", detail="签名未审核"),
            (False, "isv.SIGN", "签名未审核"),
        ),
    ],
)
def test_verify_tells_what_the_provider_said(operator, account, channel, monkeypatch, said, shown):
    verifying(monkeypatch, channel, said)
    answer = operator.post(f"/api/channels/{account['id']}/verify")
    body = answer.json()
    assert (answer.status_code, (body["ok"], body["code"], body["detail"])) == (200, shown)


@pytest.mark.parametrize("trouble", [aiohttp.ClientConnectionError(), OSError(), None])
def test_a_provider_that_does_not_answer_is_told_as_that(
    operator, account, channel, monkeypatch, trouble
):
    monkeypatch.setattr("messaging.actions.channel_accounts.VERIFY_SECONDS", 0.05)
    verifying(monkeypatch, channel, trouble)
    body = operator.post(f"/api/channels/{account['id']}/verify").json()
    assert (body["ok"], body["code"]) == (False, "no_answer")


def test_what_is_not_there_cannot_be_verified(operator, db):
    assert operator.post("/api/channels/999/verify").status_code == 404


def test_an_account_of_a_channel_that_nobody_serves_is_told_as_that(operator, db, monkeypatch):
    monkeypatch.delitem(registry._channels, "FEISHU", raising=False)
    account = ChannelAccount.objects.create(channel="FEISHU", code="x", name="x")
    refusal = refused(operator.post(f"/api/channels/{account.pk}/verify"), "channel")
    assert refusal["code"] == "unknown_channel"
