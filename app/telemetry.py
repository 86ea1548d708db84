"""How this process logs: one event per line on standard error, for people or as JSON."""

import logging
import sys

import structlog
from structlog.typing import Processor


def configure(log_format: str, log_level: str) -> None:
    """Set up structlog for the whole process; `log_format` is `text` or `json`."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            *_rendering(log_format),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(
            logging.getLevelNamesMapping()[log_level.upper()]
        ),
        # Looked up for each logger: tests and terminals replace standard error.
        logger_factory=lambda *_names: structlog.PrintLogger(sys.stderr),
        cache_logger_on_first_use=False,
    )


def _rendering(log_format: str) -> list[Processor]:
    """Tracebacks are plain ones: those with local variables would show bodies and tokens."""
    if log_format == "json":
        return [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    plain = structlog.dev.plain_traceback
    return [structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=plain)]
