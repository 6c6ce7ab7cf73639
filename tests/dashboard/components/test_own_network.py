"""The ten lines that record one's own network are run exactly as a reader finds them."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import analytics
from dashboard.components.own_network import SNIPPET

ROOT = Path(__file__).resolve().parents[3]


def test_ten_lines():
    assert len([line for line in SNIPPET.splitlines() if line.strip()]) <= 10


def test_they_write_a_recording(tmp_path):
    subprocess.run(
        [sys.executable, "-W", "error", "-c", SNIPPET],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"},
        check=True,
    )
    recording = analytics.open_recording(tmp_path / "data" / "recordings" / "mine")
    assert recording.tokens.tolist() == ["the", "cat", "sat", "on", "the", "mat"]
    assert recording.states("layer0.hidden").shape == (6, 32)


def test_readme_shows_the_same_lines():
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), flags=re.DOTALL)
    assert blocks[0] == SNIPPET
