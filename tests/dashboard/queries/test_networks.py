"""Networks are opened once, kept up to a number, and torch is loaded for the first of them only."""

import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import analytics
from analytics.errors import NetworkError
from dashboard.queries.networks import MOST, LiveNetworks
from dashboard.queries.recordings import RecordingQueries
from tests.live_networks import language_recording
from tests.recordings import small_recording
from tests.torch_threads import one_thread

__all__ = ["one_thread"]

ROOT = Path(__file__).resolve().parents[3]
WAIT_S = 180


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("recordings")
    for number in range(MOST + 1):
        language_recording(folder / f"n{number}", description=f"Number {number}.")
    small_recording(folder / "without")
    return folder


@pytest.fixture
def networks(folder):
    return LiveNetworks(RecordingQueries(folder))


def wait_for(condition):
    until = time.monotonic() + WAIT_S
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.01)


def test_a_network_is_opened_once(networks, folder):
    recording = analytics.open_recording(folder / "n0")
    assert networks.kept(recording) is None
    network = networks.open("n0")
    assert networks.of(recording) is network is networks.kept(recording)
    assert network.recording.fingerprint == recording.fingerprint


def test_many_who_ask_at_once_get_the_same(networks, monkeypatch):
    opened, gate = [], threading.Barrier(6)
    load = LiveNetworks._load

    def counted(self, recording):
        opened.append(recording.name)
        time.sleep(0.05)
        return load(self, recording)

    monkeypatch.setattr(LiveNetworks, "_load", counted)

    def ask(_):
        gate.wait()
        return networks.open("n0")

    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(ask, range(6)))
    assert len(set(map(id, found))) == 1 and opened == ["n0"]


def test_those_used_last_are_kept(networks, folder):
    first = networks.open("n0")
    for number in range(1, MOST):
        networks.open(f"n{number}")
    assert networks.open("n0") is first
    networks.open(f"n{MOST}")
    assert networks.open("n0") is first
    assert networks.kept(analytics.open_recording(folder / "n1")) is None


def test_it_begins_in_the_background(networks, folder):
    recording = analytics.open_recording(folder / "n0")
    networks.begin(recording)
    networks.begin(recording)
    wait_for(lambda: networks.kept(recording) is not None)
    assert networks.why_not(recording) == ""


def test_without_a_network_the_reason_is_known_at_once(networks, folder):
    recording = analytics.open_recording(folder / "without")
    assert "'without' ships no network" in networks.why_not(recording)
    with pytest.raises(NetworkError, match=r"'without' ships no network.*analytics\.record"):
        networks.open("without")


def test_a_network_that_does_not_open_says_why(tmp_path):
    recording = language_recording(tmp_path / "recordings" / "own")
    content = bytearray(recording.weights_path.read_bytes())
    content[:8] = b"\xff" * 8
    recording.weights_path.write_bytes(bytes(content))
    networks = LiveNetworks(RecordingQueries(tmp_path / "recordings"))
    recording = analytics.open_recording(recording.path)
    networks.begin(recording)
    wait_for(lambda: networks.why_not(recording))
    assert "cannot be read" in networks.why_not(recording) and networks.kept(recording) is None
    with pytest.raises(NetworkError, match="cannot be read"):
        networks.open("own")


def test_torch_is_loaded_for_typed_text_and_not_before(folder):
    code = f"""
import sys
from pathlib import Path
from dashboard.queries import Queries
from dashboard.queries.cache import AnswerCache
from dashboard.queries.sentences.question import SentencesQuestion
from dashboard.links import SentencesView
import tempfile
cache = AnswerCache(Path(tempfile.mkdtemp()), disk_megabytes=5, memory_megabytes=5)
queries = Queries(Path({str(folder)!r}), cache)
def ask(entry, **fields):
    return SentencesQuestion("n0", "layer1.cell", 2, min_count=1, entry=entry, **fields)
queries.sentences_view.checked(SentencesView().to_dict())
queries.sentence_list.found(ask(""))
queries.sentences.glyphs(ask("c0-3"))
queries.sentence_detail.word(ask("c0-3", index=1))
queries.sentence_detail.unit(ask("c0-3", unit=1))
queries.networks.why_not(queries.recordings.open("without"))
before = "torch" in sys.modules
queries.sentences.glyphs(ask("tthe cat"))
print(before, "torch" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "True"]


def test_a_process_that_ends_waits_for_a_network_that_is_being_opened(folder):
    program = """
import atexit, sys
from pathlib import Path
from dashboard.queries.networks import LiveNetworks
from dashboard.queries.recordings import RecordingQueries
recordings = RecordingQueries(Path(sys.argv[1]))
networks, recording = LiveNetworks(recordings), recordings.open("n0")
atexit.register(lambda: print(networks.kept(recording) is not None))
networks.begin(recording)
"""
    done = subprocess.run(
        [sys.executable, "-c", program, str(folder)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "True"
