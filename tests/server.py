"""The dashboard as README starts it: `python app.py` in a process of its own, on a free port."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
READY = re.compile(r"Stateroom is ready: (http://\S+)/ ")
STOP_SECONDS = 60
_held: list[socket.socket] = []


def free_port() -> int:
    """Return a port that nobody listens on, and that nobody else is given until this process ends.

    A socket that is bound and does not listen holds it; whoever listens on it has to allow the address to be
    used again, as every server here does.
    """
    holder = socket.socket()
    holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    holder.bind(("127.0.0.1", 0))
    _held.append(holder)
    return holder.getsockname()[1]


def environment(settings: dict[str, object]) -> dict[str, str]:
    """This process's environment with only these settings."""
    kept = {name: text for name, text in os.environ.items() if not name.startswith("STATEROOM_")}
    return kept | {f"STATEROOM_{name.upper()}": str(value) for name, value in settings.items()}


@contextmanager
def running(**settings: object) -> Iterator[str]:
    """Start the dashboard with these settings and yield its address, without the last slash."""
    process = subprocess.Popen(
        [sys.executable, "app.py"],
        cwd=ROOT,
        env=environment({"port": 0, **settings}),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        ready = READY.match(process.stdout.readline())
        assert ready, "the dashboard did not start"
        yield ready.group(1)
    finally:
        process.terminate()
        process.wait(STOP_SECONDS)
        process.stdout.close()
