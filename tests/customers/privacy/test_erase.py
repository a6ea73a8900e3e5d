"""A person's data is shown to them, and taken away for good on request (PIPL)."""

import json
from datetime import timedelta

import pytest
from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.files.base import ContentFile
from django.db import connection, models
from django.utils import timezone

from config.api.idempotency_record import IdempotencyRecord
from config.events.models import OutboxEntry
from config.events.publish import publish
from customers import personal_data
from customers.actions.follow_ups import follow_up_create
from customers.actions.history import record
from customers.actions.tags import tags_add
from customers.models import (
    Customer,
    CustomerEventKind,
    CustomerGroup,
    CustomerIdentifier,
    CustomerImport,
    Follower,
    FollowUpTask,
    GroupMember,
    Handover,
    HandoverItem,
    ImportRowError,
    Project,
    ProjectEvent,
    RiskWarning,
    Segment,
    Tag,
    User,
)
from messaging.models import (
    EarlyReceipt,
    Message,
    MessageAttempt,
    MessageBatch,
    OptOut,
)
from tests.factories import CustomerFactory, UserFactory, actor
from tickets import actions as tickets
from tickets.models import (
    Chat,
    ChatAgent,
    ChatAssignment,
    ChatEvent,
    ChatFeedEntry,
    ChatFile,
    ChatMessage,
    KnowledgeArticle,
    KnowledgeGap,
    SimilarQuestion,
    Ticket,
)
from wechat.models import (
    Callback,
    CommandRecord,
    FollowerMirror,
    PendingQuestion,
    SyncJob,
    SyncRun,
)

pytestmark = pytest.mark.django_db(transaction=True)

NAME, PHONE, OPENID, EMAIL = "欧阳锋利", "+8613912345678", "oAbCdEf123456", "ouyang@example.com"
EXTERNAL, UNION = "wmOuyang0001", "unOuyang0001"
SHOWN = "13912345678"
WORDS = (NAME, SHOWN, OPENID, EMAIL, EXTERNAL, UNION, "ouyang-login")
# Tables with words that are never a customer's, and why.
NOBODYS = {
    "auth.group": "roles",
    "auth.permission": "roles",
    "contenttypes.contenttype": "Django's own",
    "sessions.session": "signed ids",
    "config.apikey": "names of programs",
    "rest_framework_api_key.apikey": "unused",
    "config.consumedevent": "ids",
    "config.runtimesetting": "settings",
    "config.runtimesettingrevision": "settings",
    "customers.tag": "words of the company",
    "customers.taggroup": "words of the company",
    "customers.customertag": "ids",
    "customers.followupplan": "words of the company",
    "customers.planstep": "words of the company",
    "messaging.channelaccount": "our own accounts",
    "monitoring.incident": "our own machines",
    "messaging.channelcircuit": "our own accounts",
    "messaging.dailystatistic": "counts",
    "messaging.messagechunk": "ids",
    "messaging.messagetemplate": "words of the company",
    "messaging.templateversion": "words of the company",
    "messaging.providerreference": "ids of providers",
    "monitoring.job": "names of jobs",
    "monitoring.jobrun": "what failed, gone after thirty days",
    "monitoring.cleanedtable": "names of tables",
    "tickets.agentprofile": "our own staff",
    "tickets.agentskill": "our own staff",
    "tickets.agentpresence": "our own staff",
    "tickets.cannedreply": "words of the company",
    "tickets.knowledgearticle": "words of the company",
    "tickets.checklisttemplate": "words of the company",
    "tickets.checklistitem": "words of the company",
    "tickets.customfield": "words of the company",
    "tickets.savedview": "words of the company",
    "tickets.slapolicy": "words of the company",
    "tickets.slapolicyversion": "words of the company",
    "tickets.slastep": "numbers and times",
    "tickets.ticketreminder": "ids of staff",
    "tickets.ticketfeedentry": "ids",
    "tickets.ticketlink": "ids",
    "tickets.chatgroup": "words of the company",
    "tickets.chathourstatistic": "numbers",
    "wechat.officialqrcode": "words of the company",
    "wechat.kfaccount": "our own accounts",
    "wechat.contactway": "words of the company",
}
# What others' software keeps, and the stand-in for the platform.
NOT_OURS = {"simulator", "django_celery_beat"}


def worded_tables():
    """Every table with a column of text or JSON, and those columns."""
    for model in apps.get_models(include_auto_created=True):
        if model._meta.app_label in NOT_OURS:
            continue
        fields = [
            field
            for field in model._meta.local_concrete_fields
            if isinstance(field, (models.CharField, models.TextField, models.JSONField))
        ]
        if fields:
            yield model, fields


