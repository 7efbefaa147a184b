"""Structured logs: one JSON object a line, with the request's fields on every line.

Values from outside are logged as JSON strings, so no line break or control character of a
caller can forge a second record. Secrets and card text are never given to a logger.
"""

from __future__ import annotations

import logging
import sys
import traceback
from typing import TYPE_CHECKING, Literal, TextIO

import structlog
from structlog.contextvars import bound_contextvars, merge_contextvars

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from structlog.typing import FilteringBoundLogger, Processor

_LEVELS = {
    "debug": logging.DEBUG,
    "info": logging.INFO,
    "warning": logging.WARNING,
    "error": logging.ERROR,
}
_MAX_FRAMES = 20


def configure_logs(level: str = "info", form: Literal["json", "console"] = "json") -> None:
    """Send all logs, the libraries' own included, to standard error in one form."""
    renderer: Processor = (
        structlog.processors.JSONRenderer(sort_keys=True)
        if form == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    shared: list[Processor] = [
        merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[*shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(_LEVELS[level]),
        logger_factory=_StderrLoggers(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
            foreign_pre_chain=[*shared, structlog.stdlib.add_logger_name],
        )
    )
    logging.basicConfig(level=_LEVELS[level], handlers=[handler], force=True)
    logging.getLogger("urllib3").setLevel(logging.ERROR)


def quiet_logs() -> None:
    """For commands a person runs: their results say what went wrong, log lines would only repeat it."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    logging.basicConfig(level=logging.CRITICAL, force=True)


class _StderrLoggers:
    """Makes loggers that write to whatever standard error is now; tests replace it."""

    def __call__(self, *_: object) -> structlog.PrintLogger:
        """One logger."""
        return structlog.PrintLogger(_CurrentStderr())  # type: ignore[arg-type]  # only write and flush are used


class _CurrentStderr:
    """A file that is always today's sys.stderr."""

    @property
    def _now(self) -> TextIO:
        return sys.stderr

    def write(self, text: str) -> int:
        """Write one line."""
        return self._now.write(text)

    def flush(self) -> None:
        """Flush it."""
        self._now.flush()


def get_logger() -> FilteringBoundLogger:
    """A logger that carries the fields of the request being judged."""
    logger: FilteringBoundLogger = structlog.get_logger()
    return logger


def request_fields(**fields: str | None) -> AbstractContextManager[None]:
    """Put uid, namespace, kind and name on every line logged inside the block."""
    return bound_contextvars(**fields)


def fault_places(fault: BaseException) -> list[str]:
    """What went wrong and where, without messages: those quote values, and logs keep no secrets."""
    frames = [f"{frame.f_code.co_qualname}:{line}" for frame, line in traceback.walk_tb(fault.__traceback__)]
    places = [f"{type(fault).__name__} in {' > '.join(frames[-_MAX_FRAMES:])}"]
    inner = fault.exceptions if isinstance(fault, BaseExceptionGroup) else ()
    return [*places, *(place for part in inner for place in fault_places(part))]
