"""Structured logs: a JSON object a line on standard error, without what people have typed or are called."""

from __future__ import annotations

import logging
import re
import sys

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

# From here on asyncio repeats tasks, with what they ended in, and the arguments of callbacks.
_QUOTED = re.compile(r"[\n(<]")


def configure(level: str) -> None:
    """Send every log, ours and the libraries', to standard error in one form.

    A traceback names functions and lines, never the values of variables: those are people's data.
    """
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _traceback,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, _library],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    # What a library says below a warning quotes bodies and tokens.
    for name in ("slack_bolt", "slack_sdk", "leadbot.bolt", "aiohttp", "uvicorn.access", "sqlalchemy", "alembic"):
        logging.getLogger(name).setLevel(logging.WARNING)


def _traceback(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """The frames of an exception, without its message, which may quote what somebody typed."""
    error = event.pop("exc_info", None)
    if error is True:
        error = sys.exc_info()[1]
    if isinstance(error, tuple):
        error = error[1]
    if isinstance(error, BaseException):
        event["error"] = type(error).__name__
        event["frames"] = _frames(error)
    return event


def _frames(error: BaseException) -> list[str]:
    frames = []
    at = error.__traceback__
    while at:
        code = at.tb_frame.f_code
        frames.append(f"{code.co_filename.rsplit('/', 1)[-1]}:{at.tb_lineno} {code.co_qualname}")
        at = at.tb_next
    return frames


def _library(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """Who speaks, where it is a library; of what asyncio says, only what comes before it quotes."""
    record = event.get("_record")
    if record is not None:
        event["logger"] = record.name
        if record.name == "asyncio":
            event["event"] = _QUOTED.split(event["event"], maxsplit=1)[0]
    return event
