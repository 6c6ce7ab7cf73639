"""How gunicorn serves a team: `gunicorn app:server` reads this file, and the settings, by itself."""

from __future__ import annotations

import ctypes
import gc
import logging
import os
import socket
import struct
import sys
from typing import Any

# Libraries read these when they are imported, which the next lines do. Each request has a thread already:
# with several workers, BLAS on every core makes all of them slower.
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ.setdefault(name, "1")
# Parquet is read into memory of the C library, which hands it back; Arrow's own allocator keeps it.
os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")
ARENAS, TRIM_BYTES, MAP_BYTES = (-8, 2), (-1, 1 << 20), (-3, 1 << 20)
"""Options of glibc: two threads have memory apart, and large arrays are given back at once; what each
thread of each worker keeps in reserve adds up."""
if hasattr(ctypes.CDLL(None), "mallopt"):
    for option in (ARENAS, TRIM_BYTES, MAP_BYTES):
        ctypes.CDLL(None).mallopt(*option)

# What is imported stays: looking for garbage among it, again and again, takes a tenth of the start. The app,
# which is imported next, begins with it once it is made.
gc.disable()

from dashboard.logs import log_configuration  # noqa: E402
from dashboard.settings import Settings  # noqa: E402
from dashboard.settings_source import SettingsError, variable  # noqa: E402

try:
    _settings = Settings.from_environment()
except SettingsError as error:
    sys.exit(f"Stateroom did not start. {error}")
# The app reads its settings once more: what answers may take in memory is for all workers together.
os.environ[variable("memory_megabytes")] = str(max(1, _settings.memory_megabytes // _settings.workers))

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


SILENT_S = 10
"""Seconds for which a connection may say nothing: browsers open some ahead, and half a request held a thread
for ever."""


def when_ready(server: Any) -> None:
    """Say where it is; give no thread to who says nothing, and take it from who stops in mid-sentence."""
    for listener in server.LISTENERS:
        if hasattr(socket, "TCP_DEFER_ACCEPT") and listener.sock.family != socket.AF_UNIX:
            listener.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_DEFER_ACCEPT, SILENT_S)
            # What is accepted inherits it.
            listener.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack("ll", SILENT_S, 0))
    logging.getLogger("stateroom").info("Stateroom is ready at %s, %d workers.", bind, workers)


def pre_fork(_server: Any, _worker: Any) -> None:
    """Keep what was imported out of the garbage collector: it would write to, and so copy, shared memory."""
    gc.freeze()
