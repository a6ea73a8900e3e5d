"""The pages on which a newcomer plays."""

import pytest
from django.test import Client

from wechat.simulator.contacts.models import ContactWay

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("page", ["stage", "phone", "beside"])
def test_the_pages_are_there_only_in_the_sandbox(page, settings):
    assert Client().get(f"/sandbox/{page}/").status_code == 200
    settings.SANDBOX = False
    assert Client().get(f"/sandbox/{page}/").status_code == 404


def test_ways_that_customers_can_scan_are_listed_newest_first(client):
    for state in ("old", "new"):
        ContactWay.objects.create(config_id=state, fields={"state": state, "user": ["lisi"]})
    found = client.get("/sandbox/api/contacts/ways").json()["list"]
    assert [row["state"] for row in found] == ["new", "old"]
    assert found[0]["user"] == ["lisi"]
