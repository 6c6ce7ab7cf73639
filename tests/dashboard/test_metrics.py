"""Counts of several workers: added up, never less than before, written again when the folder is deleted."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time

import pytest
from prometheus_client.parser import text_string_to_metric_families

from dashboard import create_app, metrics
from dashboard.metrics import Metrics
from dashboard.settings import Settings
from tests.server import ROOT

WORKER = """
import os, sys, time
from pathlib import Path
from dashboard.metrics import Metrics

counts = Metrics(Path(sys.argv[1]))
children = []
for number in range(3):
    if os.fork() == 0:
        for _ in range(10):
            counts.count("requests", "/", "GET", "200")
            counts.time("request_seconds", "/", seconds=0.02 * (number + 1))
        counts._write()
        os._exit(0)
for _ in range(3):
    os.wait()
counts.count("requests", "/", "GET", "200")
print(counts.text({}).decode())
"""


def values(text: str) -> dict[str, float]:
    samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
    return {f"{sample.name}{sorted(sample.labels.items())}": sample.value for sample in samples}


def test_the_counts_of_all_workers_are_added_up_ended_ones_included(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", WORKER, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    found = values(done.stdout)
    assert found["stateroom_requests_total[('method', 'GET'), ('route', '/'), ('status', '200')]"] == 31
    assert found["stateroom_request_seconds_count[('route', '/')]"] == 30
    assert found["stateroom_request_seconds_bucket[('le', '0.025'), ('route', '/')]"] == 10
    assert found["stateroom_request_seconds_bucket[('le', '0.05'), ('route', '/')]"] == 20
    assert found["stateroom_request_seconds_bucket[('le', '+Inf'), ('route', '/')]"] == 30
    assert found["stateroom_request_seconds_sum[('route', '/')]"] == pytest.approx(1.2)


def test_the_folder_may_be_deleted(tmp_path, monkeypatch):
    monkeypatch.setattr(metrics, "WRITE_AFTER_S", 1000)
    counts = Metrics(tmp_path)
    counts.count("callbacks", "x", "200")
    counts._write()
    shutil.rmtree(tmp_path)
    counts.count("callbacks", "x", "200")
    counts._write()
    (file,) = tmp_path.rglob("*.json")
    assert file.read_text() == '[["callbacks", "x", "200", [2.0]]]'
    assert b'stateroom_callbacks_total{output="x",status="200"} 2.0' in counts.text({})


def test_what_a_server_of_the_same_number_left_does_not_count(tmp_path):
    left = tmp_path / str(os.getpid()) / "1-a.json"
    left.parent.mkdir()
    left.write_text('[["callbacks", "x", "200", [2.0]]]')
    assert b'output="x"' not in Metrics(tmp_path).text({})


def test_servers_of_long_ago_leave_no_folders(tmp_path):
    for name, age_s in (("7", 2 * metrics.FORGET_S), ("8", 0)):
        (tmp_path / name).mkdir()
        for path in (tmp_path / name / "1-a.json", tmp_path / name):
            path.is_dir() or path.write_text("[]")
            os.utime(path, (time.time() - age_s,) * 2)
    Metrics(tmp_path)
    assert [folder.name for folder in tmp_path.iterdir()] == ["8"]


@pytest.fixture
def client(tmp_path):
    app = create_app(Settings(tmp_path / "data", tmp_path / "cache", secret_key_file=tmp_path / "key"))
    with app.server.test_client() as client:
        yield client


def test_requests_callbacks_cache_and_jobs_are_told(client):
    outputs = [
        {"id": "shell-page", "property": "children"},
        {"id": "shell-help-body", "property": "children"},
    ]
    output = "..shell-page.children...shell-help-body.children.."
    asked = {
        "output": output,
        "outputs": outputs,
        "inputs": [{"id": "shell-address", "property": "pathname", "value": "/"}],
        "changedPropIds": [],
    }
    assert client.post("/_dash-update-component", json=asked).status_code == 200
    client.post("/_dash-update-component", json={"output": "made up by a client"})
    client.get("/assets/stateroom.css?m=1", headers={"Accept-Encoding": "br"}, buffered=True)
    client.get("/made/up/by/a/client")
    text = client.get("/metrics").get_data(as_text=True)
    assert f'stateroom_callbacks_total{{output="{output}",status="200"}} 1.0' in text
    assert f'stateroom_callback_seconds_count{{output="{output}"}} 1.0' in text
    assert 'stateroom_cache_answers_total{found="computed",question="compressed file"} 1.0' in text
    assert "stateroom_jobs_running 0.0" in text and "stateroom_jobs_waiting 0.0" in text
    assert "stateroom_cache_bytes " in text
    # Nobody can make the text grow without bounds, or put names into it.
    assert "made" not in text
    list(text_string_to_metric_families(text))
