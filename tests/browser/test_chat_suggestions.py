"""Beside a chat: what may answer the customer, and what the assistant said before."""

import json
import re
import uuid

import pytest
from playwright.sync_api import expect

from tests.browser.chat_people import guests
from tests.browser.consoles import colleague, fits, photograph
from tests.live import run

__all__ = ["colleague"]
pytestmark = [
    pytest.mark.browser,
    pytest.mark.live,
    pytest.mark.embedded_only,
    pytest.mark.timeout(600),
]

# Run inside the system: what the assistant said before a person came.
_TURNS = """
import json
from django.utils import timezone
from tickets.models import AssistantTurn, Chat, KnowledgeArticle
from tickets.assistant.knowledge.hits import hit_note
chat = Chat.objects.get(pk={chat})
article = KnowledgeArticle.objects.get(title="服务器连不上怎么排查")
turn = AssistantTurn.objects.create(
    chat=chat, customer=chat.customer, entry="web", text="我的服务器连不上了", intent="presale",
    confidence=0.8, strategy="rules", action="reply", reply=article.body, created_at=timezone.now(),
)
hit_note(article, turn, None, 0.8)
AssistantTurn.objects.create(
    chat=chat, customer=chat.customer, entry="web", text="人工", intent="human", confidence=1,
    strategy="rules", action="handoff", created_at=timezone.now(),
)
"""


@pytest.fixture
def person(live_system):
    [made] = guests(live_system, {"name": f"客户{uuid.uuid4().hex[:5]}"})
    return made


def test_an_agent_is_helped_to_answer(colleague, person, live_system):
    page = colleague("lisi", "/console/")
    page.locator("#presence select").select_option("online")
    expect(page.locator("#presence")).to_have_attribute("data-status", "online")
    assert person.come()["status"] == "assigned"
    person.say("我的服务器连不上了，ssh 连接超时")
    run(live_system, "manage.py", "shell", "-v0", "-c", _TURNS.format(chat=person.chat_id))
    page.locator("#list .row").filter(has_text=person.name).click()

    box = page.locator("#suggestions")
    first = box.locator("li").first
    expect(first).to_contain_text("服务器连不上怎么排查")
    photograph(page, "chat-suggestions-desktop")
    words = page.get_by_label("内容", exact=True)
    words.focus()
    page.keyboard.press("Alt+Shift+Digit1")
    expect(words).to_have_value(re.compile("^请依次检查"))
    first.get_by_role("button", name="有用").click()
    expect(first.get_by_role("button", name="有用")).to_have_attribute("aria-pressed", "true")
    words.press("Enter")
    expect(page.get_by_role("log").locator(".said-agent")).to_contain_text("请依次检查")

    before = page.locator("#assistant")
    expect(before).to_contain_text("助手已接待 2 轮 · 意图：售前咨询")
    before.locator("summary").click()
    turn = before.locator(".turn").first
    expect(turn).to_contain_text("依据：服务器连不上怎么排查")
    turn.get_by_role("button", name="没用").click()
    expect(turn.get_by_role("button", name="没用")).to_have_attribute("aria-pressed", "true")
    photograph(page, "chat-assistant-desktop")
    boss = live_system.as_user("admin")
    article = boss.get(live_system.url("/api/ai/knowledge/articles?q=服务器连不上怎么排查"))
    counted = article.json()["list"][0]
    assert (counted["helpful_count"], counted["unhelpful_count"]) == (1, 1), json.dumps(counted)
    page.set_viewport_size({"width": 390, "height": 844})
    fits(page)
    photograph(page, "chat-assistant-phone")
    page.locator("#side-toggle").click()
    expect(first).to_be_visible()
    fits(page)
    photograph(page, "chat-suggestions-phone")
    assert (
        boss.post(
            live_system.url(f"/api/customer-service/chats/{person.chat_id}/end"), json={}
        ).status_code
        == 200
    )
