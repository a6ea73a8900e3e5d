"""Every event of WeCom's catalogue (wechat-protocol.md §§2.2–2.5, 2.7), from its XML to its effect.

Friends, groups, tags and members have their own tests too, in `tests/wechat/sync/test_events.py`.
"""

import time

import pytest

from config.events.models import OutboxEntry
from customers.models import CustomerEvent, User
from messaging.models import ChannelType, Message
from tests.factories import CustomerFactory, TicketFactory
from tests.wechat.sync.conftest import corporation, tell  # noqa: F401
from tickets.models import AssistantTurn, Chat
from tickets.states import TicketStatus
from wechat.callbacks.app_events import ALERTS
from wechat.callbacks.work import work
from wechat.models import Callback, CallbackStatus, SyncJob

pytestmark = pytest.mark.django_db(transaction=True)


def xml(event, *, user="lisi", **fields):
    """An event of the app as the platform writes it; `fields` may be XML themselves."""
    whole = {
        "ToUserName": "wwcorp1", "FromUserName": user, "CreateTime": int(time.time()),
        "MsgType": "event", "Event": event, "AgentID": 1000002, **fields,
    }  # fmt: skip
    return (
        "<xml>" + "".join(f"<{name}>{value}</{name}>" for name, value in whole.items()) + "</xml>"
    )


@pytest.fixture
def happened(corporation, tell):  # noqa: F811
    def go(text):
        tell(text)
        callback = Callback.objects.latest("pk")
        work(callback.pk)
        callback.refresh_from_db()
        return callback

    return go


def said():
    """What members were told by the app."""
    rows = Message.objects.filter(channel=ChannelType.WORK_WECHAT).order_by("id")
    return [(row.recipient, row.payload) for row in rows]


NOTED = [
    ("subscribe", {"EventKey": ""}, "成员可以使用应用了"),
    ("unsubscribe", {"EventKey": ""}, "成员不再能使用应用"),
    ("enter_agent", {"EventKey": ""}, "成员打开了应用"),
    ("LOCATION", {"Latitude": "23.1", "Longitude": "113.3", "Precision": "50"}, "成员的位置"),
    ("view", {"EventKey": "https://desk.example.com"}, "成员打开了菜单的网页"),
    ("view_miniprogram", {"EventKey": "pages/index"}, "成员打开了菜单的小程序"),
    ("scancode_push", {"ScanCodeInfo": "<ScanResult>1</ScanResult>"}, "成员扫了码"),
    ("scancode_waitmsg", {"ScanCodeInfo": "<ScanResult>1</ScanResult>"}, "成员扫了码"),
    ("pic_sysphoto", {"SendPicsInfo": "<Count>1</Count>"}, "成员拍了照片"),
    ("pic_photo_or_album", {"SendPicsInfo": "<Count>1</Count>"}, "成员选了照片"),
    ("pic_weixin", {"SendPicsInfo": "<Count>1</Count>"}, "成员选了照片"),
    ("location_select", {"SendLocationInfo": "<Label>公司</Label>"}, "成员选了位置"),
    ("msgaudit_notify", {}, "会话存档有新数据（没有接入）"),
]


@pytest.mark.parametrize(("event", "fields", "words"), NOTED, ids=[row[0] for row in NOTED])
def test_what_needs_nobody_is_noted(happened, event, fields, words):
    callback = happened(xml(event, **fields))
    assert (callback.status, callback.event, callback.reply) == (CallbackStatus.DONE, event, words)
    assert said() == []


@pytest.mark.parametrize("event", sorted(ALERTS))
def test_the_apps_own_fate_is_told_to_administrators(happened, run_outbox, event):
    callback = happened(xml(event, user="sys", EffectTime=1_800_000_000))
    assert callback.reply == ALERTS[event]
    run_outbox()
    ((recipient, payload),) = said()
    assert recipient == "admin"
    words = payload["markdown"]["content"]
    assert ALERTS[event] in words
    assert "2027-01-15" in words


