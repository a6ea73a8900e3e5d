"""The simulator's mail server at a free port (a pytest plugin)."""

import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from messaging.channels.accounts import forget
from messaging.models import ChannelAccount
from wechat.simulator.mail.handler import PASSWORD, USERNAME
from wechat.simulator.mail.server import MailServer


@pytest.fixture
def mail_server(transactional_db: None, settings: Any) -> Iterator[MailServer]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings.SANDBOX_SMTP_PORT = port
    settings.OUTBOUND_ALLOWED_HOSTS = [*settings.OUTBOUND_ALLOWED_HOSTS, f"127.0.0.1:{port}"]
    server = MailServer(port)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    assert server.ready.wait(15)
    yield server
    server.stop()
    thread.join(15)


@pytest.fixture
def mailbox(mail_server: MailServer) -> ChannelAccount:
    """An account at that server."""
    account = ChannelAccount.objects.create(
        channel="EMAIL",
        code="mailbox",
        name="沙箱邮箱",
        settings={
            "host": "127.0.0.1",
            "port": mail_server.port,
            "security": "none",
            "username": USERNAME,
            "from_address": "desk@example.com",
            "from_name": "客服中心",
            "reply_to": "",
        },
        secrets={"password": PASSWORD, "receipt_token": "receipt-token-of-the-tests"},
        is_default=True,
    )
    forget()
    return account
