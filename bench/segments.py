"""Saves the segments that the customers' bench asks for; tells their ids as JSON.

Run inside the system's environment: `python -m bench.segments '[tag ids]'`.
"""

import json
import os
import sys

import django


def save(tags: list[int]) -> list[int]:
    from customers import conditions
    from customers.models import Segment

    wanted = {
        "one tag": {"all": [{"field": "tags", "op": "has_any", "value": [tags[0]]}]},
        "two tags": {"all": [{"field": "tags", "op": "has_all", "value": tags}]},
        "silent for 60 days, of WeCom": {
            "all": [
                {"field": "channel", "op": "eq", "value": "wecom"},
                {"field": "last_active_at", "op": "older_than_days", "value": 60},
            ]
        },
        "a sale, without a tag": {
            "all": [
                {"field": "projects.amount", "op": "gte", "value": 12000},
                {"field": "tags", "op": "has_none", "value": [tags[1]]},
            ]
        },
    }
    for value in wanted.values():
        conditions.parse(value)
    return [
        Segment.objects.create(name=name, conditions=value).pk for name, value in wanted.items()
    ]


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    sys.stdout.write(json.dumps(save(json.loads(sys.argv[1]))))
