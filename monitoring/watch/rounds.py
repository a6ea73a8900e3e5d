"""One round of the watch: look, note, tell. Any process may make one, at any time."""

import threading

from django.db import DatabaseError, InterfaceError

from config.health import probing
from config.logs import get_logger
from config.redis_link import RedisAway, ask
from monitoring.watch import alerting, ledger, spool
from monitoring.watch.judging import Judgement, judge
from monitoring.watch.ways import Surroundings

logger = get_logger(__name__)

# With several who watch, a round is made at most so often. Without Redis each makes its own.
TURN_SECONDS = 4
_TURN = "scrm:watch:turn"

_own = threading.Lock()
# What was open in the database when it was last there.
_known: set[tuple[str, str]] = set()


def take_turn() -> bool:
    """Makes a round unless another process has just made one; True asks for the next one soon."""
    try:
        is_mine = bool(ask(lambda redis: redis.set(_TURN, "1", nx=True, ex=TURN_SECONDS)))
    except RedisAway:
        is_mine = True
    return watch_once() if is_mine else False


def watch_once() -> bool:
    """Looks at everything, and tells what is new. True when something needs another look soon."""
    with _own:
        parts = probing.readings()
        judgement = judge(parts)
        surroundings = Surroundings(judgement.broken_channels, parts)
        if parts["database"].is_ok:
            try:
                _with_database(judgement, surroundings)
            except (DatabaseError, InterfaceError) as error:
                logger.warning("watch_database_away", error=type(error).__name__)
                return True
        else:
            _without_database(judgement, surroundings)
        return judgement.is_pending


def _with_database(judgement: Judgement, surroundings: Surroundings) -> None:
    global _known
    noted = spool.entries()
    news = ledger.take_in(judgement, noted)
    if noted:
        spool.clear(noted)
    _known = ledger.open_keys()
    if news and (way := alerting.tell(news, surroundings, has_database=True)):
        ledger.told(news, way)


def _without_database(judgement: Judgement, surroundings: Surroundings) -> None:
    news = spool.take_in(judgement, _known)
    if news and (way := alerting.tell(news, surroundings, has_database=False)):
        spool.told(news, way)


def forget() -> None:
    global _known
    _known = set()
