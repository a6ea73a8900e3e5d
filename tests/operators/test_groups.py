"""What each group may open and do in the admin: deny by default, the same for the page and its acts."""

import re
from pathlib import Path

import pytest
from django.contrib import admin as django_admin
from django.contrib.auth.models import Group, Permission
from django.test import RequestFactory
from django.urls import reverse

from customers.models import MergeCase, MergeReason
from customers.permission_groups.registry import StaffGroup, belongs, granted
from customers.permission_groups.sync import groups_sync
from tests.factories import AdminFactory, CustomerFactory, UserFactory
from tests.operators.people import client_of, member

pytestmark = pytest.mark.django_db
MODELS = sorted(django_admin.site._registry, key=lambda model: model._meta.label)
ALL = {model._meta.label for model in MODELS}
AGENTS = {
    *(
        "customers.Customer",
        "customers.CustomerImport",
        "customers.Segment",
        "customers.RiskWarning",
    ),
    *("customers.DailyCustomerStatistic", "customers.Project", "customers.FollowUpTask"),
    *("customers.FollowUpPlan", "customers.CustomerGroup", "customers.Tag", "customers.TagGroup"),
    *("tickets.Ticket", "tickets.CannedReply", "tickets.KnowledgeArticle", "tickets.KnowledgeGap"),
    *("tickets.SlaPolicy", "tickets.SlaStep"),
}
OPENS = {
    StaffGroup.AGENT: AGENTS,
    StaffGroup.SUPERVISOR: AGENTS
    | {
        *("customers.TagRule", "customers.MergeCase", "customers.Handover", "tickets.Chat"),
        *("tickets.ChatAgent", "tickets.ChatGroup", "tickets.AgentProfile"),
        *("tickets.AgentPresence", "tickets.DispatchDecision", "tickets.TicketReminder"),
        *("tickets.TicketRating", "tickets.ChecklistTemplate", "tickets.CustomField"),
        *("tickets.SavedView", "tickets.IntentExample", "tickets.IntentModel"),
        *("messaging.Message", "messaging.MessageTemplate"),
    },
    StaffGroup.OPERATIONS: {
        *("customers.Customer", "customers.Segment", "customers.Tag", "customers.TagGroup"),
        *("customers.TagRule", "customers.FollowUpPlan", "customers.RiskWarning"),
        *("customers.DailyCustomerStatistic", "customers.CustomerGroup", "customers.Project"),
        *("messaging.Message", "messaging.MessageBatch", "messaging.MessageTemplate"),
        *("messaging.ChannelAccount", "messaging.ChannelCircuit", "messaging.OptOut"),
        *("tickets.KnowledgeArticle", "tickets.KnowledgeGap", "tickets.IntentExample"),
        *("tickets.IntentModel", "tickets.CannedReply", "tickets.TicketRating"),
        *("wechat.ContactWay", "wechat.Welcome", "wechat.OfficialFollower"),
        *("wechat.OfficialQrCode", "wechat.KfAccount", "wechat.KfCustomer", "wechat.SyncRun"),
        "wechat.SyncJob",
    },
    StaffGroup.ADMINISTRATOR: ALL,
    StaffGroup.READER: ALL - {"customers.User", "config.ApiKey", "admin.LogEntry"},
}
# Of each group, in lists that it opens, the acts that it has there.
ACTS = {
    StaffGroup.AGENT: {
        "customers.Customer": {
            *("tag_selected", "untag_selected", "assign_selected", "block_selected"),
            *("unblock_selected", "delete_them"),
        },
        "customers.RiskWarning": {"settle_hit", "settle_saved", "settle_missed"},
        "customers.FollowUpTask": {"finish_selected"},
        "customers.Segment": {"delete_chosen"},
        "customers.Tag": {"delete_chosen"},
        "tickets.CannedReply": {"delete_chosen"},
        "tickets.Ticket": {
            *("assign_selected", "resolve_selected", "close_selected", "reopen_selected"),
            *("prioritise_selected", "watch_selected"),
        },
    },
    StaffGroup.READER: {},
}


def lists(client):
    found = set()
    for model in MODELS:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"
        status = client.get(reverse(name)).status_code
        assert status in (200, 403), name
        if status == 200:
            found.add(model._meta.label)
    return found


@pytest.mark.parametrize("group", StaffGroup, ids=lambda group: group.name.lower())
def test_a_group_opens_its_own_lists_and_no_others(group):
    assert lists(client_of(member(group))) == OPENS[group]


@pytest.mark.parametrize("group", ACTS, ids=lambda group: group.name.lower())
def test_a_group_has_its_own_acts_and_no_others(group):
    request = RequestFactory().get("/")
    request.user = member(group)
    found = {}
    for model in MODELS:
        if model._meta.label in OPENS[group]:
            acts = set(django_admin.site.get_model_admin(model).get_actions(request))
            if acts:
                found[model._meta.label] = acts
    assert found == ACTS[group]