def test_a_menu_entry_whose_key_is_a_command_is_that_command(happened, run_outbox):
    callback = happened(xml("click", EventKey="/帮助"))
    assert callback.status == CallbackStatus.DONE
    assert "/创建工单" in callback.reply
    recipients = {recipient for recipient, _ in said()}
    assert recipients == {"lisi"}


@pytest.mark.parametrize(("key", "words"), [
    ("进度查询", "您有 1 个未完结的工单"),
    ("progress", "您有 1 个未完结的工单"),
    ("帮助", "能听懂的话"),
    ("help", "能听懂的话"),
    ("about", "能听懂的话"),
    ("人工", "排队中 0 个"),
    ("提交问题", "创建工单"),
])  # fmt: skip
def test_a_menu_entry_in_words_does_the_thing_for_a_colleague(happened, key, words):
    TicketFactory(assignee=User.objects.get(wecom_user_id="lisi"))
    callback = happened(xml("click", EventKey=key))
    assert words in callback.reply
    ((recipient, payload),) = said()
    assert recipient == "lisi"
    assert words in payload["markdown"]["content"]


@pytest.mark.parametrize(("key", "words"), [
    ("进度查询", "没有查到您的工单"),
    ("bind", "绑定手机"),
    ("提交问题", "请描述一下遇到的问题"),
    ("about", "我是智能助手"),
    ("/帮助", "我是智能助手"),
])  # fmt: skip
def test_a_menu_entry_is_the_assistants_to_answer_for_a_customer(happened, key, words):
    happened(xml("click", user="stranger", EventKey=key))
    ((recipient, payload),) = said()
    assert (recipient, AssistantTurn.objects.get().entry) == ("stranger", "wecom_app")
    assert words in payload["text"]["content"]
    later = int(time.time()) + 1
    happened(xml("click", user="stranger", EventKey=key, CreateTime=later))
    assert len(said()) == 2, "a menu may be tapped again"


def test_a_customer_who_taps_for_a_person_is_in_the_queue(happened):
    happened(xml("click", user="stranger", EventKey="人工"))
    chat = Chat.objects.get()
    assert (chat.entry, chat.address, chat.status) == ("wecom_app", "stranger", "queued")


def test_a_colleague_who_was_switched_off_is_no_customer(happened):
    User.objects.filter(wecom_user_id="lisi").update(is_active=False)
    assert happened(xml("click", EventKey="/帮助")).reply.startswith("不是员工")
    assert said() == []


def test_a_cards_button_that_is_no_command_is_only_noted(happened):
    button = xml("template_card_event", EventKey="about", TaskId="t", ResponseCode="RC1")
    assert happened(button).reply == "不是命令，未处理：about"
    assert said() == []


@pytest.mark.parametrize("event", ["template_card_event", "template_card_menu_event"])
def test_a_cards_button_acts_as_the_member_and_once(happened, tell, event):  # noqa: F811
    from customers.models import User

    lisi = User.objects.get(username="lisi")
    ticket = TicketFactory(
        customer=CustomerFactory(follow_user=lisi), assignee=lisi, status=TicketStatus.PROCESSING
    )
    selected = (
        "<SelectedItem><QuestionKey>prio</QuestionKey><OptionIds><OptionId>high</OptionId>"
        "</OptionIds></SelectedItem>"
    )
    card = xml(
        event, EventKey=f"#{ticket.pk} 已解决", TaskId="MSG1", CardType="button_interaction",
        ResponseCode="RC1", SelectedItems=selected,
    )  # fmt: skip
    callback = happened(card)
    ticket.refresh_from_db()
    assert ticket.status == TicketStatus.RESOLVED
    assert f"#{ticket.pk}" in callback.reply
    assert ticket.events.order_by("-id").first().actor == lisi
    tell(card)
    assert Callback.objects.count() == 1


