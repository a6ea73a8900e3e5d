"""Policies in the operators' admin: the form, the preview before saving, versions, application."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories import TagFactory, TicketFactory, actor
from tickets import actions
from tickets.models import SlaApplication, SlaPolicy, SlaStep

pytestmark = pytest.mark.django_db
LIST = reverse("admin:tickets_slapolicy_changelist")
ADD = reverse("admin:tickets_slapolicy_add")
FORM = {
    "name": "紧急",
    "rank": "10",
    "is_active": "on",
    "priorities": ["urgent", "high"],
    "response_minutes": "15",
    "resolution_minutes": "240",
    "clock": "working",
    "ladder-0-percent": "50",
    "ladder-0-assignee": "on",
    "ladder-1-percent": "100",
    "ladder-1-group": "on",
    "ladder-1-supervisor": "on",
}


@pytest.fixture
def boss(admin):
    client = Client()
    client.force_login(admin)
    return client


@pytest.fixture
def desk(lisi):
    lisi.is_staff = True
    lisi.save()
    client = Client()
    client.force_login(lisi)
    return client


def _change(policy):
    return reverse("admin:tickets_slapolicy_change", args=[policy.pk])


def _given(page):
    """What the preview's form would send again."""
    found: dict[str, list[str]] = {}
    for name, value in re.findall(
        r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page.content.decode()
    ):
        if name != "csrfmiddlewaretoken":
            found.setdefault(name, []).append(value)
    return found


def _inlines(policy):
    return {
        f"{prefix}-{name}": value
        for prefix in ("versions", "applications")
        for name, value in (("TOTAL_FORMS", 0), ("INITIAL_FORMS", 0))
    }


def test_a_policy_is_previewed_then_saved(boss, open_ticket):
    tag = TagFactory(name="VIP")
    open_ticket(priority="urgent", product="云服务器")
    page = boss.get(ADD)
    assert page.status_code == 200
    assert "云服务器" in page.content.decode()
    given = {**FORM, "tags": [tag.pk], "products": ["云服务器"], "products-more": "网盘\n\n网盘\n"}
    page = boss.post(ADD, given)
    shown = page.content.decode()
    assert "影响预览：紧急" in shown
    assert "优先级 高、紧急；产品 云服务器、网盘；客户标签 VIP" in shown
    assert "首次响应 15 分钟、解决 4 小时（工作时间）" in shown
    assert "50% 负责人 → 100% 主管、群" in shown
    assert not SlaPolicy.objects.exists(), "a preview writes nothing"

    answer = boss.post(ADD, {**_given(page), "_confirmed": ""})
    assert answer.status_code == 302
    made = SlaPolicy.objects.get()
    assert (made.name, made.rank, made.version) == ("紧急", 10, 1)
    assert made.priorities == ["high", "urgent"]
    assert made.products == ["云服务器", "网盘"]
    assert list(made.tags.all()) == [tag]
    assert made.ladder == [
        {"percent": 50, "tell": ["assignee"]},
        {"percent": 100, "tell": ["supervisor", "group"]},
    ]
    assert made.versions.get().changed_by.username == "admin"
    assert not SlaApplication.objects.exists()


def test_the_preview_counts_what_would_move(boss, open_ticket):
    for _ in range(3):
        open_ticket(priority="urgent")
    open_ticket()
    shown = boss.post(ADD, FORM).content.decode()
    figures = dict(re.findall(r"<dt>(\S+)</dt>\s*<dd>(\d+)</dd>", shown))
    assert figures == {"未完成的工单": "4", "期限会变化": "3", "变为超时": "0", "不再超时": "0"}
    assert shown.count("无策略") == 3


def test_back_from_the_preview_the_form_is_as_it_was(boss):
    page = boss.post(ADD, FORM)
    shown = boss.post(ADD, {**_given(page), "_edit": ""}).content.decode()
    assert 'value="紧急"' in shown
    assert re.search(r'name="ladder-1-percent"\s+value="100"', shown)
    assert not SlaPolicy.objects.exists()


