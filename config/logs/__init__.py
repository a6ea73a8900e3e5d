"""Structured logging: readable lines on a terminal, JSON for machines."""

import logging
from typing import Any, Literal

import structlog

from config.logs.masks import mask_line

LogFormat = Literal["console", "json"]

_SHARED: list[structlog.typing.Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=False),
]
# A traceback becomes text, so that what its words hold is masked too.
_LAST: list[structlog.typing.Processor] = [structlog.processors.format_exc_info, mask_line]


def configuration(log_format: str, level: str) -> dict[str, Any]:
    """The `LOGGING` dictionary; `log_format` is `console` or `json`, `level` a logging level name."""
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if log_format == "json"
        else structlog.dev.ConsoleRenderer(colors=False)
    )
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_SHARED,
            *_LAST,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "structured": {
                "()": structlog.stdlib.ProcessorFormatter,
                "processor": renderer,
                "foreign_pre_chain": [*_SHARED, *_LAST],
            }
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "structured"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "django.server": {"level": "WARNING"},
            "celery": {"level": "WARNING" if log_format == "console" else level},
            "amqp": {"level": "WARNING"},
            "kombu": {"level": "WARNING"},
        },
    }


def get_logger(name: str) -> structlog.stdlib.BoundLogger:
    """A logger whose keyword arguments become fields. Never pass bodies, phones or tokens."""
    logger: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(name)
    return logger


logging.captureWarnings(capture=True)
