"""The demo customer's addresses, loaded again by a sandbox that has moved to another port."""

import json

import pytest

from customers.models import Customer, CustomerIdentifier
from messaging.demo.addresses import load_addresses

pytestmark = pytest.mark.django_db
MOVED = "http://127.0.0.1:9001/sandbox"


@pytest.fixture
def zhangsan():
    return Customer.objects.create(name="张三", phone="+8613800138000")


def push_address(customer):
    return CustomerIdentifier.objects.get(customer=customer, channel="APP").address


def test_the_simulated_browser_follows_the_sandbox_to_its_port(zhangsan, settings):
    load_addresses()
    settings.WECOM_API_BASE = MOVED
    load_addresses()
    assert json.loads(push_address(zhangsan))["endpoint"] == f"{MOVED}/push/zhangsan"


def test_an_address_of_anybody_else_stays(zhangsan, settings):
    own = json.dumps({"endpoint": "https://push.example.com/1", "keys": {"auth": "own"}})
    CustomerIdentifier.objects.create(customer=zhangsan, channel="APP", address=own)
    settings.WECOM_API_BASE = MOVED
    load_addresses()
    assert push_address(zhangsan) == own
