"""What the server writes while it runs: plain lines for one person, JSON lines for a host."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from typing import Any

__all__ = ["REQUESTS", "JsonLines", "log_configuration"]

REQUESTS = "stateroom.requests"
"""The logger of requests and callbacks; its records carry their facts as `told`."""


class JsonLines(logging.Formatter):
    """One JSON object for each record, on one line; an error's traceback is a part of it."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
        }
        told = getattr(record, "told", None)
        line |= told if isinstance(told, dict) else {"logger": record.name, "message": record.getMessage()}
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=True)


def log_configuration(*, as_json: bool) -> dict[str, Any]:
    """Return how logging is set up, for `logging.config.dictConfig`: gunicorn's own lines included."""
    text = {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": "dashboard.logs.JsonLines"} if as_json else text},
        "handlers": {
            "out": {
                "class": "logging.StreamHandler",
                "formatter": "line",
                "stream": "ext://sys.stdout" if as_json else "ext://sys.stderr",
            }
        },
        "root": {"level": "INFO", "handlers": ["out"]},
        "loggers": {
            "gunicorn.error": {"level": "INFO", "handlers": [], "propagate": True},
            "gunicorn.access": {"level": "WARNING", "handlers": [], "propagate": True},
            "waitress.queue": {"level": "ERROR"},
        },
    }