def test_staff_without_a_group_are_agents_and_in_one_they_are_what_it_says(lisi):
    lisi.is_staff = True
    lisi.save()
    assert lists(client_of(lisi)) == AGENTS
    groups_sync()
    lisi.groups.add(Group.objects.get(name="只读"))
    reader = client_of(lisi)
    assert reader.get(reverse("admin:wechat_callback_changelist")).status_code == 200
    assert reader.get(reverse("admin:customers_customer_add")).status_code == 403


def test_a_reader_changes_nothing_though_they_see_everybody():
    client = client_of(member(StaffGroup.READER))
    customer = CustomerFactory()
    case = MergeCase.objects.create(
        first=customer, second=CustomerFactory(), reason=MergeReason.MANUAL
    )
    posts = [
        reverse("admin:customers_customer_act", args=[customer.pk]),
        reverse("admin:customers_customer_erase", args=[customer.pk]),
        reverse("admin:customers_customer_phone", args=[customer.pk]),
        reverse("admin:tickets_ticketreminder_run"),
        reverse("admin:tickets_intentmodel_train"),
        reverse("admin:wechat_syncrun_start"),
        reverse("admin:customers_mergecase_change", args=[case.pk]),
        reverse("admin:messaging_messagebatch_add"),
        reverse("admin:customers_customer_change", args=[customer.pk]),
    ]
    assert {client.post(place).status_code for place in posts} == {403}
    data = reverse("admin:customers_customer_personal_data", args=[customer.pk])
    assert client.get(data).status_code == 403


def test_customers_never_get_in():
    user = UserFactory(role="customer", is_staff=True)
    assert client_of(user).get(reverse("admin:index")).status_code == 302
    login = {"username": user.username, "password": "a-long-enough-password-1"}
    answer = client_of(user).post(reverse("admin:login"), login)
    assert answer.status_code == 200, "not let in"


def test_nobody_gives_rights_that_they_do_not_have(lisi):
    boss = AdminFactory()
    keeper = member(StaffGroup.ADMINISTRATOR)
    client = client_of(keeper)
    place = reverse("admin:customers_user_change", args=[keeper.pk])
    fields = client.get(place).context["adminform"].form.fields
    assert "groups" in fields
    assert not {"is_superuser", "user_permissions"} & set(fields)
    above = reverse("admin:customers_user_change", args=[boss.pk])
    assert client.post(above, {"name": "改名"}).status_code == 403
    password = reverse("admin:auth_user_password_change", args=[boss.pk])
    assert client.post(password, {"password1": "x"}).status_code == 403
    lisi.is_staff = True
    lisi.save()
    lisi.user_permissions.add(Permission.objects.get(codename="change_user"))
    lisi.user_permissions.add(Permission.objects.get(codename="view_user"))
    own = client_of(lisi).get(reverse("admin:customers_user_change", args=[lisi.pk]))
    fields = own.context["adminform"].form.fields
    assert not {"role", "is_staff", "groups", "is_superuser", "user_permissions"} & set(fields)


def test_a_sync_restores_what_is_registered_and_leaves_other_groups_alone():
    groups_sync()
    agents = Group.objects.get(name="客服")
    before = set(agents.permissions.values_list("pk", flat=True))
    assert before
    agents.permissions.clear()
    agents.permissions.add(Permission.objects.get(codename="delete_user"))
    own = Group.objects.create(name="我们自己的")
    own.permissions.add(Permission.objects.get(codename="view_customer"))
    groups_sync()
    groups_sync()
    assert set(agents.permissions.values_list("pk", flat=True)) == before
    assert own.permissions.count() == 1
    assert Group.objects.filter(name__in=[group.value for group in StaffGroup]).count() == 5


def test_every_permission_that_is_registered_exists():
    known = set(Permission.objects.values_list("content_type__app_label", "codename"))
    for group in StaffGroup:
        assert {tuple(name.split(".")) for name in granted(group)} <= known, group


def test_the_documents_table_says_what_the_groups_have():
    table = re.findall(
        r"^\| (\S+) \| (\d+) \| (\d+) \| (\S+) \|$", Path("docs/admin.md").read_text(), re.M
    )
    for name, seen, changed, phones in table:
        group = StaffGroup(name)
        own = granted(group)
        view = {one for one in own if ".view_" in one and one != "customers.view_phone"}
        verbs = {
            re.sub(r"\.(add|change|delete)_", ".", one)
            for one in own
            if re.search(r"\.(add|change|delete)_", one)
        }
        assert (len(view), len(verbs)) == (int(seen), int(changed)), name
        assert phones == ("完整" if "customers.view_phone" in own else "逐个显示"), name
    assert {row[0] for row in table} == {"客服", "客服主管", "运营"}
    assert belongs(StaffGroup.ADMINISTRATOR, "customers", "view_phone")
    assert not belongs(StaffGroup.READER, "customers", "view_phone")
    assert not belongs(StaffGroup.READER, "customers", "change_customer")
