"""The wire: a connection that has logged in, and one message over it, in two halves.

`begin` ends where the text may go out: until then nothing can have been delivered. After `finish`
has written it, silence is doubt.
"""

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from aiosmtplib import SMTP
from aiosmtplib.errors import (
    SMTPDataError,
    SMTPException,
    SMTPResponseException,
    SMTPServerDisconnected,
)
from django.conf import settings

from messaging.channels.email.form import SSL, STARTTLS
from messaging.models import ChannelAccount

COMMAND_SECONDS = 5.0
_START_INPUT, _COMPLETED = 354, 250
_LEADING_DOT = re.compile(rb"(?m)^\.")


@dataclass(frozen=True, slots=True)
class Envelope:
    sender: str
    recipient: str
    content: bytes


async def connect(account: ChannelAccount) -> SMTP:
    """Greeted, encrypted, logged in. Raises aiosmtplib's and the network's errors."""
    own: dict[str, Any] = account.settings
    client = SMTP(
        hostname=str(own["host"]),
        port=int(own["port"]),
        use_tls=own["security"] == SSL,
        start_tls=own["security"] == STARTTLS,
        local_hostname=urlsplit(settings.APP_DOMAIN).hostname or "localhost",
        timeout=COMMAND_SECONDS,
    )
    await client.connect()
    try:
        if own.get("username"):
            await _log_in(client, str(own["username"]), str(account.secrets.get("password", "")))
    except BaseException:
        client.close()
        raise
    return client


async def _log_in(client: SMTP, username: str, password: str) -> None:
    """By one method alone: a second try of a wrong password helps to lock the mailbox."""
    await client.ehlo()
    offered = client.server_auth_methods
    if "plain" in offered:
        await client.auth_plain(username, password)
    elif "login" in offered:
        await client.auth_login(username, password)
    elif "cram-md5" in offered:
        await client.auth_crammd5(username, password)
    else:
        raise SMTPException("No known authentication method offered.")


async def begin(client: SMTP, envelope: Envelope) -> None:
    """MAIL, RCPT and DATA up to the server's go-ahead."""
    await client.mail(envelope.sender)
    await client.rcpt(envelope.recipient)
    reply = await client.execute_command(b"DATA")
    if reply.code != _START_INPUT:
        raise SMTPDataError(reply.code, reply.message)


async def finish(client: SMTP, content: bytes) -> None:
    """The text and the dot that ends it; whoever calls says how long the answer may take.

    Raises `SMTPResponseException` for a refusal, aiohttp's `ServerDisconnectedError` when the
    connection ended without a word.
    """
    protocol = client.protocol
    if protocol is None:
        raise SMTPServerDisconnected("Connection lost")
    ending = b".\r\n" if content.endswith(b"\r\n") else b"\r\n.\r\n"
    protocol.write(_LEADING_DOT.sub(b"..", content) + ending)
    try:
        reply = await protocol.read_response()
    except SMTPResponseException as garbled:
        raise aiohttp.ServerDisconnectedError(garbled.message) from garbled
    except SMTPServerDisconnected as lost:
        raise aiohttp.ServerDisconnectedError from lost
    if reply.code != _COMPLETED:
        raise SMTPDataError(reply.code, reply.message)
