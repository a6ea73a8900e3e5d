"""What the assistant says counts where the platform counts it: the composer shows what is left."""

from datetime import timedelta

import pytest
from django.utils import timezone

from messaging.models import Message
from tests.tickets.assistant.conftest import OPENID
from tickets.assistant.saying import say
from tickets.models import Chat

pytestmark = pytest.mark.django_db


@pytest.fixture
def left(api, on_duty):
    """As the agent's composer shows it."""

    def read():
        pk = Chat.objects.latest("pk").pk
        return api(on_duty).get(f"/api/customer-service/chats/{pk}").json()["budget"]["sends_left"]

    return read


def test_words_beside_an_open_chat_take_a_place(hear, letters, left):
    hear("人工")
    before = left()
    say(entry=letters.code, address=OPENID, text="手机绑定成功！")
    assert left() == before - 1
    say(entry=letters.code, address="oSomebodyElse", text="手机绑定成功！")
    assert left() == before - 1


def test_words_on_their_way_count_in_the_window_that_opens_meanwhile(hear, letters, left):
    hear("你好")
    say(entry=letters.code, address=OPENID, text="还在路上")
    hear("人工")
    with_it = left()
    Message.objects.filter(dedupe_key__startswith="said:").update(
        status="sent", sent_at=timezone.now() - timedelta(minutes=5)
    )
    hear("在吗")
    assert left() >= with_it + 1, "what left before the customer's words costs nothing now"


def test_a_chat_that_has_ended_knows_of_it_when_it_is_opened_again(
    hear, letters, left, api, on_duty
):
    hear("人工")
    chat = Chat.objects.get()
    api(on_duty).post(f"/api/customer-service/chats/{chat.pk}/end", {}, format="json")
    before = left()
    say(entry=letters.code, address=OPENID, text="您的工单已创建")
    assert left() == before - 1


def test_a_spent_budget_stays_spent(hear, letters, left):
    hear("人工")
    Chat.objects.update(sends_left=0)
    say(entry=letters.code, address=OPENID, text="又一句")
    assert left() == 0
