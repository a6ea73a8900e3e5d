"""Customers and groups change hands as on the platform, within its limits."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.wechat.simulator.contacts.conftest import ZHANGSAN
from wechat.simulator.contacts import events, lifecycle
from wechat.simulator.contacts.models import Transfer

ON_JOB = {"handover_userid": "lisi", "takeover_userid": "wangwu"}
RESIGNED = {"handover_userid": "sunqi", "takeover_userid": "wangwu"}


def transfer(contacts, *ids, path="transfer_customer", **change):
    body = {**ON_JOB, "external_userid": list(ids), **change}
    answer = contacts.tell(path, **body)
    return {row["external_userid"]: row["errcode"] for row in answer["customer"]}


def results(contacts, path="transfer_result", **members):
    answer = contacts.tell(path, **{**ON_JOB, **members})
    return {row["external_userid"]: row["status"] for row in answer["customer"]}


def a_day_later():
    Transfer.objects.filter(status=2).update(due_at=timezone.now() - timedelta(seconds=1))


@pytest.fixture
def told(monkeypatch):
    heard = []
    monkeypatch.setattr(events, "tell_later", heard.extend)
    return heard


def test_a_customer_is_taken_over_after_a_day(contacts, told, django_capture_on_commit_callbacks):
    contacts.tell("mark_tag", userid="lisi", external_userid=ZHANGSAN, add_tag=["etSandboxTag01"])
    assert transfer(contacts, ZHANGSAN, transfer_success_msg="您好") == {ZHANGSAN: 0}
    assert results(contacts) == {ZHANGSAN: 2}
    assert contacts.customer()["follow_user"][0]["userid"] == "lisi"
    assert told == []
    a_day_later()
    with django_capture_on_commit_callbacks(execute=True):
        assert results(contacts) == {ZHANGSAN: 1}
    (follow,) = contacts.customer()["follow_user"]
    assert follow["userid"] == "wangwu"
    assert follow["add_way"] == 202
    assert "etSandboxTag01" in [tag["tag_id"] for tag in follow["tags"]]
    added, removed = told
    assert "<ChangeType><![CDATA[add_external_contact]]>" in added
    assert "<UserID><![CDATA[wangwu]]>" in added
    assert "<Source><![CDATA[DELETE_BY_TRANSFER]]>" in removed


def test_each_customer_has_a_code_of_his_own(contacts):
    assert transfer(contacts, ZHANGSAN, "wmNobody") == {ZHANGSAN: 0, "wmNobody": 40096}
    assert transfer(contacts, ZHANGSAN) == {ZHANGSAN: 40129}
    assert transfer(contacts, ZHANGSAN, handover_userid="admin") == {ZHANGSAN: 40131}
    assert transfer(contacts, ZHANGSAN, takeover_userid="lisi") == {ZHANGSAN: 40130}


def test_a_customer_moves_twice_in_ninety_days(contacts, told):
    ways = [("lisi", "wangwu"), ("wangwu", "zhaoliu"), ("zhaoliu", "admin")]
    codes = []
    for handover, takeover in ways:
        members = {"handover_userid": handover, "takeover_userid": takeover}
        codes += transfer(contacts, ZHANGSAN, **members).values()
        a_day_later()
        results(contacts, **members)
    assert codes == [0, 0, 40128]
    Transfer.objects.update(created_at=timezone.now() - timedelta(days=91))
    again = {"handover_userid": "zhaoliu", "takeover_userid": "admin"}
    assert transfer(contacts, ZHANGSAN, **again) == {ZHANGSAN: 0}


def test_who_refuses_stays_and_may_be_asked_again(contacts):
    transfer(contacts, ZHANGSAN)
    (event,) = lifecycle.fail(list(Transfer.objects.values_list("pk", flat=True)), 3)
    assert "<FailReason><![CDATA[customer_refused]]>" in event
    assert results(contacts) == {ZHANGSAN: 3}
    assert contacts.customer()["follow_user"][0]["userid"] == "lisi"
    assert transfer(contacts, ZHANGSAN, takeover_userid="zhaoliu") == {ZHANGSAN: 0}


@pytest.mark.parametrize(
    ("path", "change", "errcode"),
    [
        ("transfer_customer", {"external_userid": []}, 40058),
        ("transfer_customer", {"external_userid": [f"wm{n}" for n in range(101)]}, 40058),
        ("transfer_customer", {"external_userid": ZHANGSAN}, 40058),
        ("transfer_customer", {"transfer_success_msg": "长" * 201}, 40058),
        ("transfer_customer", {"handover_userid": 5}, 40003),
        ("transfer_customer", {"handover_userid": "sunqi"}, 60111),
        ("transfer_customer", {"takeover_userid": "sunqi"}, 60111),
        ("resigned/transfer_customer", {}, 40097),
        ("resigned/transfer_customer", {"handover_userid": "nobody"}, 60111),
    ],
)
def test_a_wrong_transfer_is_refused_whole(contacts, path, change, errcode):
    body = {**ON_JOB, "external_userid": [ZHANGSAN], **change}
    assert contacts.tell(path, **body)["errcode"] == errcode
    assert not Transfer.objects.exists()


def test_the_customers_of_who_left_are_listed_until_they_are_on_their_way(contacts, told):
    first = contacts.tell("get_unassigned_list", page_size=1)
    assert first["info"][0]["handover_userid"] == "sunqi"
    assert first["info"][0]["dimission_time"] < timezone.now().timestamp()
    assert first["is_last"] is False
    rest = contacts.tell("get_unassigned_list", cursor=first["next_cursor"])
    assert rest["is_last"] is True
    left = [row["external_userid"] for row in first["info"] + rest["info"]]
    assert len(left) == len(set(left)) > 1
    codes = transfer(contacts, *left[:1], path="resigned/transfer_customer", **RESIGNED)
    assert codes == {left[0]: 0}
    now = [row["external_userid"] for row in contacts.tell("get_unassigned_list")["info"]]
    assert now == left[1:]
    assert results(contacts, path="resigned/transfer_result", **RESIGNED) == {left[0]: 2}
    assert results(contacts, **RESIGNED) == {}, "the other list is for those on the job"
    a_day_later()
    assert results(contacts, path="resigned/transfer_result", **RESIGNED) == {left[0]: 1}
    assert left[0] in contacts.customers_of("wangwu")


def test_groups_change_owner_at_once(contacts):
    mine, left = "wrSandboxChat01", "wrSandboxChat07"
    answer = contacts.tell("groupchat/transfer", chat_id_list=[left, mine], new_owner="wangwu")
    assert [(row["chat_id"], row["errcode"]) for row in answer["failed_chat_list"]] == [
        (mine, 90500)
    ]
    assert contacts.group(left)["owner"] == "wangwu"
    assert "wangwu" in [row["userid"] for row in contacts.group(left)["member_list"]]
    answer = contacts.tell(
        "groupchat/onjob_transfer",
        chat_id_list=[mine, "wrSandboxChat03", "wrSandboxChat08", "wrNone"],
        new_owner="wangwu",
    )
    assert {row["chat_id"]: row["errcode"] for row in answer["failed_chat_list"]} == {
        "wrSandboxChat03": 90507,
        "wrSandboxChat08": 90502,
        "wrNone": 90501,
    }
    assert contacts.group(mine)["owner"] == "wangwu"


@pytest.mark.parametrize(
    ("change", "errcode"),
    [({"chat_id_list": []}, 40058), ({"new_owner": "sunqi"}, 60111), ({"new_owner": None}, 40003)],
)
def test_a_wrong_transfer_of_groups_is_refused_whole(contacts, change, errcode):
    body = {"chat_id_list": ["wrSandboxChat01"], "new_owner": "wangwu", **change}
    assert contacts.tell("groupchat/onjob_transfer", **body)["errcode"] == errcode


def test_a_way_to_add_members_is_kept(contacts):
    made = contacts.tell("add_contact_way", type=1, scene=2, user=["lisi"], state="ch_web")
    way = contacts.tell("get_contact_way", config_id=made["config_id"])["contact_way"]
    assert way["state"] == "ch_web"
    assert way["user"] == ["lisi"]
    assert way["qr_code"] == made["qr_code"]
    assert contacts.tell("get_contact_way", config_id="none")["errcode"] == 41044
    assert contacts.tell("add_contact_way", type=1, scene=2)["errcode"] == 40058
    two = contacts.tell("add_contact_way", type=1, scene=2, user=["lisi", "wangwu"])
    assert two["errcode"] == 40058