def test_every_table_with_words_is_spoken_for():
    spoken_for = {table for part in personal_data.parts() for table in part.tables}
    unknown = [
        model._meta.label_lower
        for model, _ in worded_tables()
        if model not in spoken_for and model._meta.label_lower not in NOBODYS
    ]
    assert not unknown, "say in a personal_data.register() what becomes of them"


def left_behind():
    found = []
    for model, fields in worded_tables():
        for row in model._base_manager.values_list("pk", *(field.name for field in fields)):
            said = json.dumps([str(cell) for cell in row], ensure_ascii=False)
            said += json.dumps(row[1:], ensure_ascii=False, default=str)
            found += [(model.__name__, row[0], word) for word in WORDS if word in said]
    return found


@pytest.fixture
def person(admin, lisi):
    """A customer who has left something in every room."""
    customer = CustomerFactory(
        name=NAME,
        phone=PHONE,
        external_userid=EXTERNAL,
        unionid=UNION,
        remark="老客户",
        attributes={"爱好": "下棋"},
        follow_user=lisi,
    )
    login = UserFactory(
        username="ouyang-login",
        name=NAME,
        email=EMAIL,
        role="customer",
        wecom_user_id=None,
        customer=customer,
    )
    for channel, address in (("WECHAT", OPENID), ("EMAIL", EMAIL)):
        CustomerIdentifier.objects.create(customer=customer, channel=channel, address=address)
    boss = actor(admin)
    tags_add(customer_id=customer.pk, tag_ids=[Tag.objects.create(name="VIP").pk], actor=boss)
    follow_up_create(customer_id=customer.pk, content=f"{NAME}想看报价", actor=boss)
    record(customer, actor(login), CustomerEventKind.UPDATED, changes={"phone": ("", PHONE)})
    FollowUpTask.objects.create(customer=customer, title=f"致电{NAME}", due_at=timezone.now())
    follower = Follower.objects.create(customer=customer, wecom_user_id="lisi", remark=NAME)
    FollowerMirror.objects.create(follower=follower, name=NAME, company=NAME)
    SyncJob.objects.create(kind="pull_contact", key=EXTERNAL, error=NAME)
    SyncRun.objects.create(kind="contacts", status="finished", report={"lost": [EXTERNAL, NAME]})
    group = CustomerGroup.objects.create(chat_id="wr1", name="群")
    GroupMember.objects.create(
        group=group,
        member_id=EXTERNAL,
        kind=2,
        name=NAME,
        customer=customer,
        joined_at=timezone.now(),
    )
    case = Handover.objects.create(
        from_user=lisi, candidates=[], reason="on_job", report={"refused": [NAME]}
    )
    HandoverItem.objects.create(handover=case, customer=customer, detail=f"{NAME}拒绝")
    project = Project.objects.create(customer=customer, name=f"{NAME}的项目", amount=100)
    ProjectEvent.objects.create(
        project=project, sequence=1, kind="created", content=NAME, actor=login, actor_name=NAME
    )
    RiskWarning.objects.create(
        customer=customer,
        score=60,
        level="high",
        outcome="hit",
        reasons=[{"code": "x", "evidence": NAME}],
    )
    Segment.objects.create(name="一位", conditions={"field": "phone", "value": PHONE})
    job = CustomerImport.objects.create(
        import_id="IMP1", file_name=f"{NAME}.csv", content=b"", digest=""
    )
    ImportRowError.objects.create(job=job, line=2, field="phone", code="x", detail=SHOWN)
    _leave_messages(customer)
    ticket = tickets.ticket_create(
        customer=customer, description=f"{NAME}的服务器坏了", actor=actor(login)
    )
    tickets.ticket_reply(
        ticket_id=ticket.pk, content=f"请回电 {SHOWN}", visibility="public", actor=actor(login)
    )
    _leave_a_chat(customer, lisi)
    _leave_copies(customer, admin)
    return customer


