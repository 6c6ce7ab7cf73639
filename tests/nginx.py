"""A real nginx in front of the dashboard, with the example that comes along; with https if asked."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from tests.server import ROOT, free_port

__all__ = ["PREFIX", "free_port", "in_front", "missing"]

PROGRAM = "/usr/sbin/nginx"
EXAMPLE = ROOT / "deploy" / "nginx.conf"
EXAMPLE_UPSTREAM = ROOT / "deploy" / "nginx-upstream.conf"
EXAMPLE_ADDRESS = "127.0.0.1:8050"
PREFIX = "/lab/"
"""Where the example serves the pages."""
START_SECONDS = 60
STOP_SECONDS = 60

CONFIGURATION = """\
daemon off;
{user}
pid {folder}/nginx.pid;
error_log {folder}/error.log warn;
worker_processes 1;
events {{ worker_connections 256; }}
http {{
  access_log off;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  {upstream}
  server {{
    listen 127.0.0.1:{port}{tls};
    {certificate}
    {locations}
    location / {{ return 404; }}
  }}
}}
"""


def missing() -> str:
    """Return why there is no nginx here; empty where there is one."""
    return "" if Path(PROGRAM).exists() else "nginx is not installed: apt-get install nginx-light"


@contextmanager
def in_front(upstream: str, folder: Path, *, port: int, https: bool = False) -> Iterator[str]:
    """Serve `upstream`, which has no path, below PREFIX; yield the address without the last slash."""
    folder.mkdir(parents=True, exist_ok=True)
    certificate = _certificate(folder) if https else ""
    configuration = folder / "nginx.conf"
    configuration.write_text(
        CONFIGURATION.format(
            folder=folder, port=port, certificate=certificate,
            locations=EXAMPLE.read_text(),
            upstream=EXAMPLE_UPSTREAM.read_text().replace(EXAMPLE_ADDRESS, urlsplit(upstream).netloc),
            tls=" ssl" if https else "",
            # Started by root, its workers would belong to somebody who may not read the folder.
            user="user root;" if Path("/proc/self").stat().st_uid == 0 else "",
        )
    )  # fmt: skip
    process = subprocess.Popen(
        [PROGRAM, "-p", str(folder), "-c", str(configuration), "-e", str(folder / "error.log")]
    )
    try:
        _await(port, process, folder / "error.log")
        yield f"{'https' if https else 'http'}://127.0.0.1:{port}{PREFIX.rstrip('/')}"
    finally:
        process.terminate()
        process.wait(STOP_SECONDS)


def _certificate(folder: Path) -> str:
    """Make a certificate that nobody vouches for; return the lines that use it."""
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    subprocess.run(
        [
            shutil.which("openssl"), "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
            "-subj", "/CN=localhost", "-keyout", str(key), "-out", str(certificate),
        ],
        check=True, capture_output=True,
    )  # fmt: skip
    return f"ssl_certificate {certificate}; ssl_certificate_key {key};"


def _await(port: int, process: subprocess.Popen, log: Path) -> None:
    ends = time.monotonic() + START_SECONDS
    while time.monotonic() < ends and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=START_SECONDS).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError(f"nginx did not start: {log.read_text() if log.exists() else ''}")
