"""`/api/projects…` over HTTP (contract.md §3, seed 000)."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from config.api.roles import Role
from config.events.models import OutboxEntry
from customers.models import Customer, CustomerEvent, Project
from tests.factories import CustomerFactory, ProjectFactory, TicketFactory, UserFactory

pytestmark = pytest.mark.django_db


def events():
    rows = OutboxEntry.objects.filter(kind="event", name__startswith="project.").order_by("id")
    return [(row.name, row.payload["data"]) for row in rows]


def move(client, pk, **body):
    return client.post(f"/api/projects/{pk}/transition", body)


def test_a_project_is_made_for_a_named_customer(api, lisi):
    response = api(lisi).post(
        "/api/projects",
        {
            "name": "云服务器采购",
            "customer_name": "张三",
            "phone": "138 0013 8000",
            "amount": "12000.50",
            "products": ["云服务器", "备份"],
            "engineer": "李四",
        },
    )
    assert response.status_code == 201, response.json()
    body = response.json()
    assert (body["stage"], body["status"], body["progress"]) == ("presale", "open", 0)
    assert (body["owner"], body["engineer_name"], body["product"]) == ("lisi", "李四", "云服务器")
    assert (body["amount"], body["version"]) == ("12000.50", 1)
    assert body["customer"]["phone"] == "13800138000"
    assert body["tickets"] == {"total": 0, "open": 0, "open_list": []}
    assert [name for name, _ in events()] == ["project.created"]
    assert CustomerEvent.objects.filter(kind="project").exists()


@pytest.mark.parametrize(
    ("change", "attr"),
    [
        ({"name": "  "}, "name"),
        ({"amount": "-1"}, "amount"),
        ({"amount": "1e400"}, "amount"),
        ({"progress": 101}, "progress"),
        ({"products": "云"}, "products"),
        ({"expected_at": "9999-99-99"}, "expected_at"),
        ({"owner": "nobody"}, "owner"),
        ({"engineer": "zhangsan"}, "engineer"),
        ({"stage": "insale"}, "stage"),
        ({"customer_id": 10**30, "customer_name": None}, "customer_id"),
        ({"customer_id": 1}, "customer_name"),
        ({"phone": "12"}, "phone"),
    ],
)
def test_bad_input_names_its_field_and_leaves_nothing(api, admin, change, attr):
    UserFactory(username="zhangsan", role=Role.CUSTOMER)
    body = {"name": "x", "customer_name": "张三", "phone": "13800138000", **change}
    response = api(admin).post(
        "/api/projects", {key: value for key, value in body.items() if value is not None}
    )
    assert response.status_code == 400
    assert attr in [error["attr"] for error in response.json()["errors"]]
    assert not Project.objects.exists()
    assert not Customer.objects.exists()


def test_a_colleagues_customer_is_not_taken_over_by_a_project(api, lisi, wangwu):
    CustomerFactory(name="张三", phone="+8613800138000", follow_user=wangwu, company="")
    response = api(lisi).post(
        "/api/projects",
        {"name": "x", "customer_name": "张三", "phone": "13800138000", "company": "甲"},
    )
    assert response.status_code == 400
    assert response.json()["errors"][0]["code"] == "customer_of_a_colleague"
    assert Customer.objects.get().company == ""
    foreign = api(lisi).post(
        "/api/projects", {"name": "x", "customer_id": Customer.objects.get().pk}
    )
    assert foreign.json()["errors"][0]["attr"] == "customer_id"


def test_presale_insale_aftersale_with_their_times(api, lisi):
    project = ProjectFactory(customer=CustomerFactory(follow_user=lisi))
    client = api(lisi)
    sold = move(client, project.pk, stage="insale").json()
    assert sold["won_at"]
    assert not sold["delivered_at"]
    delivered = move(client, project.pk, stage="aftersale").json()
    assert delivered["delivered_at"]
    closed = move(client, project.pk, status="closed").json()
    assert (closed["stage"], closed["status"]) == ("aftersale", "closed")
    assert closed["closed_at"]
    assert [(name, data["from_stage"], data["stage"]) for name, data in events()] == [
        ("project.stage_changed", "presale", "insale"),
        ("project.stage_changed", "insale", "aftersale"),
        ("project.updated", "aftersale", "aftersale"),
    ]
    reopened = move(client, project.pk, status="open").json()
    assert (reopened["status"], reopened["closed_at"]) == ("open", None)
    trail = client.get(f"/api/projects/{project.pk}/events").json()["list"]
    assert [event["sequence"] for event in trail] == [1, 2, 3, 4]
    assert trail[0]["changes"] == {"stage": ["presale", "insale"]}


@pytest.mark.parametrize(
    ("stage", "body", "status", "told"),
    [
        ("presale", {"stage": "aftersale"}, 409, "insale"),
        ("presale", {"stage": "presale"}, 409, "insale"),
        ("presale", {"status": "closed"}, 409, "lost"),
        ("presale", {"status": "open"}, 409, "lost"),
        ("presale", {"status": "lost"}, 400, "原因"),
        ("insale", {"status": "lost", "reason": "x"}, 409, "closed"),
        ("insale", {"stage": "presale", "reason": "x"}, 403, "管理员"),
        ("presale", {}, 400, "stage"),
        ("presale", {"stage": "insale", "status": "lost"}, 400, "stage"),
        ("presale", {"stage": "won"}, 400, ""),
    ],
)
def test_what_the_table_lacks_is_refused(api, lisi, stage, body, status, told):
    sold = {"won_at": "2026-01-01T00:00:00+08:00"} if stage != "presale" else {}
    project = ProjectFactory(customer=CustomerFactory(follow_user=lisi), stage=stage, **sold)
    response = move(api(lisi), project.pk, **body)
    assert response.status_code == status
    assert told in response.json()["errors"][0]["detail"]
    project.refresh_from_db()
    assert (project.stage, project.status, project.version) == (stage, "open", 0)


def test_only_an_administrator_steps_back_and_says_why(api, admin):
    project = ProjectFactory()
    client = api(admin)
    move(client, project.pk, stage="insale")
    assert move(client, project.pk, stage="presale").json()["errors"][0]["attr"] == "reason"
    back = move(client, project.pk, stage="presale", reason="合同取消").json()
    assert (back["stage"], back["won_at"]) == ("presale", None)
    lost = move(client, project.pk, status="lost", reason="价格").json()
    assert (lost["status"], lost["lost_reason"]) == ("lost", "价格")
    ended = move(client, project.pk, stage="insale")
    assert ended.status_code == 409
    assert "status: open" in ended.json()["errors"][0]["detail"]


def test_an_old_version_is_a_409_that_names_what_others_changed(api, admin):
    project = ProjectFactory()
    path = f"/api/projects/{project.pk}"
    assert api(admin).patch(path, {"progress": 10}).json()["version"] == 1
    changed = api(admin).patch(path, {"amount": "5", "products": ["甲"], "version": 1}).json()
    assert (changed["version"], changed["product"]) == (2, "甲")
    refused = api(admin).patch(path, {"progress": 90, "version": 1})
    assert refused.status_code == 409
    assert "金额" in refused.json()["errors"][0]["detail"]
    assert "进度" not in refused.json()["errors"][0]["detail"]
    assert api(admin).patch(path, {"progress": 10}).json()["version"] == 2, "nothing changed"
    assert api(admin).patch(path, {"stage": "insale"}).status_code == 400


def test_engineer_and_notes(api, admin, wangwu):
    project = ProjectFactory()
    path = f"/api/projects/{project.pk}"
    body = api(admin).post(f"{path}/engineer", {"engineer": "王五", "note": "他更熟"}).json()
    assert (body["engineer"], body["engineer_name"]) == ("wangwu", "王五")
    assert events()[-1][1]["engineer_user_id"] == wangwu.pk
    assert api(wangwu).get(path).status_code == 200, "an engineer is bound to the customer"
    assert api(admin).post(f"{path}/notes", {"content": "已到场"}).status_code == 201
    trail = api(admin).get(f"{path}/events").json()["list"]
    assert [(event["kind"], event["content"]) for event in trail] == [
        ("engineer", "他更熟"),
        ("note", "已到场"),
    ]


def test_a_customer_reads_their_own_projects_reduced_and_changes_none(api, lisi):
    own = ProjectFactory(customer=CustomerFactory(), lost_reason="价格", owner=lisi)
    foreign = ProjectFactory()
    client = api(UserFactory(role=Role.CUSTOMER, customer=own.customer))
    listed = client.get("/api/projects").json()
    assert [row["id"] for row in listed["list"]] == [own.pk]
    assert set(listed["list"][0]) == {
        "id", "name", "stage", "status", "progress", "products", "owner_name", "engineer_name",
        "tickets", "delivered_at", "created_at", "updated_at",
    }  # fmt: skip
    assert client.get(f"/api/projects/{own.pk}").json() == listed["list"][0]
    assert client.get(f"/api/projects/{foreign.pk}").status_code == 404
    assert client.get(f"/api/projects/{own.pk}/events").status_code == 403
    assert client.patch(f"/api/projects/{own.pk}", {"name": "x"}).status_code == 403
    assert move(client, own.pk, stage="insale").status_code == 403
    assert client.post("/api/projects", {"name": "x", "customer_name": "y"}).status_code == 403


def test_a_foreign_project_is_not_there_for_staff(api, lisi):
    project = ProjectFactory()
    client, path = api(lisi), f"/api/projects/{project.pk}"
    assert client.get(path).status_code == 404
    assert client.get(f"{path}/events").status_code == 404
    assert client.patch(path, {"name": "x"}).status_code == 404
    assert move(client, project.pk, stage="insale").status_code == 404
    assert client.post(f"{path}/notes", {"content": "x"}).status_code == 404
    assert client.post(f"{path}/engineer", {"engineer": "lisi"}).status_code == 404
    assert client.get("/api/projects").json()["total"] == 0


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("stage=presale", ["甲"]),
        ("stage=presale&stage=insale", ["乙", "甲"]),
        ("status=open", ["乙", "甲"]),
        ("owner=lisi", ["甲"]),
        ("engineer=lisi", ["乙"]),
        ("keyword=王", ["乙"]),
        ("product=云", ["甲"]),
        ("created_after=2100-01-01T00:00:00Z", []),
        ("created_before=2100-01-01T00:00:00Z&ordering=created_at", ["甲", "乙"]),
    ],
)
def test_filters(api, admin, lisi, query, found):
    ProjectFactory(name="甲", owner=lisi, product="云")
    ProjectFactory(
        name="乙",
        stage="insale",
        won_at="2026-01-01T00:00:00Z",
        engineer=lisi,
        customer=CustomerFactory(name="王小二"),
    )
    listed = api(admin).get(f"/api/projects?{query}").json()
    assert [row["name"] for row in listed["list"]] == found


@pytest.mark.parametrize("query", ["stage=x", "customer=0", "created_after=x", "ordering=-name"])
def test_a_wrong_filter_is_a_400(api, admin, query):
    assert api(admin).get(f"/api/projects?{query}").status_code == 400


def test_a_long_list_with_its_tickets_costs_a_bounded_number_of_queries(api, admin, lisi):
    for _ in range(12):
        project = ProjectFactory(owner=lisi, engineer=lisi)
        TicketFactory.create_batch(2, customer=project.customer, project=project)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        listed = api(admin).get("/api/projects?size=50").json()["list"]
    assert len(listed) == 12
    assert len(queries) <= 5
    assert {(row["tickets"]["total"], row["tickets"]["open"]) for row in listed} == {(2, 2)}


def test_a_ticket_belongs_to_a_project_of_its_customer(api, admin, lisi):
    project = ProjectFactory()
    other = ProjectFactory()
    body = {"description": "坏了", "customer_id": project.customer_id}
    made = api(admin).post("/api/tickets", {**body, "project_id": project.pk}).json()
    assert made["project_id"] == project.pk
    refused = api(admin).post("/api/tickets", {**body, "project_id": other.pk})
    assert refused.status_code == 400
    assert refused.json()["errors"][0]["attr"] == "project_id"
    path = f"/api/tickets/{made['id']}"
    assert api(admin).patch(path, {"project_id": other.pk}).status_code == 400
    shown = api(admin).get(f"/api/projects/{project.pk}").json()["tickets"]
    assert (shown["total"], shown["open_list"][0]["id"]) == (1, made["id"])
    assert api(admin).patch(path, {"project_id": None}).json()["project_id"] is None
