"""Fifty copies of one request at once are one ticket (guarantees.md 5)."""

import pytest
from django.db import connection
from rest_framework.test import APIClient

from config.api.keys import ApiKey
from config.encryption import SecretUnreadableError, decrypt, encrypt, mask
from messaging.models import ChannelAccount
from tests.at_once import all_at_once
from tests.factories import AdminFactory, RobotFactory
from tickets.models import Ticket


@pytest.mark.django_db(transaction=True)
def test_fifty_copies_at_once_are_one_ticket():
    admin = AdminFactory()
    body = {"description": "x", "customer_name": "张三", "phone": "13800138000"}
    answers: list[tuple[int, object]] = []

    def post() -> None:
        client = APIClient()
        client.force_authenticate(admin)
        response = client.post("/api/tickets", body, headers={"Idempotency-Key": "one"})
        answers.append((response.status_code, response.json().get("id")))
        if response.status_code == 409:
            assert int(response["Retry-After"]) >= 1

    assert all_at_once([post] * 50) == []
    assert len(answers) == 50
    assert {status for status, _ in answers} <= {201, 409}
    made = {number for status, number in answers if status == 201}
    assert made == {Ticket.objects.get().pk}


@pytest.mark.django_db
def test_a_key_is_stored_hashed_and_a_secret_encrypted():
    _, key = ApiKey.objects.create_key(name="x", scopes=[])
    robot = RobotFactory(
        secrets={
            "webhook_url": "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=very-secret-1234"
        }
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT secrets FROM messaging_channelaccount")
        (stored,) = cursor.fetchone()
        cursor.execute("SELECT hashed_key FROM config_apikey")
        (hashed,) = cursor.fetchone()
    assert "very-secret" not in stored
    assert key.rpartition(".")[2] not in hashed
    assert ChannelAccount.objects.get().secrets == robot.secrets
    assert robot.masked_secrets == {"webhook_url": "••••1234"}


def test_a_secret_of_another_key_is_not_guessed_at(settings):
    token = encrypt("value")
    assert decrypt(token) == "value"
    settings.FIELD_ENCRYPTION_KEY = "another"
    with pytest.raises(SecretUnreadableError):
        decrypt(token)
    assert (mask("short"), mask("")) == ("••••", "")
