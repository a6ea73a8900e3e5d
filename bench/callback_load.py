"""`python -m bench.callback_load base rate seconds`: sealed messages of followers, as the platform
sends them; every tenth is sent twice. Prints how they were answered, as JSON.
"""

import asyncio
import json
import sys
import time
from typing import Any
from urllib.parse import urlencode

import aiohttp

from bench.system import OFFICIAL
from wechat.callbacks import crypto
from wechat.callbacks.crypto import CallbackKeys

TOKEN = OFFICIAL["MP_TOKEN"]
KEYS = CallbackKeys(TOKEN, OFFICIAL["MP_ENCODING_AES_KEY"], OFFICIAL["MP_APP_ID"])
FOLLOWERS = 500
REPEATED = 10


def _sealed(number: int) -> tuple[str, bytes]:
    moment = str(int(time.time()))
    plain = (
        "<xml><ToUserName><![CDATA[gh_bench]]></ToUserName>"
        f"<FromUserName><![CDATA[oBench{number % FOLLOWERS:020}]]></FromUserName>"
        f"<CreateTime>{moment}</CreateTime><MsgType><![CDATA[text]]></MsgType>"
        f"<Content><![CDATA[你好，我想问一下第{number}件事]]></Content><MsgId>24{number:015}</MsgId></xml>"
    )
    encrypted, signature = crypto.seal(KEYS, plain, timestamp=moment, nonce="bench")
    query = {
        "signature": crypto.signature(TOKEN, moment, "bench"),
        "timestamp": moment,
        "nonce": "bench",
        "encrypt_type": "aes",
        "msg_signature": signature,
    }
    body = f"<xml><ToUserName>gh_bench</ToUserName><Encrypt>{encrypted}</Encrypt></xml>"
    return urlencode(query), body.encode()


def _all_sealed(count: int) -> tuple[list[tuple[str, bytes]], int]:
    """Before anything is timed: sealing is the platform's work. And how many messages they are."""
    sealed, sent = [], 0
    for place in range(count):
        is_repeated = place % REPEATED == REPEATED - 1
        sent += not is_repeated
        sealed.append(_sealed(sent - 1 if is_repeated else sent))
    return sealed, sent


async def _press(base: str, rate: int, seconds: int) -> dict[str, Any]:
    took: list[float] = []
    statuses: dict[str, int] = {}
    passive = 0
    async with aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=0), timeout=aiohttp.ClientTimeout(total=30)
    ) as http:

        async def knock(query: str, body: bytes) -> None:
            nonlocal passive
            started = time.perf_counter()
            try:
                async with http.post(
                    f"{base}/api/wechat/mp-message?{query}",
                    data=body,
                    headers={"Content-Type": "text/xml"},
                ) as answer:
                    said, status = await answer.read(), str(answer.status)
            except (aiohttp.ClientError, TimeoutError) as error:
                said, status = b"", type(error).__name__
            took.append(time.perf_counter() - started)
            statuses[status] = statuses.get(status, 0) + 1
            passive += said.startswith(b"<xml>")

        sealed, sent = _all_sealed(rate * seconds)
        began, calls = time.perf_counter(), []
        for place, one in enumerate(sealed):
            await asyncio.sleep(max(0.0, began + place / rate - time.perf_counter()))
            calls.append(asyncio.create_task(knock(*one)))
        await asyncio.gather(*calls)
    return {
        "sent": sent,
        "calls": len(calls),
        "statuses": statuses,
        "passive": passive,
        "took_seconds": sorted(round(one, 4) for one in took),
    }


if __name__ == "__main__":
    base, rate, seconds = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    sys.stdout.write(json.dumps(asyncio.run(_press(base, rate, seconds))))
