"""All keys as one file: taken away, and brought back after its effects were shown."""

import json
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone

from config.errors import InvalidFieldsError
from config.runtime import document
from config.runtime.admin import shown
from config.runtime.admin.fields import read_json
from config.runtime.admin.form import ImportForm

MAX_FILE = 2_000_000


class WholePages:
    """The pages `export/` and `import/` of the settings' admin."""

    page: Any
    check_may: Any

    def export_page(self, request: HttpRequest) -> HttpResponse:
        self.check_may(request, "view")
        now = timezone.localtime()
        found = {"exported_at": now.isoformat(), "values": document.mapping()}
        answer = HttpResponse(
            json.dumps(found, ensure_ascii=False, indent=2), content_type="application/json"
        )
        answer["Content-Disposition"] = (
            f'attachment; filename="runtime-config-{now:%Y%m%d-%H%M%S}.json"'
        )
        return answer

    def import_page(self, request: HttpRequest) -> HttpResponse:
        """POST shows what would change; with `_confirmed` it does it, all or nothing."""
        self.check_may(request, "change")
        context: dict[str, Any] = self.page(request, "导入运行时配置")
        if request.method == "POST":
            form = ImportForm(request.POST, request.FILES)
            context |= self._looked_at(form)
            if "values" in context and "_confirmed" in request.POST:
                return self._applied(request, context["values"], form.cleaned_data["reason"])
        return TemplateResponse(request, "admin/config/runtime_import.html", context)

    def _looked_at(self, form: ImportForm) -> dict[str, Any]:
        """What is wrong with it, or what it would change."""
        if not form.is_valid():
            return {"problems": [("", text) for found in form.errors.values() for text in found]}
        text = form.cleaned_data["text"]
        reason = form.cleaned_data["reason"]
        file = form.cleaned_data["file"]
        try:
            if file is not None:
                text = file.read(MAX_FILE + 1).decode("utf-8-sig")
            values = _values(read_json(text))
            changed = document.compare(values)
        except InvalidFieldsError as error:
            return {"problems": error.faults, "text": text, "reason": reason}
        except UnicodeDecodeError:
            return {"problems": [("", "文件不是 UTF-8 编码")], "reason": reason}
        except ValidationError as error:
            problems = [("", one) for one in error.messages]
            return {"problems": problems, "text": text, "reason": reason}
        return {
            "values": values,
            "text": text,
            "reason": reason,
            "changed": shown.key_changes(changed),
            "is_checked": True,
        }

    def _applied(self, request: HttpRequest, values: dict[str, Any], reason: str) -> HttpResponse:
        changed = document.apply(values, actor=request.user, reason=reason or "导入")
        messages.success(request, f"已导入：{len(changed)} 个配置项有变化")
        return redirect("admin:config_runtimesetting_changelist")


def _values(read: Any) -> dict[str, Any]:
    """An export, or its `values` alone; raises `ValidationError` for anything else."""
    if isinstance(read, dict):
        read = read.get("values", read)
    if not isinstance(read, dict) or not read:
        raise ValidationError('须是导出的文件，或 {"键": 值}')
    return read
