"""A hand-over whose outcome the platform tells by encrypted callbacks, door to door (§2.4)."""

import pytest

from customers.models import (
    Customer,
    CustomerEvent,
    CustomerStatus,
    Follower,
    HandoverItem,
    RiskWarning,
)
from tests.wechat.handover.conftest import states
from wechat.models import Callback, CallbackStatus

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def happens(client, run_outbox):
    """Something happens in WeCom, the platform tells us, and our workers work it."""

    def act(name, *customers):
        body = {"act": name, "external_userids": [each.external_userid for each in customers]}
        answer = client.post("/sandbox/api/contacts", body, content_type="application/json")
        assert answer.status_code == 200, answer.json()
        assert answer.json()["events"]
        run_outbox()
        assert not Callback.objects.exclude(status=CallbackStatus.DONE).exists()

    return act


def test_refused_taken_over_and_nobody_lost(customers_of, begin, later, people, happens):
    agrees, refuses = customers_of("lisi")[:2]
    case = begin(
        "lisi", "wangwu", "zhaoliu", customer_ids=[agrees.pk, refuses.pk], moves_groups=False
    )
    happens("transfer_refuse", refuses)
    item = HandoverItem.objects.get(customer=refuses)
    assert (item.state, item.to_user) == ("waiting", people["zhaoliu"]), "the next one is asked"

    happens("transfer_accept", agrees, refuses)
    later(case)
    assert (case.status, states(case)) == ("finished", {"done": 2})
    for customer, taker in ((agrees, "wangwu"), (refuses, "zhaoliu")):
        customer.refresh_from_db()
        assert customer.follow_user == people[taker]
        assert customer.status == CustomerStatus.NORMAL
        friends = dict(
            Follower.objects.filter(customer=customer).values_list("wecom_user_id", "status")
        )
        assert (friends["lisi"], friends[taker]) == ("transferred", "active")
        moved = CustomerEvent.objects.filter(customer=customer, kind="transferred")
        assert moved.filter(content__startswith="在职转移").count() == 1
    assert not CustomerEvent.objects.filter(kind="lost").exists()
    assert not RiskWarning.objects.exists()
    assert Customer.objects.filter(risk_score__gt=0).count() == 0
