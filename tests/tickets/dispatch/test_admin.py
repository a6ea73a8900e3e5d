"""Profiles, presence and decisions in the operators' admin."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from tests.factories import AgentFactory, TicketFactory, UserFactory
from tickets.models import AgentProfile, DispatchDecision

pytestmark = pytest.mark.django_db
PROFILES = "/admin/tickets/agentprofile/"
WEEK = [["09:00", "12:00"], ["13:30", "18:00"]]


@pytest.fixture
def browser(admin: Any) -> Client:
    client = Client()
    client.force_login(admin)
    return client


def form(user: Any, **given: Any) -> dict[str, Any]:
    empty = {"skills-INITIAL_FORMS": 0, "skills-TOTAL_FORMS": 0}
    return {"user": user.pk, "max_open_tickets": 5, "working_hours": "", **empty, **given}


def test_a_profile_is_made_with_skills_and_own_hours(browser: Client, lisi: Any, wangwu: Any):
    answer = browser.post(
        f"{PROFILES}add/",
        form(
            lisi,
            accepts_tickets="on",
            supervisor=wangwu.pk,
            working_hours="周一至周五 9:00-12:00，13:30-18:00\n周六 10:00-16:00\n调休 09：00-12：00",
            **{
                "skills-TOTAL_FORMS": 1,
                "skills-0-product": "CRM系统",
                "skills-0-level": 5,
            },
        ),
    )
    assert answer.status_code == 302, answer.context and answer.context["errors"]
    profile = AgentProfile.objects.get(user=lisi)
    assert (profile.accepts_tickets, profile.supervisor) == (True, wangwu)
    assert profile.working_hours == {
        **dict.fromkeys(["mon", "tue", "wed", "thu", "fri"], WEEK),
        "sat": [["10:00", "16:00"]],
        "makeup": [["09:00", "12:00"]],
    }
    assert profile.skills.get().level == 5
    page = browser.get(f"{PROFILES}{profile.pk}/change/").content.decode()
    assert "周一至周五 09:00-12:00 13:30-18:00\n周六 10:00-16:00\n调休 09:00-12:00" in page


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("每天都在", "看不懂「每天都在」"),
        ("周一 9点到6点", "看不懂"),
        ("周一 09:00-12:00 下午也在", "看不懂"),
        ("周一 18:00-09:00", "时段的结束必须晚于开始"),
        ("周一 09:00-12:00 11:00-13:00", "不能重叠"),
        ("周一 09:00-25:00", "时间不对"),
        ("周五至周一 09:00-12:00", "星期的先后不对"),
        ("周一至周三 09:00-12:00\n周二 09:00-12:00", "同一天写了两次"),
        ("调休 09:00-12:00", "一周内至少要有一个工作时段"),
        ("周一 \x00", "Null"),
    ],
)
def test_hours_that_make_no_sense_are_refused(browser: Client, lisi: Any, text: str, words: str):
    answer = browser.post(f"{PROFILES}add/", form(lisi, working_hours=text))
    assert answer.status_code == 200
    if words != "Null":
        assert words in answer.content.decode()
    assert not AgentProfile.objects.exists()


def test_nobody_is_their_own_supervisor(browser: Client, lisi: Any):
    answer = browser.post(f"{PROFILES}add/", form(lisi, supervisor=lisi.pk))
    assert "主管不能是本人" in answer.content.decode()


def test_only_the_team_is_offered(browser: Client, lisi: Any):
    UserFactory(name="前同事", is_active=False)
    UserFactory(name="某客户", role="customer")
    page = browser.get(f"{PROFILES}add/").content.decode()
    assert "李四" in page
    assert '<option value="" selected>—</option>' in page
    assert "前同事" not in page
    assert "某客户" not in page


def test_the_list_asks_little_however_many_there_are(
    browser: Client, django_assert_max_num_queries: Any
):
    for agent in AgentFactory.create_batch(12, skills={"CRM": 3}):
        TicketFactory(assignee=agent.user, status="processing")
    # What stands beside the navigation is counted every few seconds, not with each page.
    browser.get("/admin/")
    with django_assert_max_num_queries(14):
        page = browser.get(PROFILES).content.decode()
    assert page.count("CRM 3") == 12
    assert page.count("1 / 5") == 12


def test_a_decision_shows_everybody_who_was_weighed(browser: Client, api: Any, admin: Any):
    AgentFactory(user__name="没来的", online=False)
    ticket = TicketFactory()
    made = api(admin).post(f"/api/tickets/{ticket.pk}/dispatch").json()
    listed = browser.get("/admin/tickets/dispatchdecision/").content.decode()
    assert "暂时无人可派：1 人不在线" in listed
    page = browser.get(f"/admin/tickets/dispatchdecision/{made['id']}/change/").content.decode()
    assert "没来的" in page
    assert "不在线" in page


def test_presences_and_decisions_are_read_only(browser: Client, lisi: Any):
    AgentFactory(user=lisi)
    assert "李四" in browser.get("/admin/tickets/agentpresence/").content.decode()
    for page in ("agentpresence", "dispatchdecision"):
        assert browser.get(f"/admin/tickets/{page}/add/").status_code == 403


def test_staff_keep_their_hands_off_profiles(lisi: Any):
    lisi.is_staff = True
    lisi.save()
    client = Client()
    client.force_login(lisi)
    assert client.get(PROFILES).status_code == 403


def test_decisions_are_shown_within_ones_view_of_tickets(lisi: Any):
    own, foreign = TicketFactory(created_by=lisi), TicketFactory()
    for ticket, reason in ((own, "自己的工单"), (foreign, "别人的工单")):
        DispatchDecision.objects.create(ticket=ticket, trigger="created", reason=reason)
    lisi.is_staff = True
    lisi.save()
    lisi.user_permissions.add(Permission.objects.get(codename="view_dispatchdecision"))
    client = Client()
    client.force_login(lisi)
    page = client.get("/admin/tickets/dispatchdecision/").content.decode()
    assert "自己的工单" in page
    assert "别人的工单" not in page