def _leave_a_chat(customer, lisi):
    now = timezone.now()
    chat = Chat.objects.create(
        customer=customer,
        entry="wecom_app",
        address=EXTERNAL,
        status="active",
        agent=lisi,
        queued_at=now,
        rating_score=1,
        rating_comment=f"{NAME}不满意",
        rated_at=now,
    )
    ChatAgent.objects.create(user=lisi, load=1, slots=5)
    file = ChatFile.objects.create(
        chat=chat,
        file=ContentFile(b"x", name="x.png"),
        name=f"{NAME}.png",
        content_type="image/png",
        size=1,
        sha256="0" * 64,
    )
    said = ChatMessage.objects.create(
        chat=chat,
        number=1,
        sender="customer",
        sender_name=NAME,
        content=f"请回电 {SHOWN}",
        data={"email": EMAIL},
        file=file,
    )
    ChatMessage.objects.create(
        chat=chat, number=2, sender="agent", user=lisi, content="难缠", visibility="internal"
    )
    Chat.objects.filter(pk=chat.pk).update(last_number=2)
    ChatEvent.objects.create(
        chat=chat, kind="opened", note=f"{NAME}来了", actor_name=NAME, door="web"
    )
    ChatAssignment.objects.create(
        chat=chat, trigger="requested", agent=lisi, reason=f"{NAME}找李四", candidates=[NAME]
    )
    ChatFeedEntry.objects.create(chat=chat, kind="chat.message", message=said, data={"n": NAME})
    other = Chat.objects.create(customer=CustomerFactory(), queued_at=now)
    ChatMessage.objects.create(
        chat=other, number=1, sender="customer", content=f"我的同事是 {SHOWN}"
    )


def _leave_messages(customer):
    def message(number, **fields):
        return Message.objects.create(
            **{"message_id": f"MSG2026112510{number:04}", "channel": "SMS", "status": "sent"}
            | {"recipient": PHONE, "due_at": timezone.now(), "variables": {"name": NAME}}
            | fields
        )

    sent = message(1, payload={"text": f"您好 {NAME}"}, customer=customer)
    MessageAttempt.objects.create(
        message=sent, number=1, outcome="failed", detail=PHONE, duration_ms=1
    )
    message(2, status="queued", variables={"name": NAME})
    message(3, channel="WECHAT", recipient=OPENID)
    message(4, channel="WORK_WECHAT", recipient="lisi", payload={"text": f"{NAME}来信"})
    batch = MessageBatch.objects.create(
        batch_id="BAT1", channel="SMS", total=1, variables={"who": NAME}
    )
    message(5, batch=batch)
    EarlyReceipt.objects.create(
        channel="SMS", provider_message_id="1", recipient=PHONE, status="x", at=timezone.now()
    )
    OptOut.objects.create(channel="EMAIL", address=EMAIL)


def _leave_copies(customer, admin):
    KnowledgeGap.objects.create(
        key=f"{NAME}的发票", question=f"{NAME}的发票呢", last_asked_at=timezone.now()
    )
    article = KnowledgeArticle.objects.create(title="发票", body="自助开具")
    SimilarQuestion.objects.create(article=article, text=f"{NAME}的发票呢")
    CommandRecord.objects.create(
        conversation="c", user=admin, reply=f"没有找到客户「{NAME}」的工单", effects=[[1, 1, 1]]
    )
    PendingQuestion.objects.create(
        key="c",
        kind="customer",
        options=[{"label": f"{NAME}（139****5678）", "command": {}}],
        expires_at=timezone.now() + timedelta(minutes=10),
    )
    Callback.objects.create(
        source="wecom_app", dedupe_key="k1", payload={"Content": f"/查询工单 客户{NAME}"}
    )
    Callback.objects.create(
        source="wecom_app", dedupe_key=f"{EXTERNAL}-1", payload={"FromUserName": EXTERNAL}
    )
    IdempotencyRecord.objects.create(
        principal="p", key="k", request_hash="h", status_code=201, body=json.dumps({"name": NAME})
    )
    publish(
        "customer.updated",
        {"customer_id": customer.pk, "external_userid": EXTERNAL, "fields": [], "name": NAME},
    )
    LogEntry.objects.create(
        user=admin,
        content_type=ContentType.objects.get_for_model(Customer),
        object_id=str(customer.pk),
        object_repr=NAME,
        action_flag=2,
        change_message="",
    )


def erase(api, admin, pk, **body):
    body = {"confirm": True, "reason": "本人要求", **body}
    return api(admin).post(f"/api/v1/customers/{pk}/erase", body)


def test_nothing_of_the_person_is_left_in_any_table(admin, api, person, run_outbox):
    assert {word for _, _, word in left_behind()} == set(WORDS)
    answer = erase(api, admin, person.pk, reason=f"{NAME}（{SHOWN}）要求")
    assert answer.status_code == 200, answer.json()
    assert answer.json()["name"] == f"已删除客户{person.pk}"
    assert left_behind() == []
    assert OutboxEntry.objects.filter(name="customer.erased").count() == 1
    run_outbox()
    assert left_behind() == []


