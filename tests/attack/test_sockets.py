"""What strangers, foreign pages and broken clients do to the sockets, tried at every one of them.

Beside it stand `tests/tickets/chat/live/test_frames_in.py` (what frames may say), `test_any_frame.py`
(whatever they say) and `test_who_hears.py` (who hears what).
"""

import asyncio
import json
from datetime import timedelta

import jwt
import pytest
from django.conf import settings
from rest_framework_simplejwt.tokens import AccessToken, RefreshToken

from config.api.keys import Scope
from config.sockets.consumer import NOT_ALLOWED, NOT_LOGGED_IN
from customers.visitors.cookie import COOKIE, visitor_token
from tests.attack.socket_doors import (
    ROUTES,
    closed,
    cookie,
    door,
    doors,
    foreign,
    handshake,
    is_served,
    line,
    server,
    token,
    told_nothing,
    world,
)
from tests.permissions.world import key_with
from tickets.models import ChatMessage

__all__ = ["door", "server", "world"]
pytestmark = pytest.mark.django_db(transaction=True)


def test_every_socket_is_attacked_here(world):
    assert set(ROUTES) == set(doors(world))


# --- Whose page asks ------------------------------------------------------------------------------


def test_a_foreign_page_gets_no_socket_with_our_cookies(server, world, door):
    guest = world.users[door.guest]
    cookies = cookie(guest)
    if door.guest == "customer":
        cookies += f"; {COOKIE}={visitor_token(guest.customer)}"

    async def tried():
        return {
            origin: await handshake(server, door.path, {"Origin": origin, "Cookie": cookies})
            for origin in foreign(server)
        }

    assert set(asyncio.run(tried()).values()) == {403}
    assert asyncio.run(is_served(server, door, guest))


def test_our_own_page_does_and_who_names_no_page_is_nobody(server, world, door):
    """Browsers always say whose page it is: cookies without that are not from one."""
    cookies = cookie(world.users[door.guest])

    async def tried():
        async with line(server, door.path, Origin=f"http://{server}", Cookie=cookies) as opened:
            first = await asyncio.wait_for(opened.receive(), 10)
            assert json.loads(first.data)["type"]
        return await handshake(server, door.path, {"Cookie": cookies})

    assert asyncio.run(tried()) == NOT_LOGGED_IN


# --- Who asks -------------------------------------------------------------------------------------


def no_tokens(user):
    """What proves nobody: of another kind, run out, forged, unsigned, altered, none at all."""
    good = AccessToken.for_user(user)
    yield "a refresh token", str(RefreshToken.for_user(user))
    old = AccessToken.for_user(user)
    old.set_exp(lifetime=-timedelta(seconds=1))
    yield "one that ran out", str(old)
    claims = dict(good.payload)
    yield "signed by another", jwt.encode(claims, "x" * 48, algorithm="HS256")
    yield "unsigned", jwt.encode(claims, "", algorithm="none")
    yield "another algorithm", jwt.encode(claims, settings.SECRET_KEY, algorithm="HS512")
    head, body, signature = str(good).split(".")
    yield "altered", f"{head}.{body[:-2]}AA.{signature}"
    yield "cut", f"{head}.{body}."
    yield "an API key", key_with(Scope.values[0])
    yield "a session", cookie(user).partition("=")[2]
    yield "nobody's", jwt.encode({**claims, "user_id": "999999"}, settings.SECRET_KEY)
    yield "no words", "%00%ff%0d%0a"
    yield "too long", "x" * 6000


def test_what_proves_nobody_is_told_nothing(server, world, door):
    """Also with a good session beside it: a bad token is never mended by a cookie."""
    guest = world.users[door.guest]
    headers = {"Origin": f"http://{server}", "Cookie": cookie(guest)}

    tokens = list(no_tokens(guest))

    async def tried():
        found = {}
        for name, given in tokens:
            for sent in ({}, headers):
                path = f"{door.path}?token={given}"
                async with line(server, path, **sent) as opened:
                    found[name, bool(sent)] = await told_nothing(opened)
        async with line(server, door.path) as opened:
            found["nothing", False] = await told_nothing(opened)
        return found

    found = asyncio.run(tried())
    assert set(found.values()) == {NOT_LOGGED_IN}, found


def test_who_is_known_but_not_asked_in_is_told_nothing(server, world, door):
    async def tried():
        found = []
        async with line(server, door.path, world.users[door.stranger]) as opened:
            found.append(await told_nothing(opened))
        for path in door.others:
            async with line(server, path, world.users[door.guest]) as opened:
                found.append(await told_nothing(opened))
        return found

    assert set(asyncio.run(tried())) == {NOT_ALLOWED}


def test_who_is_switched_off_is_told_nothing(server, world, door):
    guest = world.users[door.guest]
    given = token(guest)
    guest.is_active = False
    guest.save()

    async def tried():
        async with line(server, f"{door.path}?token={given}") as opened:
            return await told_nothing(opened)

    assert asyncio.run(tried()) == NOT_LOGGED_IN


def test_what_is_said_before_one_is_known_is_not_done(server, world, door):
    chat_id = world.ids["chat"]["own"]
    said = {"type": "message.send", "chat_id": chat_id, "content": "x", "client_id": "1"}

    async def tried():
        for path in (door.path, f"{door.path}?token=x"):
            async with line(server, path) as opened:
                for kind in ("message.send", "watching", "viewing", "heartbeat"):
                    await opened.send_str(json.dumps({**said, "type": kind}))
                assert await closed(opened) == NOT_LOGGED_IN

    before = ChatMessage.objects.count()
    asyncio.run(tried())
    assert ChatMessage.objects.count() == before


def test_others_chats_and_tickets_are_not_followed_by_naming_them(server, world):
    """李四 asks for what is a colleague's alone: the chat is not found, of the ticket nothing is told."""
    chat_id, ticket_id = world.ids["chat"]["foreign"], world.ids["ticket"]["foreign"]
    lisi = world.users["staff"]

    async def answers(path, said):
        heard = []
        async with line(server, path, lisi) as opened, asyncio.timeout(10):
            for frame in (*said, {"type": "heartbeat"}):
                await opened.send_str(json.dumps(frame))
            while not heard or heard[-1]["type"] != "alive":
                heard.append(json.loads((await opened.receive()).data))
        return heard

    console = asyncio.run(answers("/ws/console", [{"type": "watching", "chat_id": chat_id}]))
    assert [one["status"] for one in console if one["type"] == "error"] == [404]
    assert not [one for one in console if one.get("chat_id") == chat_id]
    tickets = asyncio.run(answers("/ws/tickets", [{"type": "viewing", "ticket_id": ticket_id}]))
    assert not [one for one in tickets if one.get("ticket_id") == ticket_id]
