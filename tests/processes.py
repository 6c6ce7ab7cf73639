"""Programs of ours in processes of their own, which can be ended at a moment that the test chooses."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from pathlib import Path

__all__ = ["start"]

ROOT = Path(__file__).resolve().parents[1]


def start(program: str, *arguments: object) -> subprocess.Popen[str]:
    """Start a Python program; it has printed "ready", its first line, on return."""
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(program), *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    assert process.stdout.readline().strip() == "ready", process.stderr.read()
    return process
