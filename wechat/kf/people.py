"""Who a customer is: name and unionid from `kf/customer/batchget`, once they have written (§4.6)."""

from typing import Any

from django.conf import settings

from config.errors import AppError
from config.logs import get_logger
from customers.actions.edit import customer_edit
from customers.actions.fields import CustomerFields
from customers.actors import system_actor
from customers.models import Customer, CustomerStatus, Gender
from customers.names import seen
from tickets.chat.entries.people import NAME_LENGTH, customer_known
from wechat.client.blocking import BlockingClient, PlatformRefusal
from wechat.kf.chat_entry import ENTRY
from wechat.models import KfCustomer

logger = get_logger(__name__)


def read_customer(row_id: int) -> None:
    """Fills in what we do not know; what somebody wrote here stays."""
    row = KfCustomer.objects.select_related("account").filter(pk=row_id).first()
    if row is None:
        return
    try:
        with BlockingClient() as client:
            body = {"external_userid_list": [row.external_userid]}
            answer = client.post("kf/customer/batchget", body)
    except PlatformRefusal as refusal:
        logger.warning("kf_customer_refused", kf_customer=row.pk, code=refusal.result.code)
        return
    found = answer.get("customer_list")
    about = found[0] if isinstance(found, list) and found and isinstance(found[0], dict) else {}
    customer = customer_known(ENTRY, row.external_userid, row.account.open_kfid)
    if customer is None or customer.erased_at is not None:
        return
    changes = _changes(customer, row.external_userid, about)
    try:
        customer_edit(customer_id=customer.pk, changes=changes, actor=system_actor(ENTRY.door))
    except AppError as error:
        logger.warning("kf_customer_kept_as_is", customer=customer.pk, code=error.code)


def _changes(customer: Customer, external_userid: str, about: dict[str, Any]) -> CustomerFields:
    changes: CustomerFields = {}
    if customer.external_userid is None:
        changes["external_userid"] = external_userid
        changes["corp_id"] = settings.WECOM_CORP_ID
    name = seen(str(about.get("nickname") or ""))[:NAME_LENGTH]
    if name and customer.name == ENTRY.name_for(external_userid):
        changes["name"] = name
    gender = about.get("gender")
    if customer.gender == Gender.UNKNOWN and gender in Gender.values:
        changes["gender"] = int(gender)
    unionid = str(about.get("unionid") or "")[:64]
    if unionid and not customer.unionid and not _is_taken(unionid, customer):
        changes["unionid"] = unionid
    return changes


def _is_taken(unionid: str, customer: Customer) -> bool:
    others = Customer.objects.filter(unionid=unionid).exclude(pk=customer.pk)
    return others.exclude(status=CustomerStatus.DELETED).exists()
