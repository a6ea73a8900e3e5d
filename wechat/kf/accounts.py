"""Which accounts there are, and who serves there: read from the platform by a job (§4.6)."""

from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F

from config.events.publish import enqueue
from config.logs import get_logger
from wechat.client.blocking import BlockingClient, PlatformRefusal
from wechat.kf.doorbell import ID_LENGTH, QUEUE, READ_TASK
from wechat.models import KfAccount

logger = get_logger(__name__)

ACCOUNTS_A_PAGE = 100
MOST_PAGES = 50
GONE = "企业微信中已没有这个客服账号"
_RECEIVING = 0


def look_everywhere() -> None:
    """The list of accounts, and a look at each that needs no doorbell: one may have been lost."""
    if not settings.WECOM_CORP_SECRET:
        return
    try:
        accounts_read()
    except PlatformRefusal as refusal:
        logger.warning("kf_accounts_refused", code=refusal.result.code)
    accounts_want(list(KfAccount.objects.filter(is_active=True).values_list("pk", flat=True)))


@transaction.atomic
def accounts_want(ids: list[int]) -> int:
    """Reads those accounts soon, whatever the doorbell says; returns how many."""
    wanted = KfAccount.objects.filter(pk__in=ids, is_active=True)
    count = wanted.update(wanted=F("wanted") + 1)
    enqueue(READ_TASK, [[pk] for pk in wanted.values_list("pk", flat=True)], queue=QUEUE)
    return count


def accounts_read() -> int:
    """Names, servicers, and which are gone; returns how many there are. Raises `PlatformRefusal`."""
    with BlockingClient() as client:
        listed = _listed(client)
        servicers = {open_kfid: _servicers(client, open_kfid) for open_kfid in listed}
    with transaction.atomic():
        for open_kfid, name in sorted(listed.items()):
            KfAccount.objects.update_or_create(
                open_kfid=open_kfid,
                defaults={"name": name, "servicers": servicers[open_kfid]},
            )
        KfAccount.objects.exclude(open_kfid__in=listed).update(error=GONE)
        KfAccount.objects.filter(open_kfid__in=listed, error=GONE).update(error="")
    return len(listed)


def _listed(client: BlockingClient) -> dict[str, str]:
    found: dict[str, str] = {}
    for page in range(MOST_PAGES):
        body = {"offset": page * ACCOUNTS_A_PAGE, "limit": ACCOUNTS_A_PAGE}
        rows = _dicts(client.post("kf/account/list", body).get("account_list"))
        found |= {
            str(row["open_kfid"]): str(row.get("name") or "")[:100]
            for row in rows
            if row.get("open_kfid") and len(str(row["open_kfid"])) <= ID_LENGTH
        }
        if len(rows) < ACCOUNTS_A_PAGE:
            break
    return found


def _servicers(client: BlockingClient, open_kfid: str) -> list[dict[str, Any]]:
    answer = client.get("kf/servicer/list", open_kfid=open_kfid)
    return [
        {"userid": str(row["userid"])[:64], "is_receiving": row.get("status") == _RECEIVING}
        for row in _dicts(answer.get("servicer_list"))
        if row.get("userid")
    ]


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []
