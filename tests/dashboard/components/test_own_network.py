"""The example that records one's own network is run exactly as a reader finds it."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import analytics
from dashboard.components.own_network import SNIPPET

ROOT = Path(__file__).resolve().parents[3]


def test_few_lines():
    lines = [line for line in SNIPPET.splitlines() if line.strip()]
    assert len(lines) <= 6 and max(map(len, lines)) <= 110


def test_they_write_a_recording(tmp_path):
    subprocess.run(
        [sys.executable, "-W", "error", "-c", SNIPPET],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"},
        check=True,
    )
    recording = analytics.open_recording(tmp_path / "data" / "recordings" / "mine")
    assert recording.tokens.tolist() == ["the", "cat", "sat", "on", "the", "mat"]
    assert recording.states("layer0.forget_gate").shape == (6, 32)


def test_readme_shows_the_same_lines():
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), flags=re.DOTALL)
    assert blocks[0] == SNIPPET
