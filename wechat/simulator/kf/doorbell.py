"""The doorbell: `kf_msg_or_event`, which says that there is something, and not what (§2.6)."""

import time
from typing import Any

from django.conf import settings

from wechat.simulator.contacts import events
from wechat.simulator.kf.items import TOKEN_MINUTES, code_make
from wechat.simulator.kf.models import KfAccount


def ring(account: KfAccount, times: int = 1) -> dict[str, Any]:
    """Over the app's callback address; a repetition has the same token, encrypted anew."""
    token = code_make(account, TOKEN_MINUTES * 60)
    event = (
        f"<xml><ToUserName><![CDATA[{settings.WECOM_CORP_ID}]]></ToUserName>"
        f"<CreateTime>{int(time.time())}</CreateTime><MsgType><![CDATA[event]]></MsgType>"
        f"<Event><![CDATA[kf_msg_or_event]]></Event><Token><![CDATA[{token}]]></Token>"
        f"<OpenKfId><![CDATA[{account.open_kfid}]]></OpenKfId></xml>"
    )
    return {"events": [event], "answers": events.tell([event], times)}
