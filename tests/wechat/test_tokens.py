"""access_token: one fetch for everybody, refreshed, and no standstill without Redis."""

import asyncio

import aiohttp
import pytest
from django.core.cache import cache

from messaging.channels.base import Outcome
from tests.at_once import all_at_once
from wechat.client import tokens
from wechat.client.http import CallFailed
from wechat.client.official import OfficialAccount, configured_account
from wechat.client.tokens import access_token
from wechat.client.wecom import App, configured_app
from wechat.simulator.models import Token

pytestmark = pytest.mark.django_db(transaction=True)


def fetch(app=None):
    async def run():
        async with aiohttp.ClientSession() as http:
            return await access_token(http, app or configured_app())

    return asyncio.run(run())


@pytest.fixture
def asked(platform, monkeypatch):
    """How often the platform was asked for a token."""
    calls = []
    original = tokens._fetch

    async def counted(http, app):
        calls.append(app)
        return await original(http, app)

    monkeypatch.setattr(tokens, "_fetch", counted)
    return calls


def test_eight_threads_at_once_ask_once(asked):
    found = []
    assert all_at_once([lambda: found.append(fetch())] * 8) == []
    assert len(set(found)) == 1
    assert len(asked) == 1


def test_the_official_accounts_token_is_fetched_once_too_and_is_another(asked):
    found = []
    assert all_at_once([lambda: found.append(fetch(configured_account()))] * 8) == []
    assert len(set(found)) == 1
    assert len(asked) == 1
    assert fetch() not in found
    assert len(asked) == 2


def test_a_token_is_kept_until_it_is_discarded(asked):
    first = fetch()
    assert fetch() == first
    assert len(asked) == 1
    tokens.discard(configured_app(), "another")
    fetch()
    assert len(asked) == 1
    tokens.discard(configured_app(), first)
    fetch()
    assert len(asked) == 2


def test_without_a_shared_cache_each_process_asks_for_itself(asked, monkeypatch):
    for name, answer in (("get", None), ("add", False), ("set", None), ("delete", False)):
        monkeypatch.setattr(cache, name, lambda *_args, value=answer, **_more: value)
    assert fetch() == fetch() == Token.objects.get().value
    assert len(asked) == 1


def test_a_wrong_secret_of_the_official_account_is_its_whole_fault(platform):
    with pytest.raises(CallFailed) as refusal:
        fetch(OfficialAccount(configured_account().app_id, "wrong"))
    assert refusal.value.result.code == "40125"
    assert refusal.value.result.is_account_fault


def test_a_wrong_secret_is_permanent(platform):
    with pytest.raises(CallFailed) as refusal:
        fetch(App(configured_app().corp_id, "wrong", 1))
    assert refusal.value.result.outcome is Outcome.PERMANENT
    assert refusal.value.result.code == "40001"
