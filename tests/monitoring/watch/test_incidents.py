"""One incident a condition, one alert an incident, one word when it is over."""

import pytest

from config.health.reading import Status
from config.runtime import store
from monitoring.models import Incident
from monitoring.watch import ledger, rounds
from monitoring.watch.judging import judge
from tests.at_once import all_at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_worker_that_is_gone_is_told_once_and_its_return_once(world, sink, look):
    look()
    world.fails("worker:urgent", "没有进程消费队列 msg.urgent")
    look(10)
    assert sink.texts == [], "it may only have been restarted"
    for _ in range(5):
        look(20)
    assert len(sink.texts) == 1
    assert "worker-urgent：没有进程消费队列 msg.urgent" in sink.texts[0]
    incident = Incident.objects.get()
    assert (incident.rule, incident.subject, incident.is_open) == ("worker", "urgent", True)
    assert (incident.alerts, incident.alerted_by) == (1, "group_robot")

    world.recovers("worker:urgent")
    for _ in range(5):
        look(20)
    assert len(sink.texts) == 2
    assert "已恢复" in sink.texts[1]
    incident.refresh_from_db()
    assert not incident.is_open
    assert incident.recovery_told_at is not None


def test_what_came_and_went_at_once_is_nobodys_trouble(world, sink, look):
    for _ in range(4):
        world.fails("broker")
        look(3)
        world.recovers("broker")
        look(3)
    assert Incident.objects.count() == 0
    assert sink.texts == []


def test_what_flickers_is_one_incident(world, sink, look):
    world.fails("beat")
    look()
    look(10)
    for _ in range(3):
        world.recovers("beat")
        look(10)
        world.fails("beat")
        look(10)
        look(10)
    assert Incident.objects.count() == 1
    assert len(sink.texts) == 1


def test_several_troubles_of_one_moment_are_one_message(world, sink, look):
    for kind in ("urgent", "send", "callbacks", "chat", "talk", "default"):
        world.fails(f"worker:{kind}")
    look()
    look(25)
    assert Incident.objects.filter(rule="worker", closed_at=None).count() == 6
    assert len(sink.texts) == 1
    assert sink.texts[0].count("worker-") == 6


def test_one_root_is_told_and_not_all_that_follows(world, sink, look):
    world.fails("broker")
    for name in ("beat", "relay"):
        world.fails(name)
    for kind in ("urgent", "send"):
        world.set(f"worker:{kind}", Status.UNKNOWN)
    look()
    for _ in range(4):
        look(20)
    assert list(Incident.objects.values_list("rule", flat=True)) == ["broker"]
    assert len(sink.texts) == 1


def test_what_depends_on_a_part_is_judged_once_that_has_settled(world, clock):
    import time

    world.fails("worker:urgent")
    world.set("broker", Status.OK, since=time.time() - 5)
    assert "worker" not in judge(world.parts).judged
    clock.shift(60)
    assert "worker" in judge(world.parts).judged


def test_an_incident_that_stays_is_told_again_after_hours(world, sink, look):
    store.change(key="watch.limits", value={"remind_hours": 2}, actor=None)
    world.fails("relay")
    look()
    look(10)
    look(3600)
    assert len(sink.texts) == 1
    look(3700)
    assert len(sink.texts) == 2
    assert "仍未恢复" in sink.texts[1]
    assert Incident.objects.get().alerts == 2


def test_many_processes_that_look_at_once_open_one_incident_and_tell_once(world, sink, settings):
    from monitoring.watch import alerting
    from monitoring.watch.conditions import Condition
    from monitoring.watch.judging import Judgement
    from monitoring.watch.ways import Surroundings

    found = Condition("disk", "", "磁盘空间不足")
    judgement = Judgement(present={found.key: found}, judged={"disk"})
    surroundings = Surroundings(frozenset(), world.parts)

    def round_of_one_process():
        news = ledger.take_in(judgement)
        if news and (way := alerting.tell(news, surroundings, has_database=True)):
            ledger.told(news, way)

    all_at_once([round_of_one_process] * 4)
    assert Incident.objects.count() == 1
    assert len(sink.texts) == 1


def test_who_died_while_telling_is_stood_in_for(world, sink, look, clock):
    world.fails("relay")
    from monitoring.watch import alerting

    look()
    clock.shift(10)
    claimed = ledger.take_in(judge(world.parts))
    assert [item.rule for item in claimed.opened] == ["relay"]
    look(10)
    assert sink.texts == [], "another one is at it"
    look(60)
    assert len(sink.texts) == 1
    assert alerting.SHOWN


def test_a_rule_that_cannot_be_asked_closes_nothing(world, sink, look):
    world.fails("relay")
    look()
    look(10)
    world.fails("broker")
    world.set("relay", Status.UNKNOWN)
    look(60)
    look(60)
    assert Incident.objects.get(rule="relay").is_open


def test_the_list_is_the_administrators_and_shows_what_is_open(api, admin, lisi, world, sink, look):
    world.fails("relay", "60 秒内没有心跳")
    look()
    look(10)
    body = api(admin).get("/api/monitor/incidents?open=true").json()
    assert body["total"] == 1
    row = body["list"][0]
    assert (row["rule"], row["open"], row["alerted_by"]) == ("relay", True, "group_robot")
    assert row["title"] == "消息中继（relay）没有心跳"
    assert api(admin).get("/api/monitor/incidents?open=false").json()["total"] == 0
    assert api(lisi).get("/api/monitor/incidents").status_code == 403


def test_the_admin_shows_them_and_changes_nothing(client, admin, world, sink, look):
    admin.is_staff = admin.is_superuser = True
    admin.save()
    client.force_login(admin)
    world.fails("relay")
    look()
    look(10)
    page = client.get("/admin/monitoring/incident/")
    assert page.status_code == 200
    assert "消息中继（relay）没有心跳" in page.content.decode()
    assert client.get("/admin/monitoring/incident/add/").status_code == 403


def test_a_turn_is_taken_by_one_of_many(world, sink, settings, monkeypatch):
    rounds_made = []
    monkeypatch.setattr(rounds, "watch_once", lambda: rounds_made.append(1) or False)
    for _ in range(3):
        rounds.take_turn()
    assert len(rounds_made) == (1 if settings.REDIS_URL else 3)
