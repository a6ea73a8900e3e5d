"""`POST /api/wechat/group-bot-notify`: into an internal group, by its robot."""

import pytest

from config.api.keys import ApiKey
from messaging.models import ChannelType, Message
from tests.factories import RobotFactory
from wechat.simulator.models import Delivery

pytestmark = pytest.mark.django_db(transaction=True)

URL = "/api/wechat/group-bot-notify"


@pytest.fixture
def robot(platform, settings):
    return RobotFactory(
        code="bot_001",
        settings={"group_id": "test_group_001"},
        secrets={"webhook_url": settings.GROUP_WEBHOOK_URL},
    )


@pytest.fixture
def notify(api, admin, robot):
    def post(**body):
        return api(admin).post(URL, body, format="json")

    return post


@pytest.mark.parametrize("named", [{"bot_id": "bot_001"}, {"group_id": "test_group_001"}])
def test_it_is_said_in_the_group(notify, run_outbox, named):
    answer = notify(**named, msgtype="text", content="今晚维护", mentioned_list=["lisi", "@all"])
    assert answer.status_code == 202, answer.json()
    assert set(answer.json()) == {"message_id", "trace_id", "status"}
    run_outbox()
    message = Message.objects.get(channel=ChannelType.GROUP_BOT)
    assert (message.message_id, message.status) == (answer.json()["message_id"], "sent")
    (row,) = Delivery.objects.filter(channel="GROUP_BOT")
    assert row.payload["text"] == {"content": "今晚维护", "mentioned_list": ["lisi", "@all"]}


def test_markdown_too(notify, run_outbox):
    assert notify(bot_id="bot_001", msgtype="markdown", content="**维护**").status_code == 202
    run_outbox()
    (row,) = Delivery.objects.filter(channel="GROUP_BOT")
    assert row.payload["markdown"]["content"] == "**维护**"


@pytest.mark.parametrize(
    ("body", "attr"),
    [
        ({"msgtype": "text", "content": "x"}, "bot_id"),
        ({"bot_id": "bot_001", "group_id": "g", "msgtype": "text", "content": "x"}, "bot_id"),
        ({"bot_id": "bot_404", "msgtype": "text", "content": "x"}, "bot_id"),
        ({"group_id": "no_group", "msgtype": "text", "content": "x"}, "group_id"),
        ({"bot_id": "bot_001", "msgtype": "image", "content": "x"}, "msgtype"),
        ({"bot_id": "bot_001", "msgtype": "text", "content": ""}, "content"),
        ({"bot_id": "bot_001", "msgtype": "text", "content": "长" * 3000}, "content"),
        (
            {"bot_id": "bot_001", "msgtype": "markdown", "content": "x", "mentioned_list": ["a"]},
            "mentioned_list",
        ),
    ],
)
def test_what_is_wrong_is_named(notify, body, attr):
    answer = notify(**body)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["attr"] == attr
    assert not Message.objects.exists()


def test_the_same_key_says_it_once(api, admin, robot):
    client = api(admin)
    body = {"bot_id": "bot_001", "msgtype": "text", "content": "一次"}
    for _ in range(2):
        answer = client.post(URL, body, format="json", HTTP_IDEMPOTENCY_KEY="k1")
        assert answer.status_code == 202
    assert Message.objects.count() == 1


def test_a_key_without_the_scope_may_not(api, robot):
    _, key = ApiKey.objects.create_key(name="程序", scopes=["customers:read"])
    client = api()
    client.credentials(HTTP_AUTHORIZATION=f"Api-Key {key}")
    body = {"bot_id": "bot_001", "msgtype": "text", "content": "x"}
    assert client.post(URL, body, format="json").status_code == 403
