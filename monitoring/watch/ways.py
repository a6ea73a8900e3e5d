"""The ways by which an alert can go. All but the WeCom app go straight out: no queue, no database."""

import smtplib
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from http import HTTPStatus
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

import requests
from django.conf import settings

from config.api.roles import Role
from config.health.reading import Reading
from customers.queries.staff import team_members
from messaging.allowed_urls import is_allowed_host, is_allowed_url
from messaging.models import ChannelType
from messaging.sending.accept import messages_accept
from messaging.staff_alerts.message import to_member

TIMEOUT_SECONDS = 5
# An urgent message: before every batch.
PRIORITY = 10
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


class WayFailed(Exception):
    """It was not taken; the next way is tried. Never holds an address: those contain keys."""


@dataclass(frozen=True)
class Telling:
    """`text` is markdown; `opened` and `closed` name the incidents, for machines."""

    subject: str
    text: str
    opened: tuple[str, ...]
    closed: tuple[str, ...]


@dataclass(frozen=True)
class Surroundings:
    """What is wrong right now, so that no alert goes by a way that is."""

    broken_channels: frozenset[str]
    parts: Mapping[str, Reading]


@dataclass(frozen=True)
class Way:
    """`channel`: the channel of messages that shares its fate, `needs` the parts that it needs."""

    send: Callable[[Telling], None]
    is_configured: Callable[[], bool]
    channel: str
    needs: tuple[str, ...] = ()

    def is_broken(self, surroundings: Surroundings) -> bool:
        return self.channel in surroundings.broken_channels or any(
            not surroundings.parts[name].is_ok for name in self.needs
        )


def _group_robot(telling: Telling) -> None:
    body = {"msgtype": "markdown", "markdown": {"content": telling.text}}
    answer = _post(settings.GROUP_WEBHOOK_URL, body)
    if answer.get("errcode") != 0:
        raise WayFailed(f"errcode {answer.get('errcode')}")


def _webhook(telling: Telling) -> None:
    _post(
        settings.ALERT_WEBHOOK_URL,
        {
            "subject": telling.subject,
            "text": telling.text,
            "opened": telling.opened,
            "closed": telling.closed,
        },
    )


def _post(url: str, body: dict[str, Any]) -> dict[str, Any]:
    try:
        answer = requests.post(url, json=body, timeout=TIMEOUT_SECONDS, allow_redirects=False)
    except requests.RequestException as error:
        raise WayFailed(type(error).__name__) from None
    if answer.status_code >= HTTPStatus.MULTIPLE_CHOICES:
        raise WayFailed(f"HTTP {answer.status_code}")
    try:
        found = answer.json()
    except requests.JSONDecodeError:
        return {}
    return found if isinstance(found, dict) else {}


def _email(telling: Telling) -> None:
    server = urlsplit(settings.ALERT_SMTP_URL)
    mail = EmailMessage()
    mail["Subject"], mail["From"] = telling.subject, _sender()
    mail["To"] = ", ".join(settings.ALERT_EMAIL_TO)
    mail.set_content(telling.text)
    try:
        with _connected(server) as smtp:
            if server.username:
                smtp.login(unquote(server.username), unquote(server.password or ""))
            smtp.send_message(mail)
    except (smtplib.SMTPException, OSError) as error:
        raise WayFailed(type(error).__name__) from None


def _connected(server: SplitResult) -> smtplib.SMTP:
    """By TLS from the first byte (`smtps`) or by STARTTLS; in the clear only without a password."""
    host, port = server.hostname or "", server.port or 0
    tls = ssl.create_default_context()
    if server.scheme == "smtps":
        return smtplib.SMTP_SSL(host, port, timeout=TIMEOUT_SECONDS, context=tls)
    smtp = smtplib.SMTP(host, port, timeout=TIMEOUT_SECONDS)
    smtp.ehlo()
    if smtp.has_extn("starttls"):
        smtp.starttls(context=tls)
    elif server.username and host not in _LOOPBACK:
        smtp.close()
        raise smtplib.SMTPNotSupportedError("no STARTTLS")
    return smtp


def _sender() -> str:
    user = unquote(urlsplit(settings.ALERT_SMTP_URL).username or "")
    host = urlsplit(settings.APP_DOMAIN).hostname or "localhost"
    return user if "@" in user else f"alerts@{host}"


def _wecom_app(telling: Telling) -> None:
    """To each administrator whom WeCom knows, as an urgent message of the queue."""
    addresses = _administrators()
    if not addresses:
        raise WayFailed("no administrator has a WeCom user id")
    messages_accept([to_member(one, telling.text, priority=PRIORITY) for one in addresses])


def _administrators() -> list[str]:
    admins = team_members().filter(role=Role.ADMIN, wecom_user_id__isnull=False)
    return [str(one) for one in admins.order_by("id").values_list("wecom_user_id", flat=True)]


def _has_smtp() -> bool:
    server = urlsplit(settings.ALERT_SMTP_URL)
    return bool(server.hostname and settings.ALERT_EMAIL_TO) and (
        is_allowed_host(server.hostname or "") or is_allowed_host(server.netloc.rpartition("@")[2])
    )


WAYS: dict[str, Way] = {
    "group_robot": Way(
        _group_robot, lambda: is_allowed_url(settings.GROUP_WEBHOOK_URL), ChannelType.GROUP_BOT
    ),
    "wecom_app": Way(
        _wecom_app,
        lambda: bool(settings.WECOM_CORP_ID and settings.WECOM_AGENT_ID),
        ChannelType.WORK_WECHAT,
        # Whatever of the queue is away, the message would lie in it.
        needs=("database", "broker", "cache", "relay", "worker:urgent"),
    ),
    "email": Way(_email, _has_smtp, ChannelType.EMAIL),
    "webhook": Way(_webhook, lambda: is_allowed_url(settings.ALERT_WEBHOOK_URL), "webhook"),
}
