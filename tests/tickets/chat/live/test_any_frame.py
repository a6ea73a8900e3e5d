"""Whatever a page's frames say, nothing breaks, and its neighbours go on talking."""

import asyncio
import json
import logging

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.tickets.chat.live.lines import greeted, next_of, opened, tell

pytestmark = pytest.mark.django_db(transaction=True)
KINDS = (
    *("message.send", "message.delivered", "message.read", "typing", "heartbeat", "watching"),
    *("chat.message", "reload", "", "\ud800", "__class__"),
)
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.sampled_from([0, -1, 2**31, 2**63, 10**20, "1", "\x00", "\ud800", "\u202e", "x" * 6000]),
    st.floats(),
    st.text(max_size=20),
)
# Eight frames of these stay within what is generated at once; `DEEP` is what nests.
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=6,
)
NAMES = ("content", "client_id", "msg_type", "data", "last_seen", "up_to", "more")
KNOWN = st.sampled_from(["text", "card", "image", "quick_replies"])
FRAMES = st.fixed_dictionaries(
    {"type": st.sampled_from(KINDS)},
    optional={name: (KNOWN | VALUES if name == "msg_type" else VALUES) for name in NAMES},
)
DEEP = '{"type": "message.send", "content": "x", "data": ' + "[" * 900 + "]" * 900 + "}"


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(said=st.lists(FRAMES, min_size=8, max_size=8))
def test_no_frame_breaks_anything(chat, lisi, zhangsan, caplog, said):
    caplog.set_level(logging.ERROR)
    texts = [json.dumps({"chat_id": chat.pk, **one}) for one in said] + [DEEP]

    async def talk():
        async with (
            opened("/ws/console", lisi) as console,
            opened(f"/ws/chat/{chat.pk}", zhangsan) as page,
        ):
            await greeted(console)
            await greeted(page)
            for text in texts:
                await console.say(text)
                await page.say(text)
            for socket in (console, page):
                await tell(socket, "heartbeat", last=True)
                await next_of(socket, "alive")
            async with opened(f"/ws/chat/{chat.pk}", zhangsan) as neighbour:
                await next_of(neighbour, "hello")

    asyncio.run(talk())
    assert [r.getMessage() for r in caplog.records if r.levelno >= logging.ERROR] == []
