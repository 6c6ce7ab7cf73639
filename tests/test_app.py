"""The real server, started as README says, over a real recording."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import urllib.error
import urllib.request

import pytest

from dashboard.links import PATHS
from tests.networks import lstm_recording
from tests.server import ROOT, environment, running

WAIT_SECONDS = 180


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("recordings")
    lstm_recording(folder / "plays")
    return folder


@pytest.fixture(scope="module")
def url(folder, tmp_path_factory):
    with running(data_dir=folder, cache_dir=tmp_path_factory.mktemp("cache") / "deep" / "cache") as url:
        yield url


def get(url: str):
    return urllib.request.urlopen(url, timeout=WAIT_SECONDS)


def callback(url: str, *, output: str, outputs, inputs: list[dict]) -> dict:
    """Ask as the browser does."""
    asked = {"output": output, "outputs": outputs, "inputs": inputs, "changedPropIds": []}
    request = urllib.request.Request(
        f"{url}/_dash-update-component",
        data=json.dumps(asked).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=WAIT_SECONDS) as answer:
        return json.load(answer)


def home_list(url: str) -> str:
    answer = callback(
        url,
        output="..home-catalog.data...home-list-notes.children..",
        outputs=[
            {"id": "home-catalog", "property": "data"},
            {"id": "home-list-notes", "property": "children"},
        ],
        inputs=[{"id": "home-refresh", "property": "n_clicks", "value": None}],
    )
    return json.dumps(answer)


@pytest.mark.parametrize("path", [*PATHS.values(), "/_dash-layout", "/_dash-dependencies", "/healthz"])
def test_it_answers(url, path):
    with get(url + path) as answer:
        assert answer.status == 200


def test_every_answer_keeps_the_page_on_this_machine(url):
    for path in ("/", "/_dash-layout", "/assets/stateroom.css"):
        with get(url + path) as answer:
            policy = answer.headers["Content-Security-Policy"]
            assert "default-src 'self'" in policy and "frame-ancestors 'self'" in policy
            assert "'unsafe-inline'" not in policy.split("script-src")[1].split(";")[0]
            assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_nothing_on_the_first_page_comes_from_elsewhere(url):
    with get(url + "/") as answer:
        text = answer.read().decode()
    assert 'src="http' not in text and 'href="http' not in text and 'src="//' not in text


def test_assets_and_scripts_travel_compressed(url):
    request = urllib.request.Request(url + "/assets/bootstrap.min.css", headers={"Accept-Encoding": "gzip"})
    with urllib.request.urlopen(request, timeout=WAIT_SECONDS) as answer:
        assert answer.headers["Content-Encoding"] == "gzip"


def test_the_list_follows_the_folder(url, folder):
    assert '"plays"' in home_list(url)
    lstm_recording(folder / "late", name="late")
    assert '"late"' in home_list(url)
    shutil.rmtree(folder / "late")
    assert '"late"' not in home_list(url)


def test_a_recording_deleted_while_it_is_listed_leaves_the_others(url, folder):
    lstm_recording(folder / "gone", name="gone")
    assert '"gone"' in home_list(url)
    (folder / "gone" / "tokens.parquet").unlink()
    answer = home_list(url)
    assert '"plays"' in answer and "tokens.parquet" in answer
    shutil.rmtree(folder / "gone")


def test_an_empty_folder_says_the_next_step(tmp_path):
    with running(data_dir=tmp_path / "none", cache_dir=tmp_path / "cache") as url:
        answer = home_list(url)
    assert "There is no recording in" in answer and "python -m analytics demo" in answer


def started(**settings) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "app.py"],
        cwd=ROOT,
        env=environment(settings),
        capture_output=True,
        text=True,
        timeout=WAIT_SECONDS,
    )


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"prot": 8050}, "There is no setting STATEROOM_PROT. Did you mean STATEROOM_PORT?"),
        ({"port": "many"}, "STATEROOM_PORT must be a whole number. Got 'many'."),
        ({"host": "0.0.0.0"}, "Choose who may come in"),
        ({"access": "proxy"}, "STATEROOM_TRUSTED_PROXIES must list"),
    ],
)
def test_it_does_not_start_with_settings_that_make_no_sense(settings, sentence):
    done = started(**settings)
    assert done.returncode == 1
    assert sentence in done.stderr and "Traceback" not in done.stderr


def test_a_port_in_use_is_a_sentence(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = started(port=taken.getsockname()[1], cache_dir=tmp_path / "cache")
    assert done.returncode == 1
    assert "cannot listen on 127.0.0.1" in done.stderr and "Traceback" not in done.stderr


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_cache_folder_without_permission_is_a_sentence(tmp_path):
    (tmp_path / "closed").mkdir(mode=0o500)
    done = started(cache_dir=tmp_path / "closed" / "cache")
    assert done.returncode == 1 and "Traceback" not in done.stderr


def test_a_cache_folder_that_is_a_file_is_a_sentence(tmp_path):
    (tmp_path / "cache").write_text("")
    done = started(cache_dir=tmp_path / "cache")
    assert done.returncode == 1
    assert "STATEROOM_CACHE_DIR" in done.stderr and "Traceback" not in done.stderr
