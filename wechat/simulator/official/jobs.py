"""What the platform tells once a template message has been worked: TEMPLATESENDJOBFINISH (§2.8).

An event of the account like any other, at the account's own callback address.
"""

import threading
import time
from typing import Any

import requests

from wechat.simulator import callbacks
from wechat.simulator.official import sealing

# A first try and the three that the platform adds while it gets no 200 (§0.5).
TRIES = 4
THREAD_NAME = "sandbox-job"


def finish(openid: str, number: int) -> None:
    """In the background: the send has been answered long before."""
    status = "failed:user block" if openid.startswith("oBlocks") else "success"
    threading.Thread(
        target=_tell, args=(openid, number, status), name=f"{THREAD_NAME}-{number}", daemon=True
    ).start()


def _tell(openid: str, number: int, status: str) -> None:
    fields: dict[str, Any] = {
        "ToUserName": callbacks.OFFICIAL_NAME,
        "FromUserName": openid,
        "CreateTime": int(time.time()),
        "MsgType": "event",
        "Event": "TEMPLATESENDJOBFINISH",
        "MsgID": number,
        "Status": status,
    }
    for _ in range(TRIES):
        try:
            if callbacks.send(sealing.seal(fields, sealing.Console())).status_code == 200:
                return
        except requests.RequestException:
            continue
