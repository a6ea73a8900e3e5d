"""The company writes remarks and tags; the tags of the corporation come and go."""

import pytest

from tests.wechat.simulator.contacts.conftest import ZHANGSAN

MINE = {"userid": "lisi", "external_userid": ZHANGSAN}


def follow(contacts):
    (row,) = contacts.customer()["follow_user"]
    return row


def test_a_remark_changes_what_it_names(contacts):
    before = follow(contacts)
    assert (
        contacts.tell("remark", **MINE, remark="张三-老客户", description="爱喝茶")["errcode"] == 0
    )
    after = follow(contacts)
    assert (after["remark"], after["description"]) == ("张三-老客户", "爱喝茶")
    assert after["remark_mobiles"] == before["remark_mobiles"]
    contacts.tell("remark", **MINE, remark_mobiles=[""])
    assert follow(contacts)["remark_mobiles"] == []


@pytest.mark.parametrize(
    ("body", "errcode"),
    [
        ({}, 40058),
        ({"remark": "长" * 21}, 40058),
        ({"remark": 5}, 40058),
        ({"description": "长" * 151}, 40058),
        ({"remark_mobiles": "13800138000"}, 40058),
        ({"remark": "x", "userid": ""}, 40003),
        ({"remark": "x", "userid": "nobody"}, 60111),
        ({"remark": "x", "external_userid": "wmNobody"}, 40096),
        ({"remark": "x", "userid": "admin"}, 84061),
    ],
)
def test_a_wrong_remark_is_refused(contacts, body, errcode):
    assert contacts.tell("remark", **{**MINE, **body})["errcode"] == errcode


def test_tags_are_set_and_taken(contacts):
    contacts.tell("mark_tag", **MINE, add_tag=["etSandboxTag01", "etSandboxTag02"])
    contacts.tell("mark_tag", **MINE, add_tag=["etSandboxTag01"], remove_tag=["etSandboxTag02"])
    ids = [tag["tag_id"] for tag in follow(contacts)["tags"]]
    assert ids.count("etSandboxTag01") == 1
    assert "etSandboxTag02" not in ids


@pytest.mark.parametrize(
    ("body", "errcode"),
    [
        ({}, 40058),
        ({"add_tag": "etSandboxTag01"}, 40058),
        ({"add_tag": ["etNone"]}, 40068),
        ({"add_tag": ["etSandboxTag01"], "userid": "admin"}, 84061),
    ],
)
def test_a_wrong_mark_is_refused(contacts, body, errcode):
    assert contacts.tell("mark_tag", **{**MINE, **body})["errcode"] == errcode


def groups(contacts, **body):
    return {
        group["group_name"]: [tag["name"] for tag in group["tag"]]
        for group in contacts.tell("get_corp_tag_list", **body)["tag_group"]
    }


def test_the_corporation_has_twelve_tags_in_three_groups(contacts):
    assert {name: len(tags) for name, tags in groups(contacts).items()} == {
        "客户等级": 4,
        "客户来源": 4,
        "购买意向": 4,
    }
    assert groups(contacts, tag_id=["etSandboxTag01"]) == {"客户等级": ["A 类客户"]}
    assert list(groups(contacts, group_id=["etSandboxGroup02"])) == ["客户来源"]


def test_tags_are_added_renamed_and_deleted(contacts):
    made = contacts.tell(
        "add_corp_tag", group_name="行业", tag=[{"name": "制造"}, {"name": "零售"}]
    )
    group = made["tag_group"]
    assert [tag["name"] for tag in group["tag"]] == ["制造", "零售"]
    again = contacts.tell("add_corp_tag", group_name="行业", tag=[{"name": "金融", "order": 9}])
    assert again["tag_group"]["group_id"] == group["group_id"]
    assert groups(contacts)["行业"] == ["金融", "制造", "零售"]
    contacts.tell("edit_corp_tag", id=group["group_id"], name="所属行业")
    contacts.tell("edit_corp_tag", id=group["tag"][0]["id"], name="制造业")
    assert groups(contacts)["所属行业"] == ["金融", "制造业", "零售"]
    contacts.tell("mark_tag", **MINE, add_tag=[group["tag"][0]["id"]])
    assert contacts.tell("del_corp_tag", group_id=[group["group_id"]])["errcode"] == 0
    assert "所属行业" not in groups(contacts)
    assert "制造业" not in [tag["tag_name"] for tag in follow(contacts)["tags"]]


def test_a_group_goes_with_its_last_tag(contacts):
    made = contacts.tell("add_corp_tag", group_name="行业", tag=[{"name": "制造"}])["tag_group"]
    contacts.tell("del_corp_tag", tag_id=[made["tag"][0]["id"]])
    assert "行业" not in groups(contacts)


@pytest.mark.parametrize(
    ("path", "body", "errcode"),
    [
        ("add_corp_tag", {"group_name": "客户等级", "tag": [{"name": "A 类客户"}]}, 40071),
        ("add_corp_tag", {"group_name": "新", "tag": [{"name": "x"}, {"name": "x"}]}, 40071),
        ("add_corp_tag", {"group_id": "etNone", "tag": [{"name": "x"}]}, 40068),
        ("add_corp_tag", {"tag": [{"name": "x"}]}, 40058),
        ("add_corp_tag", {"group_name": "新", "tag": []}, 40058),
        ("add_corp_tag", {"group_name": "新", "tag": ["x"]}, 40058),
        ("add_corp_tag", {"group_name": "新", "tag": [{"name": "长" * 31}]}, 40058),
        ("edit_corp_tag", {"id": "etNone", "name": "x"}, 40068),
        ("edit_corp_tag", {"id": "etSandboxTag01", "name": "B 类客户"}, 40071),
        ("edit_corp_tag", {"id": "etSandboxTag01", "order": -1}, 40058),
        ("del_corp_tag", {}, 40058),
        ("del_corp_tag", {"tag_id": ["etNone"]}, 40068),
    ],
)
def test_wrong_tags_are_refused(contacts, path, body, errcode):
    assert contacts.tell(path, **body)["errcode"] == errcode
    assert len(groups(contacts)) == 3
