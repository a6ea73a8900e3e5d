"""What holds for every socket."""

import asyncio

import aiohttp
import pytest

from config.sockets.consumer import NOT_FOUND
from tests.asgi import asgi_address

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("path", ["ws/nothing", "sandbox/nothing", "ws/batches/a/b"])
def test_where_no_socket_is_the_close_code_says_so(path):
    async def closed(address: str) -> int | None:
        headers = {"Origin": f"http://{address}"}
        async with (
            aiohttp.ClientSession() as http,
            http.ws_connect(f"ws://{address}/{path}", headers=headers) as socket,
        ):
            await socket.receive()
            return socket.close_code

    with asgi_address() as address:
        assert asyncio.run(closed(address)) == NOT_FOUND


def test_another_sites_page_gets_no_socket():
    async def status(address: str) -> int:
        async with aiohttp.ClientSession() as http:
            try:
                await http.ws_connect(
                    f"ws://{address}/ws/batches/x", headers={"Origin": "https://evil.example"}
                )
            except aiohttp.WSServerHandshakeError as error:
                return error.status
        return 101

    with asgi_address() as address:
        assert asyncio.run(status(address)) == 403
