"""Projects from the group: what is said is done, and told to whom it concerns (seed 000)."""

import pytest

from config.api.roles import Role
from customers.actors import Entry
from customers.models import Customer, Project
from tests.factories import CustomerFactory, ProjectFactory, TicketFactory, UserFactory, actor
from tickets.models import Ticket
from wechat.commands.handlers import run_command

pytestmark = pytest.mark.django_db

RECORD = "#记录客户 张三 手机:13800138000 公司:XX科技 需求:想上云服务器 产品:云服务器 金额:1.2万"


@pytest.fixture
def say(lisi):
    def say(text, user=lisi, quoted=""):
        speaker = actor(user, Entry.WECOM_GROUP, "test_group_001")
        return run_command(text, actor=speaker, bot_name="助手", quoted=quoted)

    return say


@pytest.fixture
def project(lisi):
    customer = CustomerFactory(name="张三", phone="+8613800138000", follow_user=lisi)
    return ProjectFactory(name="云服务器采购", customer=customer, owner=lisi)


def test_a_customer_and_a_presale_project_are_recorded(say, lisi):
    result = say(RECORD)
    customer, project = Customer.objects.get(), Project.objects.get()
    assert result.handled
    assert f"#P{project.pk}「云服务器」" in result.text
    assert (customer.name, customer.phone, customer.company) == ("张三", "+8613800138000", "XX科技")
    assert (project.stage, project.owner, str(project.amount)) == ("presale", lisi, "12000.00")
    assert (project.product, project.description) == ("云服务器", "想上云服务器")
    assert project.events.get().entry == "wecom_group"


def test_recorded_again_it_is_a_note(say):
    say(RECORD)
    assert "已有同名的售前项目" in say(RECORD.replace("想上云服务器", "要两台")).text
    assert [e.kind for e in Project.objects.get().events.order_by("sequence")] == [
        "created",
        "note",
    ]


def test_a_new_customer_needs_a_number_a_known_one_does_not(say, project):
    result = say("#记录客户 王小二 需求:备份")
    assert (result.handled, "请写上手机号" in result.text) == (False, True)
    assert "#记录客户 王小二 手机:" in result.text
    assert say("#记录客户 张三 需求:备份").handled
    assert Project.objects.filter(customer=project.customer).count() == 2


def test_a_colleagues_customer_stays_theirs(say, wangwu):
    CustomerFactory(name="张三", phone="+8613800138000", follow_user=wangwu)
    result = say(RECORD)
    assert "由同事负责" in result.text
    assert not Project.objects.exists()


def test_two_customers_of_one_name_are_a_question(say, lisi):
    CustomerFactory.create_batch(2, name="张三", follow_user=lisi)
    assert "示例：#记录客户 张三 手机:客户手机号" in say("#记录客户 张三 需求:备份").text


@pytest.mark.parametrize(
    "words", ["张三", "手机138 0013 8000", "云服务器采购", "云服务", "#P{pk}", "#{pk}", "项目{pk}"]
)
def test_progress_is_shown(say, project, words):
    TicketFactory(customer=project.customer, project=project, title="连不上")
    text = say(f"#查询进度 {words.format(pk=project.pk)}").text
    assert f"**项目 #P{project.pk}** 云服务器采购" in text
    assert "阶段：售前 | 状态：进行中 | 进度：0%" in text
    assert "138****8000" in text
    assert "连不上（待分配）" in text


def test_a_foreign_project_is_not_found_and_the_next_command_is_named(say, project, wangwu):
    result = say(f"#查询进度 #P{project.pk}", user=wangwu)
    assert (result.handled, "#记录客户" in result.text) == (False, True)


def test_an_engineer_is_named(say, project, wangwu):
    result = say("#转接工程师 张三 @王五 需要现场支持")
    assert "已转接工程师 @王五（已通知）" in result.text
    project.refresh_from_db()
    assert project.engineer == wangwu
    assert project.events.get().content == "需要现场支持"
    assert "没有改动" in say("#转接工程师 张三 @王五").text


def test_several_projects_are_a_list_with_the_exact_next_command(say, project, wangwu):
    other = ProjectFactory(name="备份", customer=project.customer)
    for text, command in (
        ("#转接工程师 张三 @王五 现场", "#转接工程师 #P{} @王五 现场"),
        ("#问题已解决 张三 重启了", "#问题已解决 #P{} 重启了"),
    ):
        result = say(text)
        assert not result.handled
        assert f"1. 备份（张三，售前）→ {command.format(other.pk)}" in result.text
        next_command = result.text.splitlines()[1].partition("→ ")[2]
        assert say(next_command).handled
    other.refresh_from_db()
    assert other.engineer == wangwu


@pytest.mark.parametrize("text", ["#转接工程师 赵六 @王五", "#问题已解决 赵六"])
def test_who_is_not_found_is_told_with_a_way_on(say, wangwu, text):
    result = say(text)
    assert (result.handled, "可先查询" in result.text) == (False, True)


def test_an_unknown_engineer_is_named(say, project):
    assert "找不到同事「赵六」" in say("#转接工程师 张三 @赵六").text


@pytest.mark.parametrize(
    "words", ["张三 重启了", "13800138000 重启了", "#P{pk} 重启了", "云服务 重启了"]
)
def test_the_open_ticket_is_resolved_and_the_project_keeps_the_note(say, project, words):
    ticket = TicketFactory(customer=project.customer, project=project)
    result = say(f"#问题已解决 {words.format(pk=project.pk)}")
    assert result.ticket_id == ticket.pk
    ticket.refresh_from_db()
    assert (ticket.status, ticket.progress) == ("resolved", 100)
    assert ticket.events.latest("id").content == "重启了"
    assert project.events.get().content == f"问题已解决（工单 #{ticket.pk}）：重启了"


def test_several_open_tickets_are_a_list_with_the_exact_next_command(say, project):
    first, second = TicketFactory.create_batch(2, customer=project.customer)
    result = say("#问题已解决 张三 重启了")
    assert not result.handled
    line = result.text.splitlines()[1]
    assert line.endswith(f"→ #{second.pk} 已解决，重启了")
    assert say(line.partition("→ ")[2]).handled
    assert say("#问题已解决 张三").ticket_id == first.pk
    assert not Ticket.objects.exclude(status="resolved").exists()


def test_a_quoted_project_answer_resolves_its_ticket(say, project):
    TicketFactory(customer=project.customer)
    ticket = TicketFactory(customer=project.customer, project=project)
    shown = say(f"#查询进度 #P{project.pk}").text
    assert say("@助手 已解决，重启了", quoted=shown).ticket_id == ticket.pk


def test_without_an_open_ticket_the_project_keeps_the_note(say, project):
    assert "已记为备注" in say("#问题已解决 张三 重启了").text
    assert project.events.get().content == "问题已解决：重启了"


def test_a_ticket_that_is_not_there_is_told(say, project):
    result = say("#问题已解决 #999999")
    assert (result.handled, "/查询工单" in result.text) == (False, True)


def test_words_of_a_customer_can_do_nothing_in_the_group(say):
    text = say(
        "#记录客户 <@all> 手机:13800138000 项目:[点我](http://evil.example) 需求:**急**"
    ).text
    assert "<@" not in text
    assert "](http" not in text


def test_the_same_over_json(api, lisi):
    body = {"userid": "lisi", "content": RECORD}
    assert api(lisi).post("/api/wechat/work/command", body).json()["data"]["handled"]
    assert Project.objects.get().events.get().entry == "api"
    customer = UserFactory(role=Role.CUSTOMER)
    assert api(customer).post("/api/wechat/work/command", body).status_code == 403
