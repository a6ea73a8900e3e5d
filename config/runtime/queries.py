"""What the list, one entry, its history and its differences show."""

from django.db.models import QuerySet

from config.errors import InvalidInputError
from config.runtime import schema
from config.runtime.diff import Change, diff
from config.runtime.models import RuntimeSetting, RuntimeSettingRevision
from config.runtime.schema import JSONValue


def entries() -> QuerySet[RuntimeSetting]:
    """One row for each key that an app has registered, changed or not.

    A key that is new to the database gets its row here, at version 0, so that it has an id.
    """
    known = [spec.key for spec in schema.all_specs()]
    rows = RuntimeSetting.objects.filter(key__in=known)
    missing = set(known).difference(rows.values_list("key", flat=True))
    if missing:
        RuntimeSetting.objects.bulk_create(
            [
                RuntimeSetting(key=key, value=schema.spec(key).default, version=0, is_set=False)
                for key in sorted(missing)
            ],
            ignore_conflicts=True,
        )
    return rows.order_by("key")


def value_in_force(row: RuntimeSetting | RuntimeSettingRevision, key: str) -> JSONValue:
    """Of an entry or of a version: completed, or the code's default."""
    return schema.completed(key, row.value) if row.is_set else schema.spec(key).default


def description_of(row: RuntimeSetting) -> str:
    return row.description or schema.spec(row.key).description


def history(row: RuntimeSetting) -> QuerySet[RuntimeSettingRevision]:
    """Newest first."""
    return row.revisions.order_by("-version")


def differences(
    row: RuntimeSetting, *, before: int | None = None, after: int | None = None
) -> list[Change]:
    """Between two versions; without `before` from the default, without `after` to the present.

    Raises `InvalidInputError` for a version that there is not.
    """
    old = schema.spec(row.key).default if before is None else _at(row, before, "from")
    new = value_in_force(row, row.key) if after is None else _at(row, after, "to")
    return diff(old, new)


def _at(row: RuntimeSetting, version: int, attr: str) -> JSONValue:
    found = row.revisions.filter(version=version).first()
    if found is None:
        raise InvalidInputError(f"没有版本 {version}", code="unknown_version", attr=attr)
    return value_in_force(found, row.key)


def newest_versions() -> dict[str, int]:
    """Key → version of what is in the database; keys never changed are left out."""
    return dict(RuntimeSetting.objects.filter(version__gt=0).values_list("key", "version"))
