"""The self-built app's calls are answered, and refused, as Tencent's servers do."""

from datetime import timedelta

import pytest
from django.utils import timezone

from wechat.simulator.models import CardCode, Delivery, Token

CARD = {
    "card_type": "button_interaction",
    "main_title": {"title": "工单 #7"},
    "task_id": "ticket-7",
    "button_list": [{"text": "已解决", "key": "resolve"}],
}
NOTICE = {
    "card_type": "text_notice",
    "main_title": {"title": "x"},
    "card_action": {"type": 1, "url": "https://example.com"},
}


def age(model, **delta):
    """Lets time pass for what the platform remembers."""
    for row in model.objects.all():
        for name in ("received_at", "expires_at"):
            if hasattr(row, name):
                model.objects.filter(pk=row.pk).update(
                    **{name: getattr(row, name) - timedelta(**delta)}
                )


# --- Tokens ---------------------------------------------------------------------------------------


def test_the_same_token_is_given_until_it_expires(tencent, settings):
    query = {"corpid": settings.WECOM_CORP_ID, "corpsecret": settings.WECOM_CORP_SECRET}
    first, second = tencent.get("gettoken", **query), tencent.get("gettoken", **query)
    assert first["access_token"] == second["access_token"]
    assert 7190 <= second["expires_in"] <= 7200
    age(Token, hours=3)
    assert tencent.get("gettoken", **query)["access_token"] != first["access_token"]


@pytest.mark.parametrize(
    ("wrong", "errcode"), [({"corpid": "ww-other"}, 40013), ({"corpsecret": "no"}, 40001)]
)
def test_wrong_credentials_get_no_token(tencent, settings, wrong, errcode):
    query = {"corpid": settings.WECOM_CORP_ID, "corpsecret": settings.WECOM_CORP_SECRET, **wrong}
    answer = tencent.get("gettoken", **query)
    assert answer["errcode"] == errcode
    assert "access_token" not in answer


@pytest.mark.parametrize("path", ["message/send", "message/recall", "media/upload"])
def test_a_call_needs_a_good_token(tencent, path):
    assert tencent.post(path, {})["errcode"] == 41001
    assert tencent.post(path, {}, access_token="invented")["errcode"] == 40014
    token = tencent.token
    age(Token, hours=3)
    assert tencent.post(path, {}, access_token=token)["errcode"] == 42001


# --- message/send ---------------------------------------------------------------------------------


def test_a_text_reaches_each_member_once(tencent):
    answer = tencent.send("lisi|user7|lisi")
    assert (answer["errcode"], answer["invaliduser"]) == (0, "")
    assert answer["msgid"]
    payload = {"msgtype": "text", "text": {"content": "你好"}}
    rows = tencent.outbox()
    assert [(row["channel"], row["to"]) for row in rows] == [
        ("WORK_WECHAT", "lisi"),
        ("WORK_WECHAT", "user7"),
    ]
    assert rows[0]["payload"] == payload


def test_unknown_members_are_listed_and_the_others_served(tencent):
    answer = tencent.send("lisi|unknown-1|unknown-2")
    assert (answer["errcode"], answer["invaliduser"]) == (0, "unknown-1|unknown-2")
    assert [row["to"] for row in tencent.outbox()] == ["lisi"]


@pytest.mark.parametrize(
    ("fields", "errcode"),
    [
        ({"touser": "unknown-1"}, 81013),
        ({"touser": ""}, 40003),
        ({"touser": None}, 40003),
        ({"touser": ["lisi"]}, 40058),
        ({"touser": "|".join(f"user{n}" for n in range(1001))}, 40003),
        ({"touser": "", "toparty": "9"}, 81013),
        ({"touser": "", "totag": "vip"}, 81013),
        ({"agentid": 1}, 301002),
        ({"msgtype": "sticker"}, 40008),
        ({"msgtype": None}, 40008),
        ({"text": {}}, 44004),
        ({"text": {"content": ""}}, 44004),
        ({"text": "你好"}, 40058),
        ({"text": {"content": 5}}, 40058),
        ({"enable_duplicate_check": 1, "duplicate_check_interval": 14_401}, 40058),
        ({"enable_duplicate_check": 1, "duplicate_check_interval": "soon"}, 40058),
    ],
)
def test_what_the_platform_refuses_it_does_not_deliver(tencent, fields, errcode):
    assert tencent.send(**fields)["errcode"] == errcode
    assert tencent.outbox() == []


