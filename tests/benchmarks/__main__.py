"""Runs every benchmark, each in a process of its own: `python -m tests.benchmarks`."""

from __future__ import annotations

import subprocess
import sys

from tests.benchmarks.match import FOLDER

MODULES = (
    ("store", str(FOLDER)),
    ("record",),
    ("match",),
    ("cluster",),
    ("page",),
    ("drag",),
    ("clusters_page",),
    ("memory",),
    ("sentences",),
    ("sentences_page",),
    ("load", "--kill"),
)

for name, *arguments in MODULES:
    print(f"\n== {name}", flush=True)
    subprocess.run([sys.executable, "-m", f"tests.benchmarks.{name}", *arguments], check=True)
