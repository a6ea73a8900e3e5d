"""One question to the model, with an end to the waiting; its errors are ours from here on."""

import asyncio
import threading
import time
from typing import Any

from django.conf import settings

ANSWER_TOKENS = 200


class LlmError(Exception):
    """No answer; the text says why: `timeout`, `starting`, `http_500`, `unreachable`, `no_text`."""


_loaded = threading.Event()
_loading = threading.Lock()


def ask(messages: list[dict[str, str]], *, seconds: float) -> str:
    """What the model wrote, within `seconds` in all. Raises `LlmError`."""
    ends_at = time.monotonic() + seconds
    _load()
    # The library alone takes seconds to load: whoever comes first does not wait for that.
    if not _loaded.wait(max(seconds, 0)):
        raise LlmError("starting")
    left = ends_at - time.monotonic()
    if left <= 0:
        raise LlmError("timeout")
    return asyncio.run(_asked(messages, left))


def _load() -> None:
    with _loading:
        if not _loaded.is_set() and not any(
            one.name == "load-llm" for one in threading.enumerate()
        ):
            threading.Thread(target=_import, name="load-llm", daemon=True).start()


def _import() -> None:
    import openai  # noqa: F401

    _loaded.set()


async def _asked(messages: list[dict[str, str]], seconds: float) -> str:
    import openai

    # Whatever it answers, it does not send us elsewhere.
    http = openai.DefaultAsyncHttpx2Client(follow_redirects=False, trust_env=False)
    client = openai.AsyncOpenAI(
        base_url=settings.LLM_BASE_URL,
        api_key=settings.LLM_API_KEY or "none",
        max_retries=0,
        timeout=seconds,
        http_client=http,
    )
    try:
        async with asyncio.timeout(seconds):
            # Of several deadlines only this one holds for an answer that trickles in.
            answer: Any = await client.chat.completions.create(
                model=settings.LLM_MODEL,
                messages=messages,  # type: ignore[arg-type]
                temperature=0,
                max_tokens=ANSWER_TOKENS,
            )
            text = answer.choices[0].message.content
    except (TimeoutError, openai.APITimeoutError) as error:
        raise LlmError("timeout") from error
    except openai.APIStatusError as error:
        raise LlmError(f"http_{error.status_code}") from error
    except openai.APIConnectionError as error:
        raise LlmError("unreachable") from error
    # Any shape may come from somewhere that only claims to speak this protocol.
    except (openai.OpenAIError, AttributeError, IndexError, TypeError, ValueError) as error:
        raise LlmError("nonsense") from error
    finally:
        await http.aclose()
    if not isinstance(text, str) or not text.strip():
        raise LlmError("no_text")
    return text
