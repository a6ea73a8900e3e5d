"""The platforms' side of callbacks: sealed as they seal them, sent, repeated, forged and malformed.

The cryptography is the sandbox's, which shares none with ours.
"""

import time
from dataclasses import dataclass, replace
from urllib.parse import urlencode

import requests

from tests.faults.provider import APP_ID, CALLBACK_SECRETS, CORP_ID
from wechat.simulator.crypto import encrypt, sign

NONCE = "faults"
WAIT_SECONDS = 30.0


@dataclass(frozen=True)
class Door:
    """One of our callback addresses, and the secrets that it shares with the platform."""

    path: str
    token: str
    aes_key: str
    receive_id: str
    # What the Official Account signs beside the sealed text.
    signs_plainly: bool = False


WECOM = Door(
    "/api/wechat/work-message",
    CALLBACK_SECRETS["WECOM_TOKEN"],
    CALLBACK_SECRETS["WECOM_ENCODING_AES_KEY"],
    CORP_ID,
)
OFFICIAL = Door(
    "/api/wechat/mp-message",
    CALLBACK_SECRETS["MP_TOKEN"],
    CALLBACK_SECRETS["MP_ENCODING_AES_KEY"],
    APP_ID,
    signs_plainly=True,
)


@dataclass(frozen=True)
class Call:
    """One HTTP request of the platform's, ready to be sent."""

    door: Door
    query: dict[str, str]
    body: bytes

    def post(self, base: str, *, seconds: float = WAIT_SECONDS) -> requests.Response:
        return requests.post(
            f"{base}{self.door.path}?{urlencode(self.query)}",
            data=self.body,
            headers={"Content-Type": "text/xml", "Connection": "close"},
            timeout=seconds,
        )

    def with_query(self, **changed: str) -> "Call":
        return replace(self, query={**self.query, **changed})


def said(who: str, words: str, number: int) -> str:
    """A text message, before it is sealed; `number` is the platform's own for it."""
    return (
        f"<xml><ToUserName><![CDATA[{CORP_ID}]]></ToUserName>"
        f"<FromUserName><![CDATA[{who}]]></FromUserName>"
        f"<CreateTime>{int(time.time())}</CreateTime><MsgType><![CDATA[text]]></MsgType>"
        f"<Content><![CDATA[{words}]]></Content><MsgId>{number}</MsgId>"
        "<AgentID>1000002</AgentID></xml>"
    )


def sealed(door: Door, plain: str, *, age_seconds: int = 0) -> Call:
    """With new random bytes each time, as the platform repeats itself."""
    moment = str(int(time.time()) - age_seconds)
    secret = encrypt(door.aes_key, plain, door.receive_id)
    query = {
        "msg_signature": sign(door.token, moment, NONCE, secret),
        "timestamp": moment,
        "nonce": NONCE,
    }
    if door.signs_plainly:
        query |= {"signature": sign(door.token, moment, NONCE, ""), "encrypt_type": "aes"}
    body = f"<xml><ToUserName>us</ToUserName><Encrypt><![CDATA[{secret}]]></Encrypt></xml>"
    return Call(door, query, body.encode())
