"""A PostgreSQL of the tests' own: made in a temporary folder, listening on a socket there only."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

__all__ = ["missing", "running_postgresql"]

PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin"))


def missing() -> str:
    """Return why there can be none here; empty where there can."""
    if not PROGRAMS:
        return "PostgreSQL is not installed: apt-get install postgresql"
    if os.getuid() == 0 and not _user():
        return "PostgreSQL does not run as root, and there is no user postgres"
    return ""


@contextmanager
def running_postgresql() -> Iterator[str]:
    """Yield the address of an empty database."""
    # A socket's path may have 107 characters, fewer than a test's folder.
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    data = folder / "data"
    if user := _user():
        shutil.chown(folder, user, user)
    try:
        _run("initdb", "-D", data, "-A", "trust", "-U", "stateroom", "--no-sync", "-E", "UTF8")
        _run("pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", f"-k {folder} -h ''", "start")
        try:
            yield f"postgresql+psycopg://stateroom@/postgres?host={quote(str(folder))}"
        finally:
            _run("pg_ctl", "-D", data, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _run(program: str, *arguments: object) -> None:
    subprocess.run(
        [PROGRAMS[-1] / program, *map(str, arguments)],
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        user=_user(),
        cwd="/",
    )


def _user() -> str | None:
    """Whom to run as: root may not."""
    if os.getuid() != 0:
        return None
    try:
        return pwd.getpwnam("postgres").pw_name
    except KeyError:
        return None