def test_saved_and_applied_in_one_go(boss, open_ticket, run_outbox):
    ticket = open_ticket(priority="urgent")
    run_outbox()
    page = boss.post(ADD, FORM)
    boss.post(ADD, {**_given(page), "_apply": ""})
    run_outbox()
    ticket.refresh_from_db()
    assert ticket.sla_policy.name == "紧急"
    assert SlaApplication.objects.get().moved == 1


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"name": ""}, "必填"),
        ({"response_minutes": "", "resolution_minutes": ""}, "首次响应和解决至少填一个"),
        ({"ladder-1-percent": "40"}, "各级的进度必须从小到大且不重复"),
        ({"ladder-1-percent": ""}, "每一级都要填进度"),
        ({"ladder-1-percent": "9" * 30}, "每一级都要填进度"),
        ({"ladder-2-percent": "120"}, "通知对象须从"),
        ({"rank": "99999"}, "顺序必须是 0 到 10000"),
        ({"products-more": "x" * 101}, "每个产品须有 1 到 100 个字"),
        ({"priorities": ["asap"]}, "asap"),
        ({"clock": "lunar"}, "lunar"),
    ],
)
def test_mistakes_are_said_at_the_form(boss, change, words):
    page = boss.post(ADD, {**FORM, **change})
    assert page.status_code == 200
    assert words in page.content.decode()
    assert "影响预览" not in page.content.decode()
    assert not SlaPolicy.objects.exists()


def test_a_change_is_a_version_and_shows_all_of_them(boss, policy):
    made = policy(ladder=[{"percent": 50, "tell": ["assignee"]}])
    page = boss.get(_change(made))
    assert page.status_code == 200
    given = {**FORM, **_inlines(made), "name": "标准", "seen_version": "1"}
    page = boss.post(_change(made), given)
    assert "影响预览：标准" in page.content.decode()
    assert boss.post(_change(made), {**_given(page), "_confirmed": ""}).status_code == 302
    made.refresh_from_db()
    assert (made.version, made.resolution_minutes) == (2, 240)
    shown = boss.get(_change(made)).content.decode()
    assert "首次响应 1 小时、解决 10 小时（自然时间）" in shown
    assert "首次响应 15 分钟、解决 4 小时（工作时间）" in shown


def test_a_page_that_somebodys_change_made_old_is_refused(boss, policy):
    made = policy()
    policy(policy_id=made.pk, rank=7)
    given = {**FORM, **_inlines(made), "seen_version": "1", "_confirmed": ""}
    answer = boss.post(_change(made), given, follow=True)
    assert "已被修改（当前版本 2）" in answer.content.decode()
    made.refresh_from_db()
    assert made.version == 2


def test_the_present_version_is_applied_from_its_preview(boss, policy, open_ticket, run_outbox):
    ticket = open_ticket()
    run_outbox()
    made = policy()
    url = reverse("admin:tickets_slapolicy_apply", args=[made.pk])
    page = boss.get(url)
    assert "应用到现有工单" in page.content.decode()
    ticket.refresh_from_db()
    assert ticket.sla_policy is None, "looking changes nothing"
    assert boss.post(url).status_code == 302
    run_outbox()
    ticket.refresh_from_db()
    assert ticket.sla_policy == made
    assert boss.get(_change(made)).status_code == 200


def test_a_policy_in_use_is_not_deleted(boss, policy, open_ticket, lisi):
    made, ticket = policy(), open_ticket()
    url = reverse("admin:tickets_slapolicy_delete", args=[made.pk])
    answer = boss.post(url, {"post": "yes"}, follow=True)
    assert "还有 1 个未完成的工单使用策略" in answer.content.decode()
    actions.ticket_transition(ticket_id=ticket.pk, status="resolved", actor=actor(lisi))
    boss.post(url, {"post": "yes"})
    assert not SlaPolicy.objects.exists()


def test_the_list_costs_few_queries(
    boss, policy, settings_read_once, django_assert_max_num_queries
):
    tag = TagFactory(name="VIP")
    for number in range(20):
        policy(name=f"策略{number}", tags=[tag.pk])
    # What stands beside the navigation is counted every few seconds, not with each page.
    boss.get("/admin/")
    with django_assert_max_num_queries(9):
        shown = boss.get(LIST).content.decode()
    assert shown.count("客户标签 VIP") == 20


def test_staff_read_policies_and_their_own_steps(desk, policy, lisi):
    made = policy()
    for path in (LIST, _change(made)):
        page = desk.get(path)
        assert page.status_code == 200
        assert "首次响应 1 小时、解决 10 小时（自然时间）" in page.content.decode()
    assert desk.post(_change(made), FORM).status_code == 403
    assert desk.get(ADD).status_code == 403
    url = reverse("admin:tickets_slapolicy_apply", args=[made.pk])
    assert desk.get(url).status_code == 403
    own, foreign = TicketFactory(assignee=lisi, title="我的"), TicketFactory(title="别人的")
    for ticket in (own, foreign):
        SlaStep.objects.create(
            ticket=ticket, cycle=1, target="resolution", percent=80, due_at=ticket.deadline
        )
    page = desk.get(reverse("admin:tickets_slastep_changelist")).content.decode()
    assert "我的" in page
    assert "别人的" not in page
