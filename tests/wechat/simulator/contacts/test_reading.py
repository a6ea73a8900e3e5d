"""Members, customers and groups are read as on the platform."""

import time

import pytest
from django.utils import timezone

from tests.wechat.simulator.contacts.conftest import ZHANGSAN
from wechat.simulator.contacts import stock
from wechat.simulator.contacts.models import Contact, Follow, Stock

STAFF = ["lisi", "wangwu", "zhaoliu", "admin"]


def test_the_demo_data_is_made_once_by_the_call_that_needs_it(contacts):
    assert contacts.ask("user/get", userid="lisi")["errcode"] == 0
    assert not Stock.objects.exists()
    contacts.ask("externalcontact/get_follow_user_list")
    contacts.ask("externalcontact/get_follow_user_list")
    assert Contact.objects.count() == 60


def test_five_thousand_customers_are_there_quickly_and_are_always_the_same(db):
    began = time.process_time()
    stock.ensure()
    assert time.process_time() - began < 3, "about 1 s"
    assert Contact.objects.count() == 5000
    assert Follow.objects.filter(userid="sunqi").count() > 100
    assert Follow.objects.filter(created_at__gt=timezone.now()).count() == 0
    names = list(Contact.objects.order_by("pk").values_list("name", flat=True))
    stock.reset()
    assert list(Contact.objects.order_by("pk").values_list("name", flat=True)) == names


def test_who_left_is_no_member_any_more(contacts):
    assert contacts.ask("externalcontact/get_follow_user_list")["follow_user"] == STAFF
    simple = contacts.ask("user/simplelist", department_id="1")["userlist"]
    assert simple[0] == {"userid": "lisi", "name": "李四", "department": [1]}
    full = contacts.ask("user/list", department_id="1")["userlist"]
    assert [row["userid"] for row in full] == STAFF
    assert full[0]["status"] == 1
    assert contacts.ask("user/get", userid="sunqi")["errcode"] == 60111


@pytest.mark.parametrize(("department", "errcode"), [("2", 60123), ("", 40058), ("x", 40058)])
def test_other_departments_are_none(contacts, department, errcode):
    assert contacts.ask("user/list", department_id=department)["errcode"] == errcode


def test_a_customer_has_what_the_platform_tells(contacts):
    answer = contacts.customer()
    assert answer["external_contact"]["name"] == "张三"
    assert answer["external_contact"]["type"] == 1
    (follow,) = answer["follow_user"]
    assert follow["userid"] == "lisi"
    assert follow["remark_mobiles"] == ["13800138000"]
    assert follow["remark_corp_name"] == "XX科技有限公司"
    assert follow["createtime"] < time.time()
    assert {"remark", "description", "oper_userid", "add_way", "tags"} <= set(follow)
    assert "next_cursor" not in answer
    colleague = contacts.customer("woSandbox000010")["external_contact"]
    assert colleague["type"] == 2
    assert colleague["corp_name"].endswith("有限公司")
    assert colleague["position"]


def test_tags_come_with_their_names_and_groups(contacts):
    contacts.tell("mark_tag", userid="lisi", external_userid=ZHANGSAN, add_tag=["etSandboxTag01"])
    (follow,) = contacts.customer()["follow_user"]
    assert {
        "group_name": "客户等级",
        "tag_name": "A 类客户",
        "tag_id": "etSandboxTag01",
        "type": 1,
    } in follow["tags"]


def test_the_pages_of_a_batch_hold_everybody_once(contacts):
    seen, cursor = [], ""
    while True:
        answer = contacts.tell("batch/get_by_user", userid_list=STAFF, cursor=cursor, limit=7)
        seen += [
            (row["follow_info"]["userid"], row["external_contact"]["external_userid"])
            for row in answer["external_contact_list"]
        ]
        cursor = answer["next_cursor"]
        if not cursor:
            break
    wanted = {(userid, found) for userid in STAFF for found in contacts.customers_of(userid)}
    assert set(seen) == wanted
    assert len(seen) == len(wanted)


def test_a_batch_names_tags_by_id(contacts):
    answer = contacts.tell("batch/get_by_user", userid_list=["lisi"], limit=100)
    info = answer["external_contact_list"][0]["follow_info"]
    assert set(info["tag_id"]) <= {f"etSandboxTag{number:02}" for number in range(1, 13)}
    assert "tags" not in info


