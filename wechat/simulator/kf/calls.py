"""One call of kf: token, demo data, ordered faults; and reading what it is asked."""

from typing import Any

from wechat.simulator.answers import PlatformError
from wechat.simulator.contacts.calls import text
from wechat.simulator.kf import stock
from wechat.simulator.kf.models import KfAccount
from wechat.simulator.platform_calls import Calls

CHANNEL = "KF"
ID_LENGTH = 64
INVALID_ACCOUNT = 95000


_calls = Calls(CHANNEL, stock.ensure)
kf_get, kf_post = _calls.get, _calls.post


def account_of(body: dict[str, Any], *, is_locked: bool = False) -> KfAccount:
    """The account that `open_kfid` names; raises 95000.

    Who writes items holds it, so that no reader's cursor passes one that is still being written.
    """
    rows = KfAccount.objects.select_for_update() if is_locked else KfAccount.objects.all()
    found = rows.filter(open_kfid=text(body, "open_kfid", ID_LENGTH)).first()
    if found is None:
        raise PlatformError(INVALID_ACCOUNT, "invalid open_kfid")
    return found
