"""What a template of this channel says beside its body, and what a message keeps of it.

`options.template_code`: the provider's number of its approved template.
`options.template_params`: what fills it. Aliyun takes an object, name to text; Tencent a list, in
its order; every text may hold `{{name}}`. It is never guessed from the body: the provider's names
are its own.
`options.template_type`: `code` or `notice` (when absent); it decides which limits hold.
"""

import re
from typing import Any

from config.errors import InvalidInputError
from messaging.channels.base import Content
from messaging.rendering import parse

CODE, NOTICE = "code", "notice"
_TEMPLATE_CODE = re.compile(r"[A-Za-z0-9_]{1,64}")
MAX_PARAMS = 50


def check(content: Content) -> None:
    """Raises `InvalidInputError` for a template that no provider would take."""
    payload_of(content)
    names = parse(content.body).names
    if names and not content.options.get("template_params"):
        raise InvalidInputError(
            f"正文有变量 {'、'.join(names)}，请写明平台模板的变量，例如 "
            f'{{"{names[0]}": "{{{{{names[0]}}}}}"}}（阿里云）或 ["{{{{{names[0]}}}}}"]（腾讯云）',
            attr="options.template_params",
        )


def payload_of(content: Content) -> dict[str, Any]:
    """The message as it is kept; raises `InvalidInputError` naming the option at fault."""
    code = content.options.get("template_code")
    if not isinstance(code, str) or not _TEMPLATE_CODE.fullmatch(code):
        raise InvalidInputError(
            "必须是短信平台的模板编号，例如 SMS_123456789 或 1234567", attr="options.template_code"
        )
    params = content.options.get("template_params")
    texts = list(params.values()) if isinstance(params, dict) else params
    if params is not None and not (
        isinstance(texts, list) and all(isinstance(text, str) for text in texts)
    ):
        raise InvalidInputError(
            "必须是「变量名: 文字」的对象（阿里云）或文字的列表（腾讯云）",
            attr="options.template_params",
        )
    if texts and len(texts) > MAX_PARAMS:
        raise InvalidInputError(f"最多 {MAX_PARAMS} 个变量", attr="options.template_params")
    kind = content.options.get("template_type", NOTICE)
    if kind not in (CODE, NOTICE):
        raise InvalidInputError("必须是 code 或 notice", attr="options.template_type")
    return {
        "template_code": code,
        "template_params": params,
        "template_type": kind,
        "content": content.body,
    }
