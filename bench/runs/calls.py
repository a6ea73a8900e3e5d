"""Timing one call after another, and filling tables by COPY."""

from collections.abc import Callable, Iterator

from bench.system import System

BLOCK = 10_000
# So that connections, plans and caches are there.
WARM_UP = 3


def times(system: System, path: Callable[[int], str], calls: int) -> list[float] | str:
    """Milliseconds of each call, the first few left out; or why there are none."""
    found: list[float] = []
    for number in range(calls + WARM_UP):
        status, seconds = system.get(path(number))
        if status == 404:
            return "no such call yet"
        if status != 200:
            raise RuntimeError(f"{path(number)}: {status}")
        found.append(1000 * seconds)
    return found[WARM_UP:]


def blocks(lines: Iterator[str]) -> Iterator[str]:
    """Lines for COPY, many at a time."""
    block: list[str] = []
    for line in lines:
        block.append(line)
        if len(block) == BLOCK:
            yield "".join(block)
            block.clear()
    yield "".join(block)
