"""What the platform tells once a template message has been worked: TEMPLATESENDJOBFINISH (§2.8)."""

import threading
import time

import requests

from wechat.simulator import callbacks

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
    plain = (
        f"<xml><ToUserName><![CDATA[{callbacks.OFFICIAL_NAME}]]></ToUserName>"
        f"<FromUserName><![CDATA[{openid}]]></FromUserName>"
        f"<CreateTime>{int(time.time())}</CreateTime><MsgType><![CDATA[event]]></MsgType>"
        "<Event><![CDATA[TEMPLATESENDJOBFINISH]]></Event>"
        f"<MsgID>{number}</MsgID><Status><![CDATA[{status}]]></Status></xml>"
    )
    for _ in range(TRIES):
        try:
            if callbacks.send(callbacks.seal_official(plain, openid)).status_code == 200:
                return
        except requests.RequestException:
            continue
