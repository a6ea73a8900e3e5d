"""Who serves a customer, as the platform says it: kept from its events, changed by jobs (§4.6)."""

from typing import Any

from django.utils import timezone

from config.events.publish import enqueue
from config.logs import get_logger
from wechat.client.blocking import BlockingClient, PlatformRefusal
from wechat.kf import notes
from wechat.kf.doorbell import QUEUE
from wechat.models import KfAccount, KfCustomer, KfState

logger = get_logger(__name__)

# Somebody in WeCom has them, or will: the API may say nothing.
SERVED = (KfState.QUEUE, KfState.HUMAN)
TAKE_TASK = "wechat.tasks.kf.take"


def kf_customer(account: KfAccount, external_userid: str) -> KfCustomer:
    return KfCustomer.objects.get_or_create(account=account, external_userid=external_userid[:64])[
        0
    ]


def state_keep(row: KfCustomer, state: KfState, servicer_userid: str = "") -> None:
    row.state, row.servicer_userid, row.changed_at = state, servicer_userid[:64], timezone.now()
    row.save(update_fields=["state", "servicer_userid", "changed_at"])


def customer_speaks(row: KfCustomer) -> None:
    """What has ended begins anew with their words; what nobody has, we take, by a job."""
    if row.state == KfState.ENDED:
        state_keep(row, KfState.NEW)
    if row.state == KfState.NEW:
        enqueue(TAKE_TASK, [[row.pk]], queue=QUEUE)


def take(row_id: int) -> None:
    """0 becomes 1, unless the platform has given the customer to somebody already.

    Should the platform refuse, nothing is lost: in state 0 we may send as well, and their next
    words ask again.
    """
    row = KfCustomer.objects.select_related("account").filter(pk=row_id).first()
    if row is None or row.state != KfState.NEW:
        return
    try:
        with BlockingClient() as client:
            state, servicer = state_of(client, row)
            if state == KfState.NEW:
                trans(client, row, KfState.ASSISTANT)
                state = KfState.ASSISTANT
    except PlatformRefusal as refusal:
        logger.warning("kf_take_refused", kf_customer=row.pk, code=refusal.result.code)
        return
    KfCustomer.objects.filter(pk=row.pk, state=KfState.NEW).update(
        state=state, servicer_userid=servicer, changed_at=timezone.now()
    )
    notes.standing_told(row)


def state_of(client: BlockingClient, row: KfCustomer) -> tuple[KfState, str]:
    """As the platform has it now; raises `PlatformRefusal`."""
    answer = client.post("kf/service_state/get", _whose(row))
    number = answer.get("service_state")
    state = KfState(number) if number in KfState.values else KfState.NEW
    return state, str(answer.get("servicer_userid") or "")[:64]


def trans(client: BlockingClient, row: KfCustomer, state: KfState, servicer: str = "") -> None:
    """Raises `PlatformRefusal`."""
    body: dict[str, Any] = {**_whose(row), "service_state": int(state)}
    if servicer:
        body["servicer_userid"] = servicer
    client.post("kf/service_state/trans", body)


def _whose(row: KfCustomer) -> dict[str, Any]:
    return {"open_kfid": row.account.open_kfid, "external_userid": row.external_userid}
