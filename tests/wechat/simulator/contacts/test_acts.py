"""What people do in their clients changes the data and is told to the company, sealed."""

import pytest

from tests.wechat.simulator.contacts.conftest import ZHANGSAN, Contacts
from wechat.simulator.contacts.models import Contact

CHAT = "wrSandboxChat01"
MINE = {"external_userid": ZHANGSAN, "userid": "lisi"}


def act(contacts, name, /, **body):
    response = contacts.client.post(
        "/sandbox/api/contacts", {"act": name, **body}, content_type="application/json"
    )
    assert response.status_code == 200, response.content
    return response.json()


def found(contacts, **query):
    return contacts.client.get("/sandbox/api/contacts", query).json()


@pytest.fixture
def world(company, settings):
    """The customers, and a company that hears of them."""
    settings.SANDBOX_CONTACTS = 60
    return Contacts(), company


def heard(company):
    """What the company heard, without what every event has."""
    common = {"FromUserName": "sys", "MsgType": "event"}
    for event in company.heard:
        assert common.items() <= event.items()
        assert event["ToUserName"] == "wwsandbox0000corp"
        assert event["CreateTime"].isdigit()
    skipped = {*common, "ToUserName", "CreateTime", "WelcomeCode"}
    return [
        {name: value for name, value in event.items() if name not in skipped}
        for event in company.heard
    ]


def told(change, userid="lisi", external_userid=ZHANGSAN, **more):
    return {
        "Event": "change_external_contact",
        "ChangeType": change,
        "UserID": userid,
        "ExternalUserID": external_userid,
        **more,
    }


def test_friends_are_made_noted_and_lost(world):
    contacts, company = world
    made = act(contacts, "customer_adds", userid="wangwu", name="新客户", state="ch_web")
    newcomer = made["external_userid"]
    assert made["answers"] == [{"status": 200, "body": ""}]
    assert newcomer in contacts.customers_of("wangwu")
    act(contacts, "customer_half_adds", userid="admin", external_userid=newcomer)
    act(contacts, "member_edits", **MINE, remark="张总", tags=["etSandboxTag01"])
    (follow,) = contacts.customer()["follow_user"]
    assert follow["remark"] == "张总"
    assert [tag["tag_id"] for tag in follow["tags"]] == ["etSandboxTag01"]
    assert act(contacts, "member_edits", **MINE, remark_mobiles=["13900000000"])["events"] == []
    act(contacts, "customer_removes", **MINE)
    assert contacts.customer()["errcode"] == 84061
    act(contacts, "member_removes", external_userid=newcomer, userid="wangwu")
    assert heard(company) == [
        told("add_external_contact", "wangwu", newcomer, State="ch_web"),
        told("add_half_external_contact", "admin", newcomer),
        told("edit_external_contact"),
        told("del_follow_user"),
        told("del_external_contact", "wangwu", newcomer),
    ]
    assert company.heard[0]["WelcomeCode"]


def test_an_event_is_lost_or_comes_again(world):
    contacts, company = world
    lost = act(contacts, "customer_removes", **MINE, callback=False)
    assert lost["answers"] == []
    assert lost["events"]
    assert contacts.customer()["errcode"] == 84061
    assert company.heard == []
    again = act(contacts, "customer_adds", **MINE, times=3)
    assert [answer["status"] for answer in again["answers"]] == [200] * 3
    first, *others = company.heard
    assert others == [first, first]
    assert len(set(company.bodies)) == 3, "encrypted anew"


def test_what_the_company_writes_itself_it_is_not_told(world):
    contacts, company = world
    contacts.tell("remark", **MINE, remark="x")
    contacts.tell("mark_tag", **MINE, add_tag=["etSandboxTag01"])
    contacts.tell("add_corp_tag", group_name="新", tag=[{"name": "x"}])
    contacts.tell("groupchat/onjob_transfer", chat_id_list=[CHAT], new_owner="wangwu")
    body = {"handover_userid": "lisi", "takeover_userid": "wangwu", "external_userid": [ZHANGSAN]}
    contacts.tell("transfer_customer", **body)
    assert company.heard == []


