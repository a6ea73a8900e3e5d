"""What the mail server says to each command (RFC 5321, RFC 3463).

User `sandbox`, password `sandbox-secret`. `nobody@…` does not exist and the mailbox of `full@…` is
full; every other address takes what comes.
"""

import asyncio
from collections.abc import Callable
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from typing import Any, TypeVar

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from django.db import connections

from wechat.simulator.faults import take
from wechat.simulator.models import Delivery, Fault

USERNAME, PASSWORD = "sandbox", "sandbox-secret"
REFUSED = {
    "nobody": "550 5.1.1 No such user here",
    "full": "552 5.2.2 Mailbox full",
}
# Where in the talk an ordered code comes: the others answer the text itself.
_AT_SENDER = frozenset({421, 454, 530, 534, 535, 538})
_AT_RECIPIENT = frozenset({450, 550, 551, 553, 556})
_ENHANCED = {
    421: "4.3.2",
    450: "4.2.1",
    451: "4.3.0",
    452: "4.3.1",
    530: "5.7.0",
    535: "5.7.8",
    550: "5.1.1",
    552: "5.2.2",
    553: "5.1.3",
    554: "5.7.1",
}
RATE_LIMITED = "450 4.7.1 Too many messages, slow down"

T = TypeVar("T")


def authenticate(
    server: SMTP, session: Session, envelope: Envelope, mechanism: str, auth_data: Any
) -> AuthResult:
    is_right = isinstance(auth_data, LoginPassword) and auth_data == LoginPassword(
        USERNAME.encode(), PASSWORD.encode()
    )
    return AuthResult(success=is_right, handled=False)


class Handler:
    """One for all connections: what belongs to a mail stands in its envelope."""

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name
        self,
        server: SMTP,
        session: Session,
        envelope: Envelope,
        address: str,
        options: list[str],
    ) -> str:
        if not session.authenticated:
            return "530 5.7.0 Authentication required"
        fault = await _in_thread(lambda: take("EMAIL"))
        envelope.fault = fault  # type: ignore[attr-defined]
        if _code(fault) in _AT_SENDER:
            return _reply(fault)
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 OK"

    async def handle_RCPT(  # noqa: N802
        self,
        server: SMTP,
        session: Session,
        envelope: Envelope,
        address: str,
        options: list[str],
    ) -> str:
        fault = _fault_of(envelope)
        if _code(fault) in _AT_RECIPIENT or (fault is not None and fault.mode == "rate_limited"):
            return _reply(fault)
        refused = REFUSED.get(address.rpartition("@")[0].lower())
        if refused is not None:
            return refused
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        fault = _fault_of(envelope)
        if fault is None:
            await _in_thread(lambda: deliver(envelope))
            return "250 2.0.0 OK: delivered"
        if fault.mode != "timeout":
            return _reply(fault)
        if fault.delivered:
            await _in_thread(lambda: deliver(envelope))
        await asyncio.sleep(fault.seconds)
        # And not a word about what became of it.
        assert server.transport is not None
        server.transport.abort()  # type: ignore[attr-defined]
        return ""


def deliver(envelope: Envelope) -> None:
    """A line of the outbox for each recipient."""
    content = envelope.content
    assert isinstance(content, bytes)
    mail = message_from_bytes(content, policy=policy.default)
    # The newer parser puts spaces between the encoded words of a name.
    named = message_from_bytes(content)["From"] or ""
    payload = _payload(mail, str(make_header(decode_header(str(named)))))
    Delivery.objects.bulk_create(
        Delivery(
            channel="EMAIL",
            to=address[:128],
            payload=payload,
            msgid=str(payload["message_id"])[:64],
        )
        for address in envelope.rcpt_tos
    )


def _payload(mail: EmailMessage, sender: str) -> dict[str, Any]:
    text, html = mail.get_body(("plain",)), mail.get_body(("html",))
    return {
        "subject": str(mail["Subject"] or ""),
        "from": sender,
        "message_id": str(mail["Message-ID"] or ""),
        "text": _words(text),
        "html": _words(html),
        "attachments": [part.get_filename() or "" for part in mail.iter_attachments()],
        "headers": sorted(mail.keys()),
    }


def _words(part: Any) -> str:
    """The part's text with the line ends of a database, not of a wire."""
    return str(part.get_content()).replace("\r\n", "\n") if part else ""


def _fault_of(envelope: Envelope) -> Fault | None:
    fault: Fault | None = getattr(envelope, "fault", None)
    return fault


def _code(fault: Fault | None) -> int:
    return fault.errcode or 0 if fault is not None and fault.mode == "errcode" else 0


def _reply(fault: Fault | None) -> str:
    if fault is not None and fault.mode == "rate_limited":
        return RATE_LIMITED
    code = _code(fault) or 451
    if not 400 <= code <= 599:
        code = 554
    enhanced = _ENHANCED.get(code, f"{code // 100}.0.0")
    return f"{code} {enhanced} Ordered fault"


async def _in_thread(work: Callable[[], T]) -> T:
    """Django's database is not for event loops; a thread of the loop's pool leaves none open."""

    def run() -> T:
        try:
            return work()
        finally:
            connections.close_all()

    return await asyncio.to_thread(run)
