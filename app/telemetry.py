"""What this process tells its operator: logs, one event per line, and metrics.

Logs go to standard error, for people or as JSON.
"""

import logging
import sys
from collections.abc import Mapping
from datetime import datetime

import structlog
from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    GCCollector,
    Histogram,
    ProcessCollector,
)
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from structlog.typing import Processor


class Metrics:
    """What Prometheus asks for; each application counts for itself."""

    media_type = CONTENT_TYPE_LATEST

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        GCCollector(registry=self.registry)
        self.requests = Histogram(
            "samkod_http_request_duration_seconds",
            "Requests by method, route and status.",
            ("method", "route", "status"),
            registry=self.registry,
        )

        self.harvests = Counter(
            "samkod_harvests",
            "Harvests by peer, and how they ended.",
            ("peer", "state"),
            registry=self.registry,
        )
        self.harvested_records = Counter(
            "samkod_harvested_records",
            "Records by peer, and what became of them.",
            ("peer", "outcome"),
            registry=self.registry,
        )
        self.harvested_at = Gauge(
            "samkod_harvest_success_timestamp_seconds",
            "When the last good harvest of a peer ended.",
            ("peer",),
            registry=self.registry,
        )

    def harvested(
        self, peer: str, state: str, counts: Mapping[str, int], succeeded_at: datetime | None
    ) -> None:
        """Count a harvest, and what it brought."""
        self.harvests.labels(peer, state).inc()
        for outcome, count in counts.items():
            self.harvested_records.labels(peer, outcome).inc(count)
        if succeeded_at:
            self.harvested_at.labels(peer).set(succeeded_at.timestamp())

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request; `route` is the path as its router declares it, `""` where there is none."""
        self.requests.labels(method, route, status).observe(seconds)

    def text(self) -> bytes:
        """All of them, in the text format of Prometheus."""
        return generate_latest(self.registry)


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
