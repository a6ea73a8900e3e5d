"""The demo accounts, made by the first call that needs them."""

from django.db import transaction

from wechat.simulator.contacts import stock as contacts
from wechat.simulator.kf.models import KfAccount, KfServicer

ACCOUNTS = {"wkSandboxKf01": "售后客服", "wkSandboxKf02": "售前咨询"}
SERVICERS = ("lisi", "wangwu", "zhaoliu")


def ensure() -> None:
    """Accounts and contacts stand when this returns."""
    contacts.ensure()
    if not KfAccount.objects.exists():
        _make()


@transaction.atomic
def reset() -> None:
    """As at the first start: nobody has written yet."""
    KfAccount.objects.all().delete()
    _make()


@transaction.atomic
def _make() -> None:
    for open_kfid, name in ACCOUNTS.items():
        account, is_new = KfAccount.objects.get_or_create(
            open_kfid=open_kfid, defaults={"name": name}
        )
        if is_new:
            KfServicer.objects.bulk_create(
                KfServicer(account=account, userid=userid) for userid in SERVICERS
            )
