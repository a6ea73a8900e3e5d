"""One report for one question: its figures beside those before, its tables, its charts."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from config.errors import InvalidInputError
from config.logs import get_logger
from customers.actors import Actor
from customers.queries.export_log import noted
from monitoring.reports.asked import Asked, asked_span
from monitoring.reports.cells import filed, header_of
from monitoring.reports.definition import Chart, Column, Kind, Measure, Report, Row, Shape, Table

logger = get_logger(__name__)

FORMATS = ("csv", "xlsx")


@dataclass(frozen=True)
class Figure:
    """`change` is by which part of what was before it grew; of shares and scores, by how much."""

    measure: Measure
    value: Any
    before: Any = None

    @property
    def change(self) -> float | None:
        if self.value is None or self.before is None:
            return None
        if self.measure.kind in (Kind.SHARE, Kind.SCORE):
            return round(float(self.value) - float(self.before), 4)
        if not self.before:
            return None
        return round((float(self.value) - float(self.before)) / float(self.before), 4)


@dataclass(frozen=True)
class Filled:
    table: Table
    rows: Sequence[Row]


@dataclass(frozen=True)
class Series:
    column: Column
    values: list[Any]


@dataclass(frozen=True)
class Drawn:
    """A chart with its values: `labels` along the axis, and as many values in every series."""

    chart: Chart
    x: Column
    labels: list[Any]
    series: list[Series]

    @property
    def shape(self) -> Shape:
        return self.chart.shape


@dataclass(frozen=True)
class Answer:
    report: Report
    asked: Asked
    figures: list[Figure]
    tables: list[Filled]
    charts: list[Drawn]


def asked_of(report: Report, given: Mapping[str, str], actor: Actor) -> Asked:
    """Raises `InvalidInputError` naming the parameter that makes no sense."""
    filters = {}
    for one in report.filters:
        if text := given.get(one.name, ""):
            if "\x00" in text or len(text) > 200:
                raise InvalidInputError("不是有效的值", attr=one.name)
            filters[one.name] = one.read(text, one.name)
    asked = Asked(actor, asked_span(given), filters)
    report.check(asked)
    return asked


def answer(report: Report, asked: Asked) -> Answer:
    """A fixed number of queries, however many rows they count."""
    here, before = report.measured(asked), report.measured(asked.before)
    now = report.now(asked)
    tables = [Filled(table, table.rows(asked)) for table in report.tables]
    by_name = {filled.table.name: filled for filled in tables}
    return Answer(
        report=report,
        asked=asked,
        figures=[
            Figure(measure, now[measure.name])
            if measure.is_now
            else Figure(measure, here[measure.name], before[measure.name])
            for measure in report.measures
        ],
        tables=tables,
        charts=[_drawn(chart, by_name[chart.table]) for chart in report.charts],
    )


def asked_table(report: Report, given: Mapping[str, str]) -> Table:
    """The table to take away; the first without a word. Raises `InvalidInputError`."""
    name = given.get("table") or report.tables[0].name
    table = report.table(name)
    if table is None:
        known = "、".join(one.name for one in report.tables)
        raise InvalidInputError(f"必须是 {known} 之一", code="invalid_choice", attr="table")
    return table


def asked_format(given: Mapping[str, str]) -> str:
    wanted = given.get("format") or "csv"
    if wanted not in FORMATS:
        raise InvalidInputError("必须是 csv 或 xlsx", code="invalid_choice", attr="format")
    return wanted


def exported(
    report: Report, table: Table, asked: Asked, *, kind: str
) -> tuple[list[str], Iterator[list[str]]]:
    """The header and the rows of one table; whoever takes it leaves a line in the log."""
    log = partial(logger.info, "report_exported", report=report.name, table=table.name)
    rows = noted(
        _filed(table, table.rows(asked)), log, actor=asked.actor, kind=kind, asked=asked.filters
    )
    return [header_of(column) for column in table.columns], rows


def _filed(table: Table, rows: Iterable[Row]) -> Iterator[list[str]]:
    for row in rows:
        yield [filed(row[column.name], column.kind) for column in table.columns]


def _drawn(chart: Chart, filled: Filled) -> Drawn:
    columns = {column.name: column for column in filled.table.columns}
    return Drawn(
        chart=chart,
        x=columns[chart.x],
        labels=[row[chart.x] for row in filled.rows],
        series=[Series(columns[name], [row[name] for row in filled.rows]) for name in chart.series],
    )