def test_a_batch_job_tells_how_it_ended(happened):
    job = "<JobId>J1</JobId><JobType>sync_user</JobType><ErrCode>0</ErrCode><ErrMsg>ok</ErrMsg>"
    assert happened(xml("batch_job_result", user="sys", BatchJob=job)).reply == (
        "异步任务 sync_user 已完成"
    )
    job = job.replace("<ErrCode>0", "<ErrCode>40058")
    assert "失败" in happened(xml("batch_job_result", user="sys", BatchJob=job)).reply


@pytest.mark.parametrize("change", ["create_party", "update_party", "delete_party"])
def test_departments_are_noted(happened, change):
    fields = {"ChangeType": change, "Id": 2, "Name": "售后部", "ParentId": 1}
    callback = happened(xml("change_contact", user="sys", **fields))
    assert callback.event == f"change_contact.{change}"
    assert callback.reply == "部门 2 有变动（本系统不保存部门）"


def test_tags_of_members_are_noted(happened):
    fields = {"ChangeType": "update_tag", "TagId": 1, "AddUserItems": "lisi,wangwu"}
    assert "成员标签 1" in happened(xml("change_contact", user="sys", **fields)).reply


def test_somebody_who_joined_is_noted(happened):
    fields = {"ChangeType": "create_user", "UserID": "xinren", "Name": "新人"}
    assert happened(xml("change_contact", user="sys", **fields)).reply == "成员已加入企业"


@pytest.mark.parametrize(
    ("change", "kind"),
    [(change, kind) for change in ("create", "update", "delete") for kind in ("tag", "tag_group")]
    + [("shuffle", "tag_group")],
)
def test_every_change_of_tags_reads_them(happened, change, kind):
    fields = {"ChangeType": change, "TagType": kind, "Id": "etT1", "StrategyId": 0}
    assert happened(xml("change_external_tag", user="sys", **fields)).reply == "读取企业标签"
    assert SyncJob.objects.get().kind == "pull_tags"


@pytest.mark.parametrize("detail", ["change_owner", "change_name", "change_notice"])
def test_what_changed_of_a_group_is_read(happened, detail):
    fields = {"ChangeType": "update", "ChatId": "wrCHAT01", "UpdateDetail": detail}
    assert happened(xml("change_external_chat", user="sys", **fields)).reply == "读取客户群"


def test_a_customers_agreement_to_the_archive_is_in_the_history(happened):
    customer = CustomerFactory(external_userid="wmCUST01")
    fields = {"ChangeType": "msg_audit_approved", "UserID": "lisi", "ExternalUserID": "wmCUST01"}
    happened(xml("change_external_contact", user="sys", **fields))
    (event,) = CustomerEvent.objects.filter(customer=customer)
    assert event.content == "客户同意存档与 李四 的会话"


@pytest.mark.parametrize(
    "text",
    [
        xml("something_new", user="sys", Anything="<Deep><Er>1</Er></Deep>"),
        xml("change_external_contact", user="sys", ChangeType="something_new"),
        xml("change_contact", user="sys", ChangeType="something_new"),
        xml("customer_acquisition", user="sys", ChangeType="balance_low"),
    ],
)
def test_what_nobody_knows_is_stored_and_left_alone(happened, text):
    assert happened(text).status == CallbackStatus.IGNORED
    assert not OutboxEntry.objects.filter(kind=OutboxEntry.Kind.EVENT).exists()


@pytest.mark.parametrize(
    "text",
    [
        xml("click", EventKey="<a>1</a>"),
        xml("click", user="<a>1</a>", EventKey="/帮助"),
        xml("inactive_alert", user="sys", EffectTime="soon"),
        xml("batch_job_result", user="sys", BatchJob="odd"),
        xml("template_card_event", EventKey="#x" * 2000, TaskId="t" * 500, ResponseCode="r" * 500),
        xml("change_external_contact", ChangeType="msg_audit_approved", ExternalUserID="<a>1</a>"),
    ],
)
def test_odd_ones_break_nothing(happened, text):
    assert happened(text).status in (CallbackStatus.DONE, CallbackStatus.IGNORED)