@pytest.mark.parametrize(
    ("kind", "part", "errcode"),
    [
        ("markdown", {"content": "**好**"}, 0),
        ("textcard", {"title": "t", "description": "d", "url": "https://example.com"}, 0),
        ("textcard", {"title": "t", "description": "d"}, 40058),
        ("textcard", {"title": "t" * 129, "description": "d", "url": "https://e.com"}, 40058),
        ("news", {"articles": [{"title": "t", "url": "https://example.com"}]}, 0),
        ("news", {"articles": []}, 40058),
        ("news", {"articles": [{"title": "t"}]}, 40058),
        ("image", {"media_id": "invented"}, 40007),
        ("file", {}, 44004),
        ("file", {"name": "x"}, 40058),
        ("template_card", NOTICE, 0),
        ("template_card", CARD, 0),
        ("template_card", {**NOTICE, "card_action": None}, 40058),
        ("template_card", {**NOTICE, "card_type": "poster"}, 40058),
        ("template_card", {**NOTICE, "main_title": {}}, 40058),
        ("template_card", {**NOTICE, "horizontal_content_list": [{"keyname": "k"}] * 7}, 40058),
        ("template_card", {**CARD, "task_id": None}, 40058),
        ("template_card", {**CARD, "task_id": "工单"}, 40058),
        ("template_card", {**CARD, "button_list": []}, 40058),
        ("template_card", {**CARD, "button_list": [{"text": "x"}]}, 40058),
    ],
)
def test_each_kind_of_message_has_its_shape(tencent, kind, part, errcode):
    answer = tencent.send(msgtype=kind, **{kind: part})
    assert answer["errcode"] == errcode, answer


@pytest.mark.parametrize("kind", ["text", "markdown"])
def test_over_long_words_are_cut_at_the_byte(tencent, kind):
    assert tencent.send(msgtype=kind, **{kind: {"content": "字" * 1000}})["errcode"] == 0
    content = tencent.outbox()[0]["payload"][kind]["content"]
    assert content == "字" * 682


def test_a_members_thirty_first_message_of_a_minute_vanishes_without_a_word(tencent):
    answers = [tencent.send(text={"content": str(n)}) for n in range(31)]
    assert {answer["errcode"] for answer in answers} == {0}
    assert len(tencent.outbox()) == 30
    tencent.send("user1")
    assert len(tencent.outbox()) == 31, "another member is not concerned"
    age(Delivery, seconds=61)
    tencent.send(text={"content": "later"})
    assert len(tencent.outbox()) == 32


def test_the_duplicate_check_answers_with_the_first_id_and_delivers_nothing(tencent):
    first = tencent.send(enable_duplicate_check=1)
    again = tencent.send(enable_duplicate_check=1)
    assert (again["errcode"], again["msgid"]) == (0, first["msgid"])
    assert len(tencent.outbox()) == 1
    assert tencent.send(enable_duplicate_check=1, text={"content": "x"})["msgid"] != first["msgid"]
    assert tencent.send()["msgid"] != first["msgid"], "the check is off unless asked for"


def test_the_duplicate_check_ends_with_its_interval(tencent):
    tencent.send(enable_duplicate_check=1, duplicate_check_interval=60)
    age(Delivery, seconds=61)
    tencent.send(enable_duplicate_check=1, duplicate_check_interval=60)
    assert len(tencent.outbox()) == 2


def test_everybody_and_the_root_department_mean_the_members(tencent):
    assert tencent.send("@all")["errcode"] == 0
    assert sorted(row["to"] for row in tencent.outbox()) == ["admin", "lisi", "wangwu", "zhaoliu"]
    answer = tencent.send("", toparty="1|9")
    assert (answer["errcode"], answer["invalidparty"]) == (0, "9")
    assert len(tencent.outbox()) == 8


def test_one_message_costs_few_queries_and_a_thousand_members_hardly_more(
    tencent, django_assert_max_num_queries
):
    assert tencent.token
    with django_assert_max_num_queries(7):
        tencent.send("user1", enable_duplicate_check=1)
    with django_assert_max_num_queries(15):
        tencent.send("|".join(f"user{n}" for n in range(1000)))
    tencent.client.delete("/sandbox/api/outbox")
    tencent.send("|".join(f"user{n}" for n in range(1000)))
    assert len(tencent.outbox(limit=5000)) == 1000


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"text": "\\u0000"}', b'{"text": "\\ud800"}'])
def test_a_body_that_is_no_object_is_refused(tencent, body):
    assert tencent.post("message/send", body, access_token=tencent.token)["errcode"] in (
        47001,
        301002,
    )


# --- Afterwards -----------------------------------------------------------------------------------


def chat_of(tencent, user="lisi"):
    return tencent.client.get(f"/sandbox/api/chats/app:{user}/messages").json()["list"]


