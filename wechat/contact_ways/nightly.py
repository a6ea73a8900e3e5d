"""Every night: is each of our codes still known to the platform?"""

from wechat.client.blocking import BlockingClient
from wechat.contact_ways.actions import way_changed
from wechat.models import ContactWay

PAGE = 1000
MOST_PAGES = 200


def ways_check() -> int:
    """What the platform lost, or was deleted there by hand, is made anew; returns how many.

    Raises `PlatformRefusal`: tomorrow is another night.
    """
    ours = dict(
        ContactWay.objects.filter(is_active=True)
        .exclude(config_id="")
        .values_list("config_id", "pk")
    )
    if not ours:
        return 0
    listed, is_whole = _listed()
    if not is_whole:
        return 0
    for config_id in listed:
        ours.pop(config_id, None)
    for way_id in ours.values():
        ContactWay.objects.filter(pk=way_id).update(config_id="", qr_code="")
        way_changed(way_id)
    return len(ours)


def _listed() -> tuple[set[str], bool]:
    """Ids, and whether these are all."""
    found: set[str] = set()
    cursor = ""
    with BlockingClient() as client:
        for _ in range(MOST_PAGES):
            body = {"limit": PAGE, **({"cursor": cursor} if cursor else {})}
            answer = client.post("externalcontact/list_contact_way", body)
            rows = answer.get("contact_way")
            found |= {
                str(row.get("config_id"))
                for row in (rows if isinstance(rows, list) else [])
                if isinstance(row, dict)
            }
            cursor = str(answer.get("next_cursor") or "")
            if not cursor:
                return found, True
    return found, False
