"""Messages that the pretended providers took: written down, and their delivery told later."""

import random
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import requests
from django.conf import settings
from django.utils import timezone

from wechat.simulator.models import Delivery
from wechat.simulator.sms.keys import RECEIPT_TOKEN

RECEIPT_PATH = "/api/messages/receipts/sms"
THREAD_NAME = "sandbox-sms-receipt"
TRIES = 4
TIMEOUT_SECONDS = 5


@dataclass(frozen=True)
class Taken:
    """One message to one number, as the call named it."""

    to: str
    payload: dict[str, Any]
    msgid: str


def take(messages: Sequence[Taken]) -> None:
    Delivery.objects.bulk_create(
        Delivery(channel="SMS", to=one.to, payload=one.payload, msgid=one.msgid) for one in messages
    )


def tell(entries: list[dict[str, Any]], *, good: dict[str, Any]) -> None:
    """Pushes delivery states in the background, again while the answer is not `good`.

    To the address that an operator would have entered in the provider's console.
    """
    url = f"{settings.SANDBOX_CALLBACK_BASE}{RECEIPT_PATH}?token={RECEIPT_TOKEN}"
    if entries:
        threading.Thread(
            target=_tell, args=(url, entries, good), name=THREAD_NAME, daemon=True
        ).start()


def _tell(url: str, entries: list[dict[str, Any]], good: dict[str, Any]) -> None:
    for _ in range(TRIES):
        try:
            response = requests.post(
                url, json=entries, timeout=TIMEOUT_SECONDS, allow_redirects=False
            )
            if response.status_code == 200 and good.items() <= response.json().items():
                return
        except (requests.RequestException, AttributeError):
            continue


def now() -> str:
    """The providers' clock: whole seconds, in China."""
    return timezone.localtime().strftime("%Y-%m-%d %H:%M:%S")


def digits(count: int) -> str:
    return "".join(random.choices("0123456789", k=count))  # noqa: S311 - a number, no secret
