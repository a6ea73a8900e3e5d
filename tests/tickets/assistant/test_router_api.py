"""`POST /api/ai/router`."""

import pytest

from config.events.models import OutboxEntry
from customers.models import Customer
from messaging.models import Message
from tests.factories import CustomerFactory, TicketFactory
from tickets.models import AssistantTurn, Chat, Ticket, TurnStatus

pytestmark = pytest.mark.django_db(transaction=True)

PATH = "/api/ai/router"


@pytest.fixture
def ask(api, admin):
    def post(content: str, who=None, key: str = "", **given):
        body = {"entry": "wecom", "user_id": "zhaoliu", "content": content, **given}
        headers = {"HTTP_IDEMPOTENCY_KEY": key} if key else {}
        return api(who or admin).post(PATH, body, format="json", **headers)

    return post


def test_a_fault_is_understood_and_nothing_is_sent(ask):
    answer = ask("我的服务器连不上了，很急")
    assert answer.status_code == 200
    body = answer.json()
    assert (body["intent"], body["strategy"], body["action"]) == ("fault", "rules", "bind")
    assert body["confidence"] >= 0.75
    assert not Message.objects.exists()
    again = ask("跳过", session_id=body["session_id"]).json()
    assert (again["action"], again["ticket_id"]) == ("create_ticket", Ticket.objects.get().pk)


def test_a_person_is_a_chat(ask):
    body = ask("转人工").json()
    assert (body["action"], body["chat_id"]) == ("handoff", Chat.objects.get().pk)
    assert ask("在吗").json()["strategy"] == "chat"


def test_it_waits_for_the_model(ask, model):
    model.answers(intent="small_talk", confidence=0.9)
    body = ask("那个东西嘛").json()
    assert (body["strategy"], body["intent"]) == ("llm", "small_talk")
    assert AssistantTurn.objects.get().status == TurnStatus.ANSWERED
    assert not OutboxEntry.objects.filter(name__contains="answer_turn").exists()


def test_a_slow_model_is_not_waited_for_beyond_four_seconds(ask, model):
    model.trickles = True
    body = ask("那个东西嘛", key="k1").json()
    assert "没有理解" in body["reply"]
    assert AssistantTurn.objects.get().latency_ms < 4000


def test_the_same_key_is_the_first_answer(ask):
    first = ask("我的服务器连不上了", key="k1")
    again = ask("我的服务器连不上了", key="k1")
    assert again.json() == first.json()
    assert again["Idempotent-Replayed"] == "true"
    assert AssistantTurn.objects.count() == 1
    assert ask("别的话", key="k1").status_code == 409


def test_a_colleague_speaks_for_their_own_customers_only(ask, lisi):
    customer = CustomerFactory()
    customer.identifiers.create(channel="WORK_WECHAT", address="zhaoliu")
    TicketFactory(customer=customer, title="机密")
    assert ask("我的工单进度", who=lisi).status_code == 404
    Customer.objects.update(follow_user=lisi)
    assert "机密" in ask("我的工单进度", who=lisi).json()["reply"]


@pytest.mark.parametrize(
    ("given", "attr"),
    [
        ({"entry": "fax"}, "entry"),
        ({"user_id": ""}, "user_id"),
        ({"content": "  "}, "content"),
        ({"session_id": "x"}, "session_id"),
        ({"session_id": 10**30}, "session_id"),
    ],
)
def test_bad_input_names_its_field(ask, given, attr):
    answer = ask(**{"content": "你好", **given})
    assert (answer.status_code, answer.json()["errors"][0]["attr"]) == (400, attr)


def test_someone_elses_session_is_not_found(ask):
    session = ask("你好", user_id="another").json()["session_id"]
    assert ask("你好", session_id=session).status_code == 404


def test_of_the_blocked_nothing_is_taken(ask):
    ask("你好")
    Customer.objects.update(blocked_at=Customer.objects.get().created_at)
    assert ask("你好").status_code == 409
