"""An alert goes by the first way that is configured, whole and takes it."""

import pytest

from config.health.reading import Status
from config.runtime import store
from messaging.models import Message
from monitoring.watch import ways
from monitoring.watch.ways import Surroundings, Telling, WayFailed
from tests.factories import AdminFactory
from wechat.simulator.mail.handler import PASSWORD, USERNAME
from wechat.simulator.models import Delivery

pytestmark = pytest.mark.django_db(transaction=True)
TELLING = Telling("系统告警 1 项", "🚨 **系统告警**", ("disk",), ())


@pytest.fixture
def ops(settings):
    settings.WECOM_CORP_ID, settings.WECOM_AGENT_ID = "corp", 1
    return AdminFactory(username="ops", wecom_user_id="ops")


def test_a_robot_whose_channel_is_broken_is_passed_over(world, sink, look, ops):
    from messaging.models import ChannelCircuit

    ChannelCircuit.objects.create(key="GROUP_BOT:0", is_open=True, code="93000")
    look()
    assert sink.received == [], "not through the robot: that is what is broken"
    message = Message.objects.get()
    assert (message.channel, message.recipient, message.queue) == ("WORK_WECHAT", "ops", "urgent")


def test_a_robot_that_refuses_is_passed_over(world, sink, look, ops):
    sink.body = {"errcode": 45009}
    world.fails("worker:chat")
    look()
    look(25)
    assert Message.objects.get().recipient == "ops"


def test_the_queue_is_no_way_while_a_part_of_it_is_away(world, sink, look, ops, settings):
    settings.GROUP_WEBHOOK_URL = ""
    settings.ALERT_WEBHOOK_URL = f"{sink.base}/hook"
    world.fails("worker:urgent")
    look()
    look(25)
    assert Message.objects.count() == 0
    assert sink.received[0]["opened"] == ["worker:urgent"]


def test_the_order_is_the_operators(world, sink, look, settings):
    settings.ALERT_WEBHOOK_URL = f"{sink.base}/hook"
    store.change(key="watch.alerts", value=["webhook", "group_robot"], actor=None)
    world.fails("relay")
    look()
    look(10)
    assert sink.texts == []
    assert sink.received[0]["subject"] == "系统告警 1 项"


def test_what_nobody_took_is_told_with_the_next_round_that_can(world, sink, look):
    sink.status = 500
    world.fails("relay")
    look()
    look(10)
    sink.status = 200
    sink.received.clear()
    look(65)
    assert len(sink.texts) == 1


def test_mail_goes_straight_to_its_server(world, settings, mail_server):
    settings.ALERT_SMTP_URL = f"smtp://{USERNAME}:{PASSWORD}@127.0.0.1:{mail_server.port}"
    settings.ALERT_EMAIL_TO = ["ops@example.com"]
    settings.OUTBOUND_ALLOWED_HOSTS = ["smtp.example.com"]
    assert not ways.WAYS["email"].is_configured(), "its host is not among the allowed"
    settings.OUTBOUND_ALLOWED_HOSTS = [f"127.0.0.1:{mail_server.port}"]
    assert ways.WAYS["email"].is_configured()
    ways.WAYS["email"].send(TELLING)
    assert Delivery.objects.get().to == "ops@example.com"


def test_mail_that_is_not_taken_is_a_failure(world, settings):
    settings.ALERT_SMTP_URL, settings.ALERT_EMAIL_TO = "smtp://127.0.0.1:1", ["ops@example.com"]
    with pytest.raises(WayFailed):
        ways.WAYS["email"].send(TELLING)


@pytest.mark.parametrize(
    "url",
    ["", "http://169.254.169.254/latest", "https://evil.example.net/hook", "ftp://x", "https://["],
)
def test_no_alert_goes_to_a_host_that_is_not_allowed(settings, url):
    settings.ALERT_WEBHOOK_URL = settings.GROUP_WEBHOOK_URL = url
    assert not ways.WAYS["webhook"].is_configured()
    assert not ways.WAYS["group_robot"].is_configured()


def test_a_redirect_is_not_followed(world, sink):
    sink.status = 302
    with pytest.raises(WayFailed):
        ways.WAYS["group_robot"].send(TELLING)


def test_a_failure_tells_no_address(world, sink):
    sink.status = 500
    with pytest.raises(WayFailed) as failure:
        ways.WAYS["group_robot"].send(TELLING)
    assert "robot-secret" not in str(failure.value)


def test_the_app_needs_the_parts_that_carry_its_message(world):
    surroundings = Surroundings(frozenset(), world.parts)
    assert not ways.WAYS["wecom_app"].is_broken(surroundings)
    world.set("broker", Status.UNAVAILABLE)
    assert ways.WAYS["wecom_app"].is_broken(surroundings)
    assert not ways.WAYS["group_robot"].is_broken(surroundings)
