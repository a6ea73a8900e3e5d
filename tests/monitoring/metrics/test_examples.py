"""The examples under docs/operations/ name only metrics that there are."""

import json
import re

import pytest
import yaml

from config import measures
from config.environment import BASE_DIR
from monitoring.metrics import exposition
from wechat.models import Callback

FOLDER = BASE_DIR / "docs" / "operations"
METRIC = re.compile(r"\bscrm_[a-z0-9_]+")


def expressions_of_the_dashboard():
    board = json.loads((FOLDER / "grafana.json").read_text())
    return [target["expr"] for panel in board["panels"] for target in panel.get("targets", [])]


def expressions_of_the_alerts():
    groups = yaml.safe_load((FOLDER / "alerts.yml").read_text())["groups"]
    return [rule["expr"] for group in groups for rule in group["rules"]]


@pytest.fixture
def told(api, admin, db):
    """The names that a page of metrics tells, with those of its samples."""
    Callback.objects.create(source="kf", dedupe_key="1", payload={})
    api(admin).get("/api/tickets")
    exposition.forget()
    page = exposition.text().decode()
    families = set(re.findall(r"^# TYPE (\S+)", page, re.MULTILINE))
    samples = set(re.findall(r"^(scrm_[a-z0-9_]+)", page, re.MULTILINE))
    return families | samples


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("expressions", [expressions_of_the_dashboard, expressions_of_the_alerts])
def test_every_metric_that_they_name_is_told(told, expressions):
    named = {name for expression in expressions() for name in METRIC.findall(expression)}
    assert len(named) > 10
    assert named - told == set()


def test_the_dashboard_shows_every_measure():
    named = {name for text in expressions_of_the_dashboard() for name in METRIC.findall(text)}
    measured = {measure.name for reader in measures.readers() for measure in reader.measures}
    assert measured - named == set()


def test_alerts_say_what_is_wrong_and_how_badly():
    groups = yaml.safe_load((FOLDER / "alerts.yml").read_text())["groups"]
    for group in groups:
        names = [rule["alert"] for rule in group["rules"]]
        assert len(set(names)) == len(names)
        for rule in group["rules"]:
            assert rule["labels"]["severity"] in ("critical", "warning")
            assert rule["annotations"]["summary"]


def test_panels_lie_beside_each_other():
    board = json.loads((FOLDER / "grafana.json").read_text())
    taken = set()
    for panel in board["panels"]:
        place = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert not cells & taken, panel["title"]
        assert place["x"] + place["w"] <= 24
        taken |= cells
    assert len({panel["id"] for panel in board["panels"]}) == len(board["panels"])
