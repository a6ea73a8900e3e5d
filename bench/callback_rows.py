"""`python -m bench.callback_rows count`: waits until that many are worked; what became of them, as JSON."""

import json
import os
import sys
import time

import django

WAIT_SECONDS = 240


def main(count: int) -> None:
    from django.db.models import Count

    from tickets.models import AssistantTurn, ChatMessage
    from wechat.models import Callback, CallbackStatus

    started = time.monotonic()
    rows = Callback.objects.all()
    while rows.filter(status=CallbackStatus.RECEIVED).exists():
        if time.monotonic() - started > WAIT_SECONDS:
            break
        time.sleep(0.2)
    states = dict(rows.values_list("status").annotate(number=Count("id")))
    turns = AssistantTurn.objects.exclude(external_id="").values_list("external_id", flat=True)
    said = ChatMessage.objects.exclude(external_id="").values_list("external_id", flat=True)
    # One that goes on to a person is a turn of the assistant's and a message of the chat.
    heard = {*turns, *said}
    found = {
        "stored": rows.count(),
        "states": states,
        "heard": len(heard),
        "twice": sum(len(each) - len(set(each)) for each in (list(turns), list(said))),
        "missing": count - len(heard),
        "worked_after_seconds": round(time.monotonic() - started, 1),
    }
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    main(int(sys.argv[1]))
