"""Administrators teach the assistant by the API and the admin's pages."""

import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from tests.factories import CustomerFactory
from tickets.assistant.learning import training
from tickets.assistant.learning.examples import examples_load
from tickets.models import (
    AssistantTurn,
    ExampleSource,
    Intent,
    IntentExample,
    IntentModel,
    ModelStatus,
)

pytestmark = pytest.mark.django_db


def test_an_example_is_written_changed_and_deleted(api, admin):
    client = api(admin)
    made = client.post("/api/ai/examples", {"text": " 打印机吃纸 ", "intent": "fault"})
    assert (made.status_code, made.json()["text"], made.json()["split"]) == (
        *(201, "打印机吃纸", "train"),
    )
    where = f"/api/ai/examples/{made.json()['id']}"
    assert client.patch(where, {"intent": "complaint"}).json()["intent"] == "complaint"
    assert client.patch(where, {"is_active": False}).json()["is_active"] is False
    again = client.post("/api/ai/examples", {"text": "打印机吃纸", "intent": "fault"})
    assert again.status_code == 409
    assert client.delete(where).status_code == 204
    assert client.get(where).status_code == 404


def test_what_is_no_example_names_the_field(api, admin):
    client = api(admin)
    for body, field in (
        ({"text": "", "intent": "fault"}, "text"),
        ({"text": "嗯", "intent": "dance"}, "intent"),
        ({"text": "嗯" * 501, "intent": "fault"}, "text"),
        ({"text": "嗯", "intent": "fault", "split": "half"}, "split"),
    ):
        answer = client.post("/api/ai/examples", body)
        assert (answer.status_code, answer.json()["errors"][0]["attr"]) == (400, field)


def test_the_products_own_examples_can_only_be_switched_off(api, admin):
    examples_load()
    one = IntentExample.objects.get(text="转人工")
    where = f"/api/ai/examples/{one.pk}"
    assert api(admin).delete(where).status_code == 409
    assert api(admin).patch(where, {"text": "别的"}).status_code == 409
    assert api(admin).patch(where, {"is_active": False}).status_code == 200
    examples_load()
    one.refresh_from_db()
    assert one.is_active is False


def test_lists_cost_the_same_however_long(api, admin, django_assert_max_num_queries, make_model):
    examples_load()
    for _ in range(5):
        make_model()
    with django_assert_max_num_queries(3):
        assert len(api(admin).get("/api/ai/examples?size=200").json()["list"]) == 200
    with django_assert_max_num_queries(3):
        assert len(api(admin).get("/api/ai/models").json()["list"]) == 5


def test_a_model_goes_its_way_over_the_api(api, admin, make_model):
    client = api(admin)
    make_model(ModelStatus.ACTIVE)
    made = client.post("/api/ai/models", {"note": "试试"})
    assert (made.status_code, made.json()["status"], made.json()["accuracy"]) == (
        *(202, "candidate", None),
    )
    where = f"/api/ai/models/{made.json()['id']}"
    assert client.post(f"{where}/activate").status_code == 409
    training.model_fit(made.json()["id"])
    assert client.post(f"{where}/shadow").json()["status"] == "shadow"
    found = client.get(where).json()
    assert found["report"]["accuracy"] >= 0.9
    assert len(found["report"]["confusion"]) == len(Intent)
    assert found["shadow"]["turns"] == 0
    assert client.post(f"{where}/activate").json()["status"] == "active"
    assert client.post("/api/ai/models/roll-back").json()["version"] == 1
    assert client.post("/api/ai/models/roll-back").status_code == 409


def test_a_table_of_examples_goes_in_and_out(client, admin):
    client.force_login(admin)
    table = (
        "text,intent,split\n打印机吃纸,故障报修,\n'=1+1,other,held\n嗯,dance,\n打印机吃纸,fault,\n"
    )
    page = client.post(
        reverse("admin:tickets_intentexample_import"),
        {"file": SimpleUploadedFile("a.csv", table.encode())},
        follow=True,
    )
    said = page.content.decode()
    assert "新增 2 条" in said
    assert "第 4 行" in said
    assert IntentExample.objects.get(text="=1+1").split == "held"
    answer = client.get(reverse("admin:tickets_intentexample_export"))
    sheet = b"".join(answer.streaming_content).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(sheet)))
    assert rows[0] == ["text", "intent", "split"]
    assert ["打印机吃纸", "fault", "train"] in rows


