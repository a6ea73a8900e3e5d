"""Sending a code, and checking what was typed."""

import hmac
import re
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import F
from django.utils.crypto import salted_hmac

from config.database import clock
from config.database.locks import transaction_locks
from config.errors import InvalidInputError
from config.retention import expired, remove_all
from customers import phones
from messaging.channels import registry
from messaging.models import ChannelType, PhoneCode
from messaging.phone_codes import limits
from messaging.phone_codes.setup import code_template
from messaging.sending.accept import NewMessage, message_accept

LIFETIME = timedelta(minutes=5)
MOST_TRIES = 5
KEPT = timedelta(days=1)
# Somebody looks at their phone meanwhile.
PRIORITY = 9
_SIX_DIGITS = re.compile(r"[0-9]{6}")
REFUSAL = "验证码不正确或已失效，请检查后重新输入，或重新获取"


@dataclass(frozen=True)
class Tried:
    """`left`: how often this code may be tried yet; 0 where there is none that may.

    `code_id`: the one that was right (`number_of`).
    """

    is_right: bool
    left: int = 0
    code_id: int | None = None


@transaction.atomic
def code_request(*, phone: str, purpose: str, address: str) -> None:
    """Sends six digits to `phone`, good for `purpose` and five minutes; an earlier one ends.

    The same happens whether or not anybody knows the phone. `address` is who asks (an IP address).
    Raises `InvalidInputError` naming `phone`, `TooOftenError`, `CodesUnavailableError`.
    """
    phone = mobile(phone)
    template = code_template()
    address = address[:45]
    now = clock.now()
    transaction_locks([f"phone_code:phone:{phone}", f"phone_code:address:{address}"])
    limits.check(phone=phone, address=address, now=now)
    code = f"{secrets.randbelow(1_000_000):06d}"
    PhoneCode.objects.create(
        phone=phone,
        purpose=purpose,
        code_hash=_hashed(code, phone, purpose, salt=secrets.token_hex(8)),
        address=address,
        created_at=now,
        expires_at=now + LIFETIME,
    )
    message_accept(
        NewMessage(
            channel=template.channel,
            recipient=phone,
            account=registry.get(ChannelType.SMS).recipient(phone).account,
            template=template,
            variables={"code": code, "minutes": str(int(LIFETIME.total_seconds() // 60))},
            priority=PRIORITY,
            expires_at=now + LIFETIME,
        )
    )


def code_check(*, phone: str, purpose: str, code: str) -> None:
    """Passes once for the newest code of that phone and purpose.

    Five wrong ones burn it; what is no code at all is no try. Raises `InvalidInputError` naming
    `code`, in the same words whether it is wrong, expired, used, or was never asked for. Call it
    outside a transaction: a wrong try counts even when the caller gives up.
    """
    digits = "".join(unicodedata.normalize("NFKC", code).split())
    number = phones.normalize(phone)
    if not _SIX_DIGITS.fullmatch(digits) or not _is_right(number, purpose, digits):
        raise InvalidInputError(REFUSAL, code="bad_code", attr="code")


def mobile(phone: str) -> str:
    """The number in E.164, if it can get an SMS; raises `InvalidInputError` naming `phone`."""
    number = phones.normalize(phone)
    try:
        return registry.get(ChannelType.SMS).recipient(number).address
    except InvalidInputError as error:
        raise InvalidInputError(error.detail, code=error.code, attr="phone") from None


def codes_forget() -> int:
    """Removes rows older than a day; returns how many."""
    return remove_all(expired(PhoneCode.objects.all(), "created_at"), clock.now() - KEPT)


@transaction.atomic(durable=True)
def _is_right(phone: str, purpose: str, code: str) -> bool:
    return code_try(phone=phone, purpose=purpose, code=code).is_right


def code_try(*, phone: str, purpose: str, code: str) -> Tried:
    """One try of six digits at the newest code of `phone` (E.164) and purpose; right only once.

    In the caller's transaction, for whoever keeps the wrong try whatever comes of it; `code_check`
    is for everybody else.
    """
    newest = (
        PhoneCode.objects.filter(phone=phone, purpose=purpose)
        .order_by("-created_at", "-pk")
        .first()
    )
    if newest is None:
        return Tried(is_right=False)
    # The update itself lets five through, however many guess at once.
    usable = PhoneCode.objects.filter(
        pk=newest.pk, used_at=None, tries__lt=MOST_TRIES, expires_at__gt=clock.now()
    )
    if not usable.update(tries=F("tries") + 1):
        return Tried(is_right=False)
    salt = newest.code_hash.partition("$")[0]
    if not hmac.compare_digest(newest.code_hash, _hashed(code, phone, purpose, salt=salt)):
        newest.refresh_from_db(fields=["tries"])
        return Tried(is_right=False, left=MOST_TRIES - newest.tries)
    used = PhoneCode.objects.filter(pk=newest.pk, used_at=None).update(used_at=clock.now())
    return Tried(is_right=bool(used), code_id=newest.pk)


def number_of(code_id: int, *, purpose: str) -> str:
    """The number (E.164) that this code has proved; empty for a code that was not right."""
    proved = PhoneCode.objects.filter(pk=code_id, purpose=purpose, used_at__isnull=False)
    return proved.values_list("phone", flat=True).first() or ""


def _hashed(code: str, phone: str, purpose: str, *, salt: str) -> str:
    said = f"{phone}:{purpose}:{code}"
    return f"{salt}${salted_hmac(f'phone_code:{salt}', said, algorithm='sha256').hexdigest()}"