@pytest.mark.parametrize(
    ("body", "errcode"),
    [
        ({}, 40058),
        ({"userid_list": []}, 40058),
        ({"userid_list": "lisi"}, 40058),
        ({"userid_list": ["lisi"] * 101}, 40058),
        ({"userid_list": [1]}, 40058),
        ({"userid_list": ["nobody"]}, 60111),
        ({"userid_list": ["sunqi"]}, 60111),
        ({"userid_list": ["lisi"], "limit": 101}, 40058),
        ({"userid_list": ["lisi"], "limit": "7"}, 40058),
        ({"userid_list": ["lisi"], "limit": True}, 40058),
        ({"userid_list": ["lisi"], "cursor": "what"}, 40058),
        ({"userid_list": ["lisi"], "cursor": 9}, 40058),
    ],
)
def test_a_wrong_batch_is_refused(contacts, body, errcode):
    assert contacts.tell("batch/get_by_user", **body)["errcode"] == errcode


@pytest.mark.parametrize(
    ("external_userid", "errcode"), [("", 40096), ("wmNobody", 40096), ("x\x00y", 40096)]
)
def test_nobody_is_no_customer(contacts, external_userid, errcode):
    assert contacts.customer(external_userid)["errcode"] == errcode


def test_without_a_friend_there_is_no_relation(contacts):
    stock.ensure()
    Follow.objects.filter(contact__external_userid=ZHANGSAN).delete()
    Follow.objects.filter(userid="admin").delete()
    assert contacts.customer()["errcode"] == 84061
    assert contacts.ask("externalcontact/list", userid="admin")["errcode"] == 84061
    assert contacts.ask("externalcontact/list", userid="nobody")["errcode"] == 60111
    assert contacts.ask("externalcontact/list")["errcode"] == 40003


def test_groups_are_listed_page_by_page(contacts):
    first = contacts.tell("groupchat/list", limit=5)
    assert len(first["group_chat_list"]) == 5
    last = contacts.tell("groupchat/list", limit=5, cursor=first["next_cursor"])
    assert len(last["group_chat_list"]) == 3
    assert "next_cursor" not in last
    left = contacts.tell("groupchat/list", limit=9, status_filter=1)["group_chat_list"]
    assert left == [{"chat_id": f"wrSandboxChat0{number}", "status": 1} for number in (7, 8)]
    mine = contacts.tell("groupchat/list", limit=9, owner_filter={"userid_list": ["lisi"]})
    assert [row["chat_id"] for row in mine["group_chat_list"]] == [
        "wrSandboxChat01",
        "wrSandboxChat02",
    ]


@pytest.mark.parametrize(
    "body", [{}, {"limit": 0}, {"limit": 1001}, {"limit": 5, "owner_filter": []}]
)
def test_a_wrong_list_of_groups_is_refused(contacts, body):
    assert contacts.tell("groupchat/list", **body)["errcode"] == 40058


def test_a_group_has_its_members(contacts):
    group = contacts.group()
    assert group["owner"] == "lisi"
    assert group["admin_list"] == [{"userid": "admin"}]
    assert group["member_version"]
    kinds = [member["type"] for member in group["member_list"]]
    assert kinds.count(1) == 2
    assert kinds.count(2) == 25
    guest = next(m for m in group["member_list"] if m["join_scene"] == 1 and m["type"] == 2)
    assert guest["invitor"] == {"userid": "lisi"}
    assert guest["name"]
    short = contacts.tell("groupchat/get", chat_id="wrSandboxChat01")["group_chat"]
    assert "name" not in short["member_list"][0]
    assert contacts.tell("groupchat/get", chat_id="wrNone")["errcode"] == 90501


def test_every_call_needs_a_token_and_its_method(contacts):
    assert contacts.get("externalcontact/get_follow_user_list")["errcode"] == 41001
    assert contacts.post("externalcontact/groupchat/list", {"limit": 1})["errcode"] == 41001
    assert contacts.ask("externalcontact/groupchat/list")["errcode"] == 43001


def test_the_calls_fail_on_order(contacts):
    assert contacts.fault(channel="CONTACT", mode="rate_limited", count=1).status_code == 200
    assert contacts.ask("externalcontact/get_follow_user_list")["errcode"] == 45009
    assert contacts.ask("externalcontact/get_follow_user_list")["errcode"] == 0
