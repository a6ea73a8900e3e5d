"""A message acts once, through the JSON doors too."""

import pytest

from config.api.keys import ApiKey
from tests.at_once import all_at_once
from tests.factories import CustomerFactory
from tickets.models import Ticket
from wechat.models import CommandRecord

pytestmark = pytest.mark.django_db

CREATE = "/创建工单 @客户张三 手机:13800138000 问题:服务器无法连接"
MESSAGE = {"MsgType": "text", "Content": CREATE, "MsgId": "6054768590064713728"}
COMMAND = {"userid": "lisi", "content": CREATE, "msgid": "m-1"}
DOORS = [("/api/wechat/work-message", MESSAGE), ("/api/wechat/work/command", COMMAND)]


@pytest.mark.parametrize(("path", "body"), DOORS)
def test_the_same_id_again_gets_the_first_answer_and_does_nothing(api, lisi, path, body):
    first = api(lisi).post(path, body).json()
    assert first["data"]["handled"]
    for _ in range(2):
        assert api(lisi).post(path, body).json() == first
    assert Ticket.objects.count() == 1
    assert CommandRecord.objects.count() == 1


@pytest.mark.parametrize(("path", "body"), DOORS)
def test_without_an_id_two_messages_are_two(api, lisi, path, body):
    body = {name: value for name, value in body.items() if name.lower() != "msgid"}
    for _ in range(2):
        api(lisi).post(path, body)
    assert Ticket.objects.count() == 2


def test_a_refusal_is_answered_again_too(api, lisi):
    body = {**MESSAGE, "Content": "#999999 已解决"}
    first = api(lisi).post(DOORS[0][0], body).json()
    assert first["data"] == {"handled": False, "ticket_id": None} or not first["data"]["handled"]
    assert api(lisi).post(DOORS[0][0], body).json() == first


def test_another_callers_message_of_that_id_is_another(api, lisi, wangwu):
    api(lisi).post(DOORS[0][0], MESSAGE)
    api(wangwu).post(DOORS[0][0], MESSAGE)
    assert Ticket.objects.count() == 2


def test_a_number_as_id_is_taken(api, lisi):
    body = {**MESSAGE, "MsgId": 6054768590064713728}
    assert api(lisi).post(DOORS[0][0], body).status_code == 200
    assert api(lisi).post(DOORS[0][0], MESSAGE).json()["data"]["handled"]
    assert Ticket.objects.count() == 1


@pytest.mark.parametrize("bad", ["x" * 65, ["m"], {"a": 1}])
def test_a_bad_id_is_a_400_that_names_it(api, lisi, bad):
    response = api(lisi).post(DOORS[0][0], {**MESSAGE, "MsgId": bad})
    assert response.status_code == 400
    assert response.json()["errors"][0]["attr"] == "MsgId"


def test_the_idempotency_key_counts_as_before(api, lisi):
    body = {"userid": "lisi", "content": CREATE}
    for _ in range(2):
        answer = api(lisi).post(DOORS[1][0], body, headers={"Idempotency-Key": "k"})
    assert answer["Idempotent-Replayed"] == "true"
    assert Ticket.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("path", "body"), DOORS)
def test_the_same_id_many_times_at_once_acts_once(api, lisi, path, body):
    answers = []
    assert all_at_once([lambda: answers.append(api(lisi).post(path, body).json())] * 8) == []
    assert len({answer["response"] for answer in answers}) == 1
    assert Ticket.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_one_id_for_two_members_at_once_is_no_error(api, lisi, wangwu):
    _, key = ApiKey.objects.create_key(name="机器人", scopes=["tickets:write"])

    def post(user):
        client = api()
        client.credentials(HTTP_AUTHORIZATION=f"Api-Key {key}")
        body = {**COMMAND, "userid": user}
        return client.post(DOORS[1][0], body).status_code

    codes = []
    acts = [lambda user=user: codes.append(post(user)) for user in ("lisi", "wangwu") * 3]
    assert all_at_once(acts) == []
    assert set(codes) == {200}
    assert Ticket.objects.count() == 1


def test_a_question_is_answered_over_json(api, lisi):
    CustomerFactory.create_batch(2, name="张三", follow_user=lisi)
    body = {"MsgType": "text", "Content": "/创建工单 @客户张三 问题:坏了"}
    asked = api(lisi).post(DOORS[0][0], body).json()
    assert asked["data"] == {"handled": False, "ticket_id": None}
    chosen = api(lisi).post(DOORS[0][0], {**body, "Content": "2"}).json()
    assert chosen["data"] == {"handled": True, "ticket_id": Ticket.objects.get().pk}
