"""Celery's doors into the Official Account."""

from celery import shared_task

from wechat.official import codes, menu, profiles
from wechat.official.media import fetching, wanted


@shared_task(time_limit=60)
def read_follower(openid: str) -> None:
    """Who somebody is beyond this account, right after they followed."""
    profiles.read([openid])


@shared_task(time_limit=60)
def make_code(code_id: int) -> None:
    """A QR code at the platform."""
    codes.code_make(code_id)


@shared_task(time_limit=60)
def publish_menu() -> None:
    """The menu, asked for in the admin."""
    menu.publish_and_remember()


@shared_task(time_limit=120)
def fetch_media(media_id: int) -> None:
    """A picture, voice or film that a follower sent."""
    fetching.fetch(media_id)


@shared_task(time_limit=30)
def fetch_media_due() -> None:
    """Every 30 s: what waits for another try, or whose worker died, or has found its place."""
    wanted.look_for_due()


@shared_task(time_limit=300)
def catch_up() -> None:
    """Every 10 minutes: who followed lately and was not told of, and codes that were not made."""
    profiles.read_lately()
    codes.codes_make_lost()
