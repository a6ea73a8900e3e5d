"""What JSON Schema found wrong, in the operators' words, and at which field it is to be shown."""

from collections.abc import Callable, Iterable
from typing import Any

from jsonschema.exceptions import ValidationError, best_match

_TYPES = {
    "integer": "整数",
    "number": "数字",
    "string": "文字",
    "boolean": "true 或 false",
    "object": "对象",
    "array": "列表",
    "null": "null",
}
_WORDS: dict[str, Callable[[Any], str]] = {
    "type": lambda wanted: f"必须是{_types(wanted)}",
    "minimum": lambda least: f"不能小于 {least}",
    "maximum": lambda most: f"不能大于 {most}",
    "enum": lambda choices: f"只能是 {'、'.join(str(choice) for choice in choices)}",
    "minLength": lambda least: "不能为空" if least == 1 else f"至少 {least} 个字",
    "maxLength": lambda most: f"最多 {most} 个字",
    "minItems": lambda least: f"至少 {least} 项",
    "maxItems": lambda most: f"最多 {most} 项",
    "maxProperties": lambda most: f"最多 {most} 项",
    "uniqueItems": lambda _: "不能有重复的项",
    "pattern": lambda pattern: f"格式不对，须符合 {pattern}",
}
# What somebody wrote is repeated only so far.
_REPEATED = 60


def faults_of(errors: Iterable[ValidationError]) -> list[tuple[str, str]]:
    """`(path, words)` of each, in the order of the paths; the path is dotted, "" for the whole value."""
    found: dict[tuple[str, str], None] = {}
    for error in errors:
        for fault in _faults(_meant(error)):
            found[fault] = None
    return sorted(found)


def _meant(error: ValidationError) -> ValidationError:
    """Of alternatives (`anyOf`), the error in the one that was most likely meant."""
    return best_match([error]) or error


def _faults(error: ValidationError) -> list[tuple[str, str]]:
    parts = [str(part) for part in error.absolute_path]
    kind = str(error.validator)
    wanted: Any = error.validator_value
    instance: Any = error.instance
    if kind == "required":
        return [(".".join([*parts, name]), "必填") for name in wanted if name not in instance]
    if kind == "additionalProperties":
        return [(".".join([*parts, name]), "没有这一项") for name in _strange(error)]
    if "propertyNames" in list(error.absolute_schema_path)[-2:-1]:
        parts.append(str(instance)[:_REPEATED])
    words = _WORDS.get(kind)
    return [(".".join(parts), words(wanted) if words else str(error.message)[:200])]


def _strange(error: ValidationError) -> list[str]:
    """The names that the schema knows neither by name nor by pattern."""
    instance: Any = error.instance
    known = error.schema.get("properties", {}) if isinstance(error.schema, dict) else {}
    return [str(name)[:_REPEATED] for name in instance if name not in known]


def _types(wanted: Any) -> str:
    names = [wanted] if isinstance(wanted, str) else wanted
    return "或".join(_TYPES.get(name, name) for name in names)
