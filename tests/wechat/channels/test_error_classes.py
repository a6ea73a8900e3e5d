"""Every code of the platform's table lands in its class (wechat-protocol.md §4.8)."""

import pytest

from messaging.models import ChannelCircuit

pytestmark = pytest.mark.django_db(transaction=True)

RETRIED = [-1, 6000, 41096, 45033]
REFRESHED = [40014, 41001, 42001]
THROTTLED = [45009, 45011]
PERMANENT = [
    *(40003, 40007, 40008, 40029, 40035, 40058, 40078, 40096, 41051, 43004, 44004, 60011, 60111),
    *(81013, 84061, *range(90500, 90509), 95000, 95001, 95002, 95013, 95014, 95017, 95018),
    *(301052, 424242),
]
ACCOUNT_FAULTS = [40001, 40013, 48002, 50001, 60020, 93000, 93004, 93008, 301002]


def ended(send, order, errcode, channel="WORK_WECHAT", recipient="lisi"):
    order(channel=channel, mode="errcode", errcode=errcode)
    message = send(channel, recipient)
    return message.status, message.attempts, message.error_code


@pytest.mark.parametrize("errcode", [*RETRIED, *REFRESHED])
def test_a_passing_trouble_is_tried_again_later(platform, send, order, errcode):
    assert ended(send, order, errcode) == ("queued", 1, str(errcode))


@pytest.mark.parametrize("errcode", THROTTLED)
def test_a_limit_costs_no_attempt(platform, send, order, errcode):
    assert ended(send, order, errcode) == ("queued", 0, str(errcode))


@pytest.mark.parametrize("errcode", PERMANENT)
def test_what_will_never_work_ends_at_once(platform, send, order, errcode):
    assert ended(send, order, errcode) == ("failed", 1, str(errcode))
    assert not ChannelCircuit.objects.filter(is_open=True).exists()


@pytest.mark.parametrize("errcode", ACCOUNT_FAULTS)
def test_a_fault_of_the_account_holds_the_others_back(platform, send, order, errcode):
    assert ended(send, order, errcode) == ("failed", 1, str(errcode))
    assert ChannelCircuit.objects.get(key="WORK_WECHAT:0").is_open


@pytest.mark.parametrize("errcode", REFRESHED)
def test_a_token_refused_once_is_no_trouble(platform, send, order, errcode):
    order(channel="WORK_WECHAT", mode="errcode", errcode=errcode, count=1)
    message = send("WORK_WECHAT", "lisi")
    assert (message.status, message.attempts) == ("sent", 1)


@pytest.mark.parametrize(
    ("errcode", "status"),
    [(93000, "failed"), (93004, "failed"), (93008, "failed"), (45009, "queued"), (40058, "failed")],
)
def test_the_group_robots_codes(group_robot, send, order, errcode, status):
    found = ended(send, order, errcode, "GROUP_BOT", "test_group_001")
    assert (found[0], found[2]) == (status, str(errcode))
