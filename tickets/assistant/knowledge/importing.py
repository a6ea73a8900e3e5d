"""Articles from a table: a row an article; one of the same title is changed, not doubled."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from django.db import transaction

from config.errors import AppError, InvalidInputError
from config.sheets import Line, Table, as_typed, table_of_file
from customers.actors import Actor
from tickets.assistant.knowledge.articles import (
    ArticleChanges,
    article_create,
    article_edit,
    require_writer,
)
from tickets.models import ArticleStatus, KnowledgeArticle

MAX_BYTES, MAX_ROWS = 2 * 1024 * 1024, 1000
TITLE, BODY, CATEGORY, PRODUCT = "标准问题", "答案", "分类", "产品"
KEYWORDS, QUESTIONS, PUBLIC, STATUS = "关键词", "相似问法", "可答复客户", "状态"
COLUMNS = (TITLE, BODY, CATEGORY, PRODUCT, KEYWORDS, QUESTIONS, PUBLIC, STATUS)
# Between several keywords or questions in one cell.
BETWEEN = "|"
_NO = frozenset({"否", "不", "no", "n", "false", "0"})
_STATUS = {status.label: status.value for status in ArticleStatus}


@dataclass
class Imported:
    """`errors`: the line as people count them, and why its row was left out."""

    created: int = 0
    updated: int = 0
    errors: list[tuple[int, str]] = field(default_factory=list)


def articles_import(*, file: BinaryIO, name: str, size: int, actor: Actor) -> Imported:
    """CSV or XLSX; a cell that is empty changes nothing, a new article without a state is a draft.

    Raises `NotAllowedError`, and `InvalidInputError` for what is no such table.
    """
    require_writer(actor)
    if size > MAX_BYTES:
        raise InvalidInputError(f"文件不能超过 {MAX_BYTES // 1024 // 1024} MB", attr="file")
    table = table_of_file(file, name, max_unpacked_bytes=MAX_BYTES * 10)
    if TITLE not in table.header:
        raise InvalidInputError(f"第一行须为列名，并且有「{TITLE}」", attr="file")
    done = Imported()
    for line, row in _bounded(table):
        try:
            with transaction.atomic():
                _row(dict(zip(table.header, row, strict=False)), done, actor)
        except AppError as error:
            done.errors.append((line, error.detail))
    return done


def _bounded(table: Table) -> Iterator[Line]:
    for at, line in enumerate(table.rows):
        if at == MAX_ROWS:
            raise InvalidInputError(f"一次最多 {MAX_ROWS} 行，前面的已导入", attr="file")
        yield line


def _row(cells: dict[str, str], done: Imported, actor: Actor) -> None:
    changes = _changes(cells)
    title = changes.get("title", "")
    known = KnowledgeArticle.objects.filter(title=title).values_list("pk", flat=True).first()
    if known is None:
        article_create(changes=changes, actor=actor)
        done.created += 1
    else:
        article_edit(article_id=known, changes=changes, actor=actor)
        done.updated += 1


def _changes(cells: dict[str, str]) -> ArticleChanges:
    said = {name: as_typed(cell).strip() for name, cell in cells.items() if cell.strip()}
    changes: ArticleChanges = {"title": said.get(TITLE, "")}
    if BODY in said:
        changes["body"] = said[BODY]
    if CATEGORY in said:
        changes["category"] = _short(said[CATEGORY], CATEGORY, 50)
    if PRODUCT in said:
        changes["product"] = _short(said[PRODUCT], PRODUCT, 100)
    if KEYWORDS in said:
        changes["keywords"] = said[KEYWORDS].split(BETWEEN)
    if QUESTIONS in said:
        changes["questions"] = said[QUESTIONS].split(BETWEEN)
    if PUBLIC in said:
        changes["is_public"] = said[PUBLIC].lower() not in _NO
    if STATUS in said:
        if said[STATUS] not in _STATUS:
            raise InvalidInputError(f"状态须为 {'、'.join(_STATUS)}", attr="status")
        changes["status"] = _STATUS[said[STATUS]]
    return changes


def _short(text: str, name: str, longest: int) -> str:
    if len(text) > longest:
        raise InvalidInputError(f"{name}最多 {longest} 个字")
    return text
