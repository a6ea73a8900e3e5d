"""The JS-SDK's two tickets (wechat-protocol.md §4.1): the corporation's for `wx.config`, the app's for
`wx.agentConfig`. Each is fetched by one process at a time, kept by a job, and only looked up by pages.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

import aiohttp
from django.conf import settings
from django.core.cache import cache

from config.events.publish import enqueue
from wechat.client import tokens
from wechat.client.blocking import BlockingClient
from wechat.client.errors import WECOM, ErrorTable, PlatformAnswer
from wechat.client.wecom import App, WeComClient, configured_app

TASK = "wechat.tasks.js_sdk.keep_tickets"
# However many pages miss them, one task fetches them.
ASKED_SECONDS = 5
_ASKED = "wecom:tickets:asked"


@dataclass(frozen=True)
class Ticket:
    """A ticket as a token: same lock, same early renewal, same sharing."""

    errors: ClassVar[ErrorTable] = WECOM

    app: App
    path: str
    params: tuple[tuple[str, str], ...] = ()

    @cached_property
    def cache_key(self) -> str:
        kind = "app" if self.params else "corp"
        return f"{self.app.cache_key.replace(':token:', f':ticket:{kind}:')}"

    async def ask(self, http: aiohttp.ClientSession) -> PlatformAnswer:
        answer = await WeComClient(http, self.app).get(self.path, dict(self.params))
        body = {**answer.body, "access_token": answer.body.get("ticket")}
        return PlatformAnswer(answer.errcode, answer.errmsg, body)


def corporation_ticket() -> Ticket:
    return Ticket(configured_app(), "get_jsapi_ticket")


def app_ticket() -> Ticket:
    return Ticket(configured_app(), "ticket/get", (("type", "agent_config"),))


def known_tickets() -> tuple[str, str] | None:
    """Both, the corporation's first; None when they have to be fetched, which is then begun."""
    if not (settings.WECOM_CORP_ID and settings.WECOM_CORP_SECRET):
        return None
    corporation, app = tokens.known(corporation_ticket()), tokens.known(app_ticket())
    if corporation and app:
        return corporation, app
    if cache.add(_ASKED, 1, ASKED_SECONDS):
        enqueue(TASK, [[]], queue="default")
    return None


def keep() -> None:
    """Fetches what is missing. Raises `PlatformRefusal` with what the platform said."""
    if not (settings.WECOM_CORP_ID and settings.WECOM_CORP_SECRET):
        return
    with BlockingClient() as client:
        for ticket in (corporation_ticket(), app_ticket()):
            client.token(ticket)