def test_the_examples_pages_go_through_the_actions(client, admin):
    client.force_login(admin)
    examples_load()
    added = client.post(
        reverse("admin:tickets_intentexample_add"),
        {"text": "打印机吃纸", "intent": "fault", "split": "train", "is_active": "on"},
    )
    assert added.status_code == 302
    own = IntentExample.objects.get(text="打印机吃纸")
    assert (own.source, own.created_by) == (ExampleSource.MANUAL, admin)
    assert client.get(reverse("admin:tickets_intentexample_changelist")).status_code == 200
    ours = IntentExample.objects.get(text="转人工")
    page = client.get(reverse("admin:tickets_intentexample_change", args=[ours.pk]))
    assert 'name="text"' not in page.content.decode()
    gone = client.post(
        reverse("admin:tickets_intentexample_delete", args=[own.pk]), {"post": "yes"}
    )
    assert gone.status_code == 302
    assert not IntentExample.objects.filter(pk=own.pk).exists()


def test_the_models_pages_train_use_and_take_back(client, admin, make_model):
    client.force_login(admin)
    old = make_model(ModelStatus.ACTIVE)
    page = client.post(reverse("admin:tickets_intentmodel_train"), {"note": "试试"}, follow=True)
    assert "正在训练 v2" in page.content.decode()
    new = IntentModel.objects.get(version=2)
    training.model_fit(new.pk)
    one = reverse("admin:tickets_intentmodel_change", args=[new.pk])
    shown = client.get(one).content.decode()
    assert "未识别" in shown
    assert "data-right" in shown
    use = reverse("admin:tickets_intentmodel_act", args=[new.pk, "activate"])
    client.get(use)
    assert IntentModel.objects.get(version=1).status == ModelStatus.ACTIVE
    assert "v2 已启用" in client.post(use, follow=True).content.decode()
    back = client.post(reverse("admin:tickets_intentmodel_back"), follow=True)
    assert "已退回 v1" in back.content.decode()
    old.refresh_from_db()
    assert old.status == ModelStatus.ACTIVE
    assert client.get(reverse("admin:tickets_intentmodel_changelist")).status_code == 200


def test_a_colleague_without_the_right_changes_no_model(client, lisi, make_model):
    lisi.is_staff = True
    lisi.save()
    client.force_login(lisi)
    model = make_model()
    use = reverse("admin:tickets_intentmodel_act", args=[model.pk, "activate"])
    assert client.post(use).status_code == 403
    model.refresh_from_db()
    assert model.status == ModelStatus.CANDIDATE


def test_the_evaluation_is_written_as_a_page(tmp_path, capsys):
    page = tmp_path / "evaluation.md"
    call_command("evaluate_assistant", output=page)
    text = page.read_text()
    assert "| rules |" in text
    assert "| local |" in text
    assert "| chain |" in text
    assert "**故障报修**" in text
    assert "local: 9" in capsys.readouterr().out


def test_a_colleague_corrects_what_was_understood(api, lisi):
    turn = AssistantTurn.objects.create(
        customer=CustomerFactory(follow_user=lisi),
        entry="official_account",
        text="那破玩意儿又瓦特了",
        intent="small_talk",
        created_at=timezone.now(),
    )
    where = f"/api/ai/turns/{turn.pk}/correct"
    assert api(lisi).post(where, {"intent": "dance"}).status_code == 400
    answer = api(lisi).post(where, {"intent": "fault"})
    assert (answer.status_code, answer.json()["corrected_intent"]) == (200, "fault")
    assert IntentExample.objects.get(turn=turn).intent == Intent.FAULT
