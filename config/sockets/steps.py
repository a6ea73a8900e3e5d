"""The steps of a watch: one that fails is taken again at the next turn."""

from collections.abc import Awaitable, Callable

from config.logs import get_logger

logger = get_logger(__name__)


async def safely(step: Callable[[], Awaitable[None]]) -> None:
    """The database may be away for a moment; whoever is connected waits for it."""
    try:
        await step()
    except Exception:
        logger.exception("watch_step_failed", step=getattr(step, "__qualname__", ""))