def test_counts_stay_and_what_waited_is_cancelled(admin, api, person):
    before = {model: model.objects.count() for model in (Ticket, Message, Project, Customer)}
    erase(api, admin, person.pk)
    assert {model: model.objects.count() for model in before} == before
    person.refresh_from_db()
    assert (person.status, person.tags.count(), person.identifiers.count()) == (0, 0, 0)
    assert Project.objects.get().amount == 100
    assert Message.objects.get(message_id="MSG20261125100002").status == "cancelled"
    assert not User.objects.get(customer=person).is_active
    assert Message.objects.get(message_id="MSG20261125100004").recipient == "lisi"
    assert api(admin).get(f"/api/v1/customers/{person.pk}").status_code == 404


def test_an_open_chat_ends_its_files_go_and_that_it_was_stays(admin, api, person):
    file = ChatFile.objects.get()
    storage, name = file.file.storage, file.file.name
    erase(api, admin, person.pk)
    chat = Chat.objects.get(customer=person)
    assert (chat.status, chat.ended_by, chat.rating_score) == ("ended", "system", 1)
    assert ChatAgent.objects.get().load == 0
    assert not ChatFile.objects.exists()
    assert not storage.exists(name)
    assert chat.messages.count() == 2, "counts stay"


def test_once_is_as_often_as_one_likes(admin, api, person):
    first = erase(api, admin, person.pk).json()
    assert erase(api, admin, person.pk).json() == first
    assert person.events.filter(kind="erased").count() == 1


def test_a_namesake_keeps_their_name(admin, api, person):
    other = CustomerFactory(name=f"小{NAME}", remark=f"与{NAME}无关")
    erase(api, admin, person.pk)
    other.refresh_from_db()
    assert (other.name, other.remark) == (f"小{NAME}", f"与{NAME}无关")


def test_a_message_that_is_being_sent_is_waited_for(admin, api, person):
    Message.objects.filter(message_id="MSG20261125100001").update(
        status="sending", lease_token="0" * 32, lease_until=timezone.now()
    )
    answer = erase(api, admin, person.pk)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (409, "message_in_flight")
    person.refresh_from_db()
    assert person.name == NAME, "all of it, or nothing"


@pytest.mark.parametrize(
    ("body", "attr"),
    [
        ({"confirm": False}, "confirm"),
        ({"reason": ""}, "reason"),
        ({"reason": "x" * 201}, "reason"),
    ],
)
def test_erasing_asks_for_confirmation_and_a_reason(admin, api, person, body, attr):
    answer = erase(api, admin, person.pk, **body)
    assert (answer.status_code, answer.json()["errors"][0]["attr"]) == (400, attr)


def test_only_administrators_erase(lisi, api, person):
    login = User.objects.get(customer=person)
    assert erase(api, lisi, person.pk).status_code == 403
    assert erase(api, login, person.pk).status_code == 403


def test_the_person_gets_what_we_hold_of_them(admin, lisi, api, person):
    path = f"/api/v1/customers/{person.pk}/personal-data"
    login = User.objects.get(customer=person)
    own, boss = api(login).get(path), api(admin).get(path)
    assert own["Content-Disposition"].startswith("attachment")
    assert own.json()["customer"]["phone"] == PHONE
    assert own.json()["tickets"][0]["description"] == f"{NAME}的服务器坏了"
    assert len(own.json()["messages"]) >= 4
    assert [row["content"] for row in own.json()["chat_messages"]] == [f"请回电 {SHOWN}"]
    assert len(boss.json()["chat_messages"]) == 2, "what colleagues noted is the team's"
    assert own.json()["follow_ups"] == [], "colleagues' notes are the team's"
    assert boss.json()["follow_ups"][0]["content"] == f"{NAME}想看报价"
    assert set(own.json()) == set(boss.json())
    assert api(lisi).get(path).status_code == 403
    stranger = UserFactory(role="customer", wecom_user_id=None, customer=CustomerFactory())
    assert api(stranger).get(path).status_code == 404


@pytest.mark.services_only
def test_its_json_is_read_by_the_database_as_we_wrote_it(admin, api, person):
    erase(api, admin, person.pk)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM messaging_message WHERE variables::text LIKE %s", ["%欧阳%"]
        )
        assert cursor.fetchone() == (0,)