@pytest.mark.parametrize(
    ("name", "status", "events"),
    [
        (
            "transfer_accept",
            1,
            [
                told("add_external_contact", "wangwu"),
                told("del_external_contact", Source="DELETE_BY_TRANSFER"),
            ],
        ),
        ("transfer_refuse", 3, [told("transfer_fail", "wangwu", FailReason="customer_refused")]),
        (
            "transfer_limit",
            4,
            [told("transfer_fail", "wangwu", FailReason="customer_limit_exceed")],
        ),
    ],
)
def test_a_waiting_transfer_ends_at_once(world, name, status, events):
    contacts, company = world
    ours = {"handover_userid": "lisi", "takeover_userid": "wangwu"}
    contacts.tell("transfer_customer", **ours, external_userid=[ZHANGSAN])
    act(contacts, name, external_userids=[ZHANGSAN])
    (row,) = contacts.tell("transfer_result", **ours)["customer"]
    assert row["status"] == status
    assert heard(company) == events
    owner = "wangwu" if status == 1 else "lisi"
    assert contacts.customer()["follow_user"][0]["userid"] == owner


def test_a_member_leaves_and_another_comes(world):
    contacts, company = world
    customers = contacts.customers_of("zhaoliu")
    act(contacts, "member_resigns", userid="zhaoliu")
    left = contacts.tell("get_unassigned_list")["info"]
    assert {row["external_userid"] for row in left} >= set(customers)
    assert "zhaoliu" not in contacts.ask("externalcontact/get_follow_user_list")["follow_user"]
    chats = contacts.tell("groupchat/list", limit=9, status_filter=1)["group_chat_list"]
    assert "wrSandboxChat05" in [row["chat_id"] for row in chats]
    act(contacts, "member_joins", userid="zhouba", name="周八")
    assert "zhouba" in contacts.ask("externalcontact/get_follow_user_list")["follow_user"]
    assert heard(company) == [
        {"Event": "change_contact", "ChangeType": "delete_user", "UserID": "zhaoliu"},
        {
            "Event": "change_contact",
            "ChangeType": "create_user",
            "UserID": "zhouba",
            "Name": "周八",
        },
    ]


def of_chat(change, detail="", **more):
    fields = {"Event": "change_external_chat", "ChatId": CHAT, "ChangeType": change}
    return {**fields, **({"UpdateDetail": detail} if detail else {}), **more}


def test_people_come_to_a_group_and_go(world):
    contacts, company = world
    newcomer = act(contacts, "customer_adds", userid="lisi", name="x", callback=False)
    guest = newcomer["external_userid"]
    before = contacts.group()["member_version"]
    act(contacts, "group_join", chat_id=CHAT, members=["wangwu", guest], join_scene=3)
    between = contacts.group()["member_version"]
    act(contacts, "group_quit", chat_id=CHAT, members=[guest], quit_scene=1)
    after = contacts.group()["member_version"]
    assert len({before, between, after}) == 3
    assert heard(company) == [
        of_chat(
            "update",
            "add_member",
            JoinScene="3",
            MemChangeCnt="2",
            MemChangeList={"Item": ["wangwu", guest]},
            LastMemVer=before,
            CurMemVer=between,
        ),
        of_chat(
            "update",
            "del_member",
            QuitScene="1",
            MemChangeCnt="1",
            MemChangeList={"Item": guest},
            LastMemVer=between,
            CurMemVer=after,
        ),
    ]
    joined = {row["userid"]: row["type"] for row in contacts.group()["member_list"]}
    assert joined["wangwu"] == 1
    assert guest not in joined


def test_a_group_begins_changes_and_ends(world):
    contacts, company = world
    made = act(contacts, "group_create", name="新群", owner="lisi", members=[ZHANGSAN])
    assert len(contacts.group(made["chat_id"])["member_list"]) == 2
    act(contacts, "group_rename", chat_id=CHAT, name="改名 <群>")
    act(contacts, "group_notice", chat_id=CHAT, notice="公告")
    act(contacts, "group_owner", chat_id=CHAT, owner="admin")
    changed = contacts.group()
    assert (changed["name"], changed["notice"], changed["owner"]) == ("改名 <群>", "公告", "admin")
    act(contacts, "group_dismiss", chat_id=CHAT)
    assert contacts.tell("groupchat/get", chat_id=CHAT)["errcode"] == 90501
    assert heard(company) == [
        {**of_chat("create"), "ChatId": made["chat_id"]},
        of_chat("update", "change_name"),
        of_chat("update", "change_notice"),
        of_chat("update", "change_owner"),
        of_chat("dismiss"),
    ]


