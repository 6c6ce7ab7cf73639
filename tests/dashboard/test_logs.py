"""JSON lines: one for each request, with what it took and who asked, and nothing of what was asked."""

from __future__ import annotations

import json
import logging
import logging.config
import sys
import time

import pytest

from dashboard import create_app
from dashboard.logs import JsonLines, log_configuration
from dashboard.settings import Settings


def lines(caplog):
    return [json.loads(JsonLines().format(record)) for record in caplog.records]


@pytest.fixture
def client(tmp_path, caplog):
    caplog.set_level(logging.INFO)
    settings = Settings(
        tmp_path / "data", tmp_path / "cache", secret_key_file=tmp_path / "key", log_requests=True
    )
    with create_app(settings).server.test_client() as client:
        yield client


def told(caplog):
    return [line for line in lines(caplog) if "route" in line]


def test_a_line_tells_of_a_request(client, caplog):
    began = time.monotonic()
    answer = client.get("/healthz?recording=secret")
    at_most_ms = (time.monotonic() - began) * 1000 + 1
    (line,) = told(caplog)
    assert set(line) == {"time", "level", "method", "route", "status", "ms", "bytes", "user"}
    assert (line["method"], line["route"], line["status"], line["user"]) == ("GET", "/healthz", 200, "")
    assert line["bytes"] == len(answer.data) and 0 <= line["ms"] <= at_most_ms
    assert line["time"].endswith("+00:00")


def test_nothing_of_a_question_is_in_the_log(client, caplog):
    client.post("/ask/window", json={"recording": "secret", "state": "secret"})
    client.post("/_dash-update-component", json={"output": "secret"})
    client.get("/match?recording=secret")
    assert len(told(caplog)) == 3
    assert "secret" not in json.dumps(told(caplog))


def test_without_the_setting_there_is_none(tmp_path, caplog):
    caplog.set_level(logging.INFO)
    settings = Settings(tmp_path / "data", tmp_path / "cache", secret_key_file=tmp_path / "key")
    with create_app(settings).server.test_client() as client:
        client.get("/healthz")
    assert told(caplog) == []


def test_an_error_is_one_line_with_its_traceback():
    try:
        raise ValueError("two\nlines")
    except ValueError:
        record = logging.getLogger("x").makeRecord("x", logging.ERROR, "f", 1, "It \n failed", (), None)
        record.exc_info = sys.exc_info()
    text = JsonLines().format(record)
    assert "\n" not in text
    line = json.loads(text)
    assert line["message"] == "It \n failed" and "ValueError: two\nlines" in line["traceback"]
    assert line["level"] == "error"


@pytest.mark.parametrize("as_json", [False, True])
def test_the_configuration_is_one(as_json):
    logging.config.DictConfigurator(log_configuration(as_json=as_json))
    assert log_configuration(as_json=as_json)["handlers"]["out"]["stream"].endswith(
        "stdout" if as_json else "stderr"
    )
