"""Numbers in a request's query."""

from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from config.whole_number import whole_number


def asked_number(request: Request, name: str, *, default: int, most: int) -> int:
    """`?name=7`, from 1 to `most`; raises `ValidationError` naming it."""
    text = request.query_params.get(name)
    if text is None:
        return default
    number = whole_number(text)
    if number is None or not 1 <= number <= most:
        raise ValidationError({name: f"必须是 1 到 {most} 之间的整数"})
    return number
