"""Mail servers on the internet: the connection is encrypted, and their certificate must be known."""

import ipaddress
import socket
import ssl
from datetime import UTC, datetime, timedelta

import pytest
from aiosmtpd.controller import Controller
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from messaging.channels import registry
from messaging.channels.base import Outbound, Outcome
from messaging.channels.email import smtp
from messaging.channels.email.connections import CONNECTIONS_PER_ACCOUNT, connections_of
from messaging.models import ChannelAccount
from messaging.sending import pool
from wechat.simulator.mail.handler import PASSWORD, USERNAME, Handler, authenticate
from wechat.simulator.models import Delivery


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate for 127.0.0.1 that nobody knows, and its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]),
            critical=False,
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    path.write_bytes(
        signed.public_bytes(Encoding.PEM)
        + key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )
    return path


@pytest.fixture(params=["ssl", "starttls"])
def encrypted(request, transactional_db, settings, certificate):
    """An account at a server that speaks encrypted only."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    kind = (
        {"ssl_context": context, "auth_require_tls": False}
        if request.param == "ssl"
        else {"tls_context": context, "require_starttls": True}
    )
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings.OUTBOUND_ALLOWED_HOSTS = [f"127.0.0.1:{port}"]
    controller = Controller(
        Handler(),
        hostname="127.0.0.1",
        port=port,
        server_hostname="sandbox",
        authenticator=authenticate,
        **kind,
    )
    controller.start()
    yield account(port, request.param)
    controller.stop()


def account(port, security):
    return ChannelAccount.objects.create(
        channel="EMAIL",
        code="encrypted",
        name="加密邮箱",
        settings={
            "host": "127.0.0.1",
            "port": port,
            "security": security,
            "username": USERNAME,
            "from_address": "desk@example.com",
        },
        secrets={"password": PASSWORD},
    )


def attempt(mailbox):
    channel = registry.get("EMAIL")
    payload = {"subject": "标题", "text": "正文"}
    outbound = Outbound(1, "MSG1", "EMAIL", mailbox, "a@example.com", payload, 1)

    async def call():
        return await channel.send(outbound, pool.session())

    return pool.run_call(call())


def test_a_mail_goes_out_encrypted(encrypted, certificate, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    assert [attempt(encrypted).outcome for _ in range(2)] == [Outcome.SENT] * 2
    assert Delivery.objects.count() == 2


def test_a_server_with_an_unknown_certificate_gets_nothing(encrypted):
    result = attempt(encrypted)
    assert (result.outcome, result.code) == (Outcome.RETRY, "connection_failed")
    assert not Delivery.objects.exists()


def test_a_server_that_never_greets_is_tried_again(transactional_db, settings, monkeypatch):
    monkeypatch.setattr(smtp, "COMMAND_SECONDS", 0.2)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        port = silent.getsockname()[1]
        settings.SANDBOX_SMTP_PORT = port
        settings.OUTBOUND_ALLOWED_HOSTS = [f"127.0.0.1:{port}"]
        result = attempt(account(port, "none"))
    assert (result.outcome, result.code) == (Outcome.RETRY, "connection_timeout")


def test_a_mail_that_finds_no_free_connection_goes_back_untried(mailbox, monkeypatch):
    monkeypatch.setattr("messaging.channels.email.connections.PLACE_SECONDS", 0.05)

    async def hold():
        for _ in range(CONNECTIONS_PER_ACCOUNT):
            await connections_of(mailbox)._places.acquire()

    pool.run_call(hold())
    result = attempt(mailbox)
    assert (result.outcome, result.code) == (Outcome.THROTTLED, "connections_busy")
    assert not result.was_tried
