"""The services profile's own socket server, attacked like the other."""

import asyncio
import json

import pytest

from config.sockets.consumer import MAX_FRAME
from tests.attack.socket_doors import (
    DEEP,
    after_the_handshake,
    broken_handshakes,
    closed,
    cookie,
    door,
    doors,
    foreign,
    handshake,
    handshake_of,
    is_served,
    line,
    raw,
    server,
    token,
    world,
)
from tests.tickets.chat.live.servers import servers

__all__ = ["door", "server", "world"]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.attacks]


@pytest.mark.services_only
@pytest.mark.timeout(300)
def test_the_servers_own_process_outlives_all_that(world):
    """granian, which serves sockets in the services profile, reads frames in its own way."""
    door = doors(world)["ws/console"]
    guest = world.users[door.guest]
    with servers(1) as (running,):
        address = f"127.0.0.1:{running.port}"

        async def said(what):
            async with line(address, door.path, guest) as opened:
                try:
                    await (
                        opened.send_bytes(what)
                        if isinstance(what, bytes)
                        else opened.send_str(what)
                    )
                    await closed(opened)
                except ConnectionError:
                    return

        for what in (b"\x00\xff", DEEP, "x" * (MAX_FRAME + 1), "x" * 20_000_000):
            asyncio.run(said(what))
            assert asyncio.run(is_served(address, door, guest))
        for origin in foreign(address):
            headers = {"Origin": origin, "Cookie": cookie(guest)}
            assert asyncio.run(handshake(address, door.path, headers)) == 403, origin
        own = {"Origin": f"http://{address}", "Cookie": cookie(guest)}

        async def let_in():
            async with line(address, door.path, **own) as opened:
                return json.loads((await asyncio.wait_for(opened.receive(), 10)).data)["type"]

        assert asyncio.run(let_in()) == "hello"
        for request in broken_handshakes(address, door.path):
            assert not raw(address, request).startswith(b"HTTP/1.1 101")
            assert asyncio.run(is_served(address, door, guest))
        nonsense = b"\x81\x84" + b"\0\0\0\0" + b"\xff\xfe\xfd\xfc"
        path = f"{door.path}?token={token(guest)}"
        assert after_the_handshake(address, handshake_of(address, path), nonsense)
        assert asyncio.run(is_served(address, door, guest))