def test_a_recalled_message_disappears_from_the_chat(tencent):
    msgid = tencent.send()["msgid"]
    call = {"msgid": msgid}
    assert tencent.post("message/recall", call, access_token=tencent.token)["errcode"] == 0
    assert [row["kind"] for row in chat_of(tencent)] == ["recalled"]
    age(Delivery, hours=25)
    assert tencent.post("message/recall", call, access_token=tencent.token)["errcode"] == 40058


@pytest.mark.parametrize("msgid", ["invented", "", None, 5])
def test_what_was_never_sent_cannot_be_recalled(tencent, msgid):
    answer = tencent.post("message/recall", {"msgid": msgid}, access_token=tencent.token)
    assert answer["errcode"] == 40058


def update(tencent, settings, code, **change):
    body = {"userids": ["lisi"], "agentid": settings.WECOM_AGENT_ID, "response_code": code}
    return tencent.post(
        "message/update_template_card", {**body, **change}, access_token=tencent.token
    )


def test_a_card_is_changed_once_with_its_code(tencent, settings):
    code = tencent.send(msgtype="template_card", template_card=CARD)["response_code"]
    assert update(tencent, settings, code, button={"replace_name": "已处理"})["errcode"] == 0
    card = chat_of(tencent)[0]["content"]["template_card"]
    assert (card["replace_text"], card["button_list"]) == ("已处理", [])
    again = update(tencent, settings, code, button={"replace_name": "又来"})
    assert again["errcode"] == 40078


def test_a_card_becomes_another_card(tencent, settings):
    code = tencent.send(msgtype="template_card", template_card=CARD)["response_code"]
    assert (
        update(tencent, settings, code, template_card={**NOTICE, "sub_title_text": "新"})["errcode"]
        == 0
    )
    assert chat_of(tencent)[0]["content"]["template_card"]["sub_title_text"] == "新"


def test_a_card_code_lives_three_days(tencent, settings):
    code = tencent.send(msgtype="template_card", template_card=CARD)["response_code"]
    age(CardCode, hours=73)
    assert update(tencent, settings, code, button={"replace_name": "x"})["errcode"] == 40078


@pytest.mark.parametrize(
    ("change", "errcode"),
    [
        ({"agentid": 1, "button": {"replace_name": "x"}}, 301002),
        ({}, 40058),
        ({"template_card": {"card_type": "poster"}}, 40058),
        ({"userids": [], "button": {"replace_name": "x"}}, 40058),
        ({"response_code": "invented", "button": {"replace_name": "x"}}, 40078),
    ],
)
def test_a_wrong_change_leaves_the_code_unused(tencent, settings, change, errcode):
    code = tencent.send(msgtype="template_card", template_card=CARD)["response_code"]
    assert update(tencent, settings, code, **change)["errcode"] == errcode
    assert update(tencent, settings, code, button={"replace_name": "x"})["errcode"] == 0


def test_a_task_id_is_used_once(tencent):
    assert tencent.send(msgtype="template_card", template_card=CARD)["errcode"] == 0
    again = tencent.send(msgtype="template_card", template_card={**CARD, "sub_title_text": "x"})
    assert again["errcode"] == 40058


# --- Members --------------------------------------------------------------------------------------


def test_members_are_known_by_name(tencent):
    found = tencent.get("user/get", userid="lisi", access_token=tencent.token)
    assert (found["errcode"], found["name"]) == (0, "李四")
    nobody = tencent.get("user/get", userid="unknown-1", access_token=tencent.token)
    assert nobody["errcode"] == 60111


def test_encrypted_member_ids_are_converted_and_plain_ones_are_invalid(tencent):
    answer = tencent.post(
        "batch/openuserid_to_userid",
        {"open_userid_list": ["wosim-lisi", "lisi"]},
        access_token=tencent.token,
    )
    assert answer["userid_list"] == [{"open_userid": "wosim-lisi", "userid": "lisi"}]
    assert answer["invalid_open_userid_list"] == ["lisi"]


@pytest.mark.parametrize("ids", [[], None, [5], ["wosim-lisi"] * 1001])
def test_a_wrong_list_of_ids_is_refused(tencent, ids):
    answer = tencent.post(
        "batch/openuserid_to_userid", {"open_userid_list": ids}, access_token=tencent.token
    )
    assert answer["errcode"] == 40058


def test_every_answer_has_the_platforms_shape(tencent):
    assert tencent.get("message/send")["errcode"] == 43001
    assert Token.objects.filter(expires_at__lt=timezone.now()).count() == 0
    assert set(tencent.post("message/send", {})) == {"errcode", "errmsg"}
