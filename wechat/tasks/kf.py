"""Celery's doors into WeChat customer service."""

from celery import shared_task

from wechat.kf import accounts, media, people, reading, states, transfer, welcome


@shared_task(time_limit=120)
def read(account_id: int) -> None:
    """Somebody rang: what is new at the account."""
    reading.read(account_id)


@shared_task(time_limit=30)
def read_due() -> None:
    """Every 5 s: accounts that wait to be read and that nobody reads."""
    reading.read_due()


@shared_task(time_limit=120)
def look_everywhere() -> None:
    """Every hour: the accounts, and what is new at them, rung or not."""
    accounts.look_everywhere()


@shared_task(time_limit=60)
def take(kf_customer_id: int) -> None:
    """A customer whom nobody serves is ours."""
    states.take(kf_customer_id)


@shared_task(time_limit=60)
def greet(welcome_id: int) -> None:
    """The greeting of who opened a talk."""
    welcome.greet(welcome_id)


@shared_task(time_limit=60)
def read_customer(kf_customer_id: int) -> None:
    """Name and unionid of who wrote for the first time."""
    people.read_customer(kf_customer_id)


@shared_task(time_limit=120)
def fetch_media(callback_id: int) -> None:
    """A picture or file that a customer sent."""
    media.fetch_media(callback_id)


@shared_task(time_limit=60)
def hand_over(chat_id: int, state: int, servicer: str, user_id: int) -> None:
    """An agent gave the customer to a servicer, to the queue, or ended the session."""
    transfer.hand_over(chat_id, state, servicer, user_id)
