"""Callbacks of the matches, asked as a browser asks them."""

from __future__ import annotations

import base64
import io

import pandas as pd
import pytest

from dashboard import create_app
from dashboard.links import MatchView
from dashboard.settings import Settings
from tests.networks import lstm_recording

VIEW = MatchView("plays", "layer0.cell", start=30, stop=32, threshold=0.1, matched=True).to_dict()


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    folder = tmp_path_factory.mktemp("dashboard")
    lstm_recording(folder / "recordings" / "plays")
    app = create_app(Settings(data_dir=folder / "recordings", cache_dir=folder / "cache"))
    return app.server.test_client()


def ask(client, output: str, source: str, value, state: tuple[str, object] | None = None):
    """What the server answers when a property changes."""
    component, prop = source.rsplit(".", 1)
    parts = output.strip(".").split("...")
    outputs = [dict(zip(("id", "property"), part.rsplit(".", 1), strict=True)) for part in parts]
    body = {
        "output": output,
        "outputs": outputs if output.startswith("..") else outputs[0],
        "inputs": [{"id": component, "property": prop, "value": value}],
        "changedPropIds": [source],
        "state": [],
    }
    if state:
        state_id, state_property = state[0].rsplit(".", 1)
        body["state"] = [{"id": state_id, "property": state_property, "value": state[1]}]
    return client.post("/_dash-update-component", json=body)


def rows(client, view: dict):
    answer = ask(client, "match-results.data", "match-results-request.data", view)
    assert answer.status_code == 200
    return answer.json["response"]["match-results"]["data"]


def test_a_request_is_answered_with_rows_and_repeated(client):
    results = rows(client, VIEW)
    assert len(results["rows"]["start"]) == 50
    assert results["request"] == VIEW


@pytest.mark.parametrize(
    "nonsense", [{"limit": "abc"}, {"limit": 10**9}, {"min_overlap": -3}, {"length": None}, {"dropped": "x"}]
)
def test_nonsense_becomes_the_default(client, nonsense):
    assert len(rows(client, VIEW | nonsense)["rows"]["start"]) == 50


@pytest.mark.parametrize(
    "wrong",
    [
        {"recording": "nowhere"},
        {"state": "layer7.cell"},
        {"start": 2, "stop": 10**7},
        {"pinned": [10**6], "dropped": []},
    ],
)
def test_what_cannot_be_answered_is_a_sentence_not_a_failure(client, wrong):
    answer = ask(client, "match-results.data", "match-results-request.data", VIEW | wrong)
    assert answer.status_code in (200, 204)


def test_summaries_follow(client):
    request = VIEW | {"theme": "dark", "labels": "part_of_speech"}
    lengths = ask(client, "matches-lengths.figure", "match-summary-request.data", request).json
    axis = lengths["response"]["matches-lengths"]["figure"]["layout"]["yaxis"]
    assert axis["title"]["text"].startswith("number of ")
    labels = ask(
        client,
        "..matches-labels.figure...matches-labels.style...matches-labels-summary.children..",
        "match-summary-request.data",
        request,
    ).json["response"]
    assert labels["matches-labels-summary"]["children"].startswith("part_of_speech, share of positions")


def test_files_are_the_same_matches(client):
    start = rows(client, VIEW)["rows"]["start"]
    state = ("match-results-request.data", VIEW)
    csv = ask(client, "matches-download.data", "matches-save-csv.n_clicks", 1, state).json["response"]
    content = csv["matches-download"]["data"]["content"]
    assert pd.read_csv(io.StringIO(content))["start"].tolist() == start
    callbacks = client.get("/_dash-dependencies").json
    output = next(one["output"] for one in callbacks if one["inputs"][0]["id"] == "matches-save-parquet")
    parquet = ask(client, output, "matches-save-parquet.n_clicks", 1, state).json["response"]
    data = next(iter(parquet.values()))["data"]
    frame = pd.read_parquet(io.BytesIO(base64.b64decode(data["content"])))
    assert frame["start"].tolist() == start


def test_a_second_state_says_which_matches_coincide(client):
    other = {name: VIEW[name] for name in ("recording", "start", "stop", "dropped", "pinned")}
    results = rows(client, VIEW | {"other": {**other, "state": "layer0.hidden"}})
    assert len(results["coincide"]["rows"]) == len(results["rows"]["start"])
    same = rows(client, VIEW | {"other": {**other, "state": "layer0.cell"}})
    assert same["coincide"] == {"why": "", "rows": [True] * 50, "n": 50, "n_other": 50}
    assert "coincide" not in rows(client, VIEW | {"other": "nonsense"})
