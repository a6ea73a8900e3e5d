"""The database is away: incidents stand in a file, are told once, and become rows later."""

import json

import pytest
from django.db import DatabaseError

from config.health.reading import Status
from monitoring.models import Incident
from monitoring.watch import rounds, spool
from monitoring.watch.conditions import Condition
from monitoring.watch.judging import Judgement
from tests.at_once import all_at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_it_is_told_straight_out_and_becomes_a_row_later(world, sink, look, monkeypatch):
    look()
    world.fails("database", "OperationalError")
    with monkeypatch.context() as away:
        from django.db.backends.utils import CursorWrapper

        def refuse(*_args, **_kwargs):
            raise AssertionError("asked a database that is away")

        away.setattr(CursorWrapper, "execute", refuse)
        look()
        for _ in range(5):
            look(15)
    assert len(sink.texts) == 1
    assert "数据库不可用" in sink.texts[0]

    world.recovers("database")
    look(1)
    incident = Incident.objects.get()
    assert (incident.rule, incident.is_open, incident.alerts) == ("database", True, 1)
    look(60)
    look(60)
    incident.refresh_from_db()
    assert not incident.is_open
    assert len(sink.texts) == 2
    assert "已恢复" in sink.texts[1]
    assert spool.entries() == []


def test_it_happening_again_is_told_again(world, sink, look):
    for turn in (1, 2):
        world.fails("database")
        look()
        look(10)
        world.recovers("database")
        look(10)
        look(60)
        assert len(sink.texts) == 2 * turn
    assert Incident.objects.filter(rule="database").count() == 2


def test_what_was_open_before_is_not_told_again(world, sink, look):
    world.fails("broker")
    look()
    look(10)
    world.fails("database")
    look()
    look(10)
    assert len(sink.texts) == 2
    assert "RabbitMQ" not in sink.texts[1]


def test_processes_of_one_machine_tell_once(world, sink):
    found = Condition("database", "", "数据库不可用")
    judgement = Judgement(present={found.key: found}, judged={"database"})
    news: list = []
    all_at_once([lambda: news.append(spool.take_in(judgement, set()))] * 4)
    assert sum(bool(one.opened) for one in news) == 1


@pytest.mark.services_only
def test_machines_tell_once_between_them(world, sink, monkeypatch, tmp_path):
    found = Condition("database", "", "数据库不可用")
    judgement = Judgement(present={found.key: found}, judged={"database"})
    told = []
    for machine in ("one", "two"):
        (tmp_path / machine).mkdir()
        monkeypatch.setattr(spool, "data_dir", lambda machine=machine: tmp_path / machine)
        told.append(bool(spool.take_in(judgement, set())))
    assert told == [True, False]


def test_a_file_that_was_cut_off_is_begun_anew(world, sink, look, tmp_path):
    (tmp_path / "watch").mkdir()
    (tmp_path / "watch" / "incidents.json").write_text('[{"rule": "data')
    world.fails("database")
    look()
    look(10)
    assert len(sink.texts) == 1
    assert json.loads((tmp_path / "watch" / "incidents.json").read_text())[0]["rule"] == "database"


def test_a_database_that_goes_while_we_look_ends_no_watch(world, sink, monkeypatch):
    from monitoring.watch import ledger

    def gone(*_args):
        raise DatabaseError

    monkeypatch.setattr(ledger, "take_in", gone)
    assert rounds.watch_once() is True


def test_database_and_cache_away_together_are_one_message(world, sink, look):
    world.fails("database")
    world.fails("cache")
    for name in ("beat", "relay"):
        world.set(name, Status.UNKNOWN)
    look()
    look(10)
    look(10)
    assert len(sink.texts) == 1
    assert "数据库不可用" in sink.texts[0]
    assert "Redis" in sink.texts[0]
