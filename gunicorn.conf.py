"""How gunicorn serves a team: `gunicorn app:server` reads this file, and the settings, by itself."""

from __future__ import annotations

import gc
import logging
import os
import sys
from typing import Any

# Libraries read these when they are imported, which the next lines do. Each request has a thread already:
# with several workers, BLAS on every core makes all of them slower.
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ.setdefault(name, "1")

from dashboard.logs import log_configuration  # noqa: E402
from dashboard.settings import Settings  # noqa: E402
from dashboard.settings_source import SettingsError  # noqa: E402

try:
    _settings = Settings.from_environment()
except SettingsError as error:
    sys.exit(f"Stateroom did not start. {error}")

bind = (
    f"[{_settings.host}]:{_settings.port}" if ":" in _settings.host else f"{_settings.host}:{_settings.port}"
)
workers = _settings.workers
threads = _settings.threads
worker_class = "gthread"
preload_app = True
"""Imported once: workers share that memory, and none connects or starts a thread before it is forked."""
timeout = 120
"""Seconds after which a worker that says nothing is replaced; its other threads' requests end with it."""
graceful_timeout = 30
keepalive = 15
backlog = 512
worker_connections = 1000
max_requests = 50_000
"""A worker is replaced after so many requests: what libraries never give back goes with it."""
max_requests_jitter = 5_000
limit_request_line = 8190
"""The longest address: it holds the whole view."""
limit_request_fields = 100
limit_request_field_size = 8190
forwarded_allow_ips = ""
forwarder_headers = ""
"""Which proxy is believed is a setting of Stateroom's (trusted_proxies); gunicorn itself believes nobody."""
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
"""Heartbeats are files, and must not wait for a disk."""
control_socket_disable = True
accesslog = None
"""Requests are told by Stateroom (log_requests), with callbacks and users."""
logconfig_dict = log_configuration(as_json=_settings.log_requests)


def when_ready(server: Any) -> None:
    """Say where it is."""
    logging.getLogger("stateroom").info("Stateroom is ready at %s, %d workers.", bind, workers)


def pre_fork(_server: Any, _worker: Any) -> None:
    """Keep what was imported out of the garbage collector: it would write to, and so copy, shared memory."""
    gc.freeze()