def test_tags_change_in_the_console(world):
    contacts, company = world
    made = act(contacts, "tag_create", group_name="行业", name="制造")
    act(contacts, "tag_update", id=made["id"], name="制造业")
    act(contacts, "tag_shuffle", group_id="etSandboxGroup01")
    act(contacts, "tag_delete", id="etSandboxTag01")
    act(contacts, "tag_delete", id=made["group_id"])
    first = contacts.tell("get_corp_tag_list")["tag_group"][0]
    assert [tag["name"] for tag in first["tag"]] == ["黑名单", "C 类客户", "B 类客户"]
    seen = [(event["ChangeType"], event["TagType"], event["Id"]) for event in heard(company)]
    assert seen == [
        ("create", "tag_group", made["group_id"]),
        ("create", "tag", made["id"]),
        ("update", "tag", made["id"]),
        ("shuffle", "tag_group", "etSandboxGroup01"),
        ("delete", "tag", "etSandboxTag01"),
        ("delete", "tag_group", made["group_id"]),
    ]


@pytest.mark.parametrize(
    ("body", "attr"),
    [
        ({}, "act"),
        ({"act": "dance"}, "act"),
        ({"act": ["customer_adds"]}, "act"),
        ({"act": "customer_removes", **MINE, "callback": "no"}, "callback"),
        ({"act": "customer_removes", **MINE, "times": 11}, "times"),
        ({"act": "customer_removes", "userid": "lisi"}, "external_userid"),
        ({"act": "customer_removes", **MINE, "userid": "admin"}, "userid"),
        ({"act": "customer_adds", **MINE}, "userid"),
        ({"act": "customer_adds", "userid": "sunqi", "name": "x"}, "userid"),
        ({"act": "customer_adds", "userid": "lisi", "name": 5}, "name"),
        ({"act": "member_edits", **MINE}, "remark"),
        ({"act": "member_edits", **MINE, "remark": "长" * 21}, "body"),
        ({"act": "transfer_accept"}, "external_userids"),
        ({"act": "member_joins", "userid": "lisi", "name": "x"}, "userid"),
        ({"act": "group_join", "chat_id": CHAT, "members": ["nobody"]}, "members"),
        ({"act": "group_join", "chat_id": CHAT, "members": ["lisi"]}, "members"),
        ({"act": "group_quit", "chat_id": CHAT, "members": ["lisi"]}, "members"),
        ({"act": "group_dismiss", "chat_id": "wrNone"}, "chat_id"),
        ({"act": "tag_delete", "id": "etNone"}, "body"),
        ({"act": "tag_shuffle", "group_id": "etNone"}, "group_id"),
    ],
)
def test_a_wrong_act_is_refused_by_name(contacts, body, attr):
    response = contacts.client.post("/sandbox/api/contacts", body, content_type="application/json")
    assert response.status_code == 400
    assert response.json()["errors"][0]["attr"] == attr


def test_the_page_finds_customers_and_sees_what_the_company_wrote(contacts):
    contacts.tell("remark", **MINE, remark="来自系统")
    (row,) = found(contacts, keyword="13800138000")["list"]
    assert row["name"] == "张三"
    assert row["follows"][0]["remark"] == "来自系统"
    assert found(contacts, keyword="来自系统")["total"] == 1
    page = found(contacts, userid="lisi", limit="2", offset="1")
    assert len(page["list"]) == 2
    assert page["total"] == len(contacts.customers_of("lisi"))
    company = contacts.client.get("/sandbox/api/contacts/company").json()
    assert {"userid": "sunqi", "name": "孙七", "has_left": True} in company["members"]
    assert len(company["tags"]) == 12
    assert company["waiting"] == 0
    wrong = contacts.client.get("/sandbox/api/contacts", {"keyword": "x\x00"})
    assert wrong.status_code == 400


def test_the_demo_data_comes_back(contacts):
    act(contacts, "customer_adds", userid="lisi", name="x", callback=False)
    assert Contact.objects.count() == 61
    assert contacts.client.delete("/sandbox/api/contacts").status_code == 204
    assert Contact.objects.count() == 60
