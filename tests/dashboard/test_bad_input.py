"""What makes no sense, sent to the real server: a sentence and a line in the log, never a traceback."""

from __future__ import annotations

import http.client
import json
import random
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from dash import Dash
from flask.testing import FlaskClient

from dashboard import create_app, links
from dashboard.messages import UNEXPECTED
from dashboard.settings import Settings
from tests.gunicorn_server import serving
from tests.networks import lstm_recording
from tests.server import READY, ROOT, STOP_SECONDS, environment

MEGABYTE = 1_000_000
WAIT_SECONDS = 120
JSON = {"Content-Type": "application/json"}
CALLBACK = "/_dash-update-component"
CATALOG = {
    "output": "shell-catalog.data",
    "outputs": {"id": "shell-catalog", "property": "data"},
    "inputs": [{"id": "shell-address", "property": "pathname", "value": "/"}],
    "changedPropIds": ["shell-address.pathname"],
}
Answer = tuple[int, dict[str, str], bytes]


class Server:
    """A running dashboard that is sent what no browser would send."""

    def __init__(self, url: str, log: Path) -> None:
        self._host, self._log = urlsplit(url).netloc, log

    def send(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Answer:
        """Send a request as it is written here; nothing is added or corrected."""
        connection = http.client.HTTPConnection(self._host, timeout=WAIT_SECONDS)
        given = {name.replace("_", "-"): text for name, text in headers.items()}
        with closing(connection):
            connection.putrequest(method, path, skip_host="Host" in given, skip_accept_encoding=True)
            if body is not None and not {"Content-Length", "Transfer-Encoding"} & set(given):
                given["Content-Length"] = str(len(body))
            for name, text in given.items():
                connection.putheader(name, text)
            connection.endheaders()
            # A server that read enough to refuse the rest closes the line.
            with suppress(BrokenPipeError, ConnectionResetError):
                connection.send(body or b"")
            answer = connection.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read()

    def ask(self, path: str, asked: Any) -> Answer:
        """Send JSON as a page's script does."""
        return self.send("POST", path, json.dumps(asked).encode(), Content_Type="application/json")

    def log(self) -> str:
        """Return what it logged until now."""
        return self._log.read_text(errors="replace")


@contextmanager
def waitress(folder: Path, **settings: object) -> Iterator[Server]:
    """Start `python app.py`, with its log in a file."""
    log = folder / "waitress.log"
    with log.open("w") as errors:
        process = subprocess.Popen(
            [sys.executable, "app.py"], cwd=ROOT, stdout=subprocess.PIPE, stderr=errors, text=True,
            env=environment({"port": 0, "cache_dir": folder / "cache", **settings}),
        )  # fmt: skip
    try:
        ready = READY.match(process.stdout.readline())
        assert ready, log.read_text()
        yield Server(ready.group(1), log)
    finally:
        process.terminate()
        process.wait(STOP_SECONDS)
        process.stdout.close()


@pytest.fixture(scope="module")
def recordings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("recordings")
    for key in ("plays", "second"):
        lstm_recording(folder / key, name=key)
    return folder


@pytest.fixture(scope="module", params=["app.py", "gunicorn"])
def server(
    request: pytest.FixtureRequest, recordings: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """The real server, in both ways to start it."""
    folder = tmp_path_factory.mktemp("server")
    settings = {"data_dir": recordings, "secret_key_file": folder / "key"}
    if request.param == "gunicorn":
        with serving(folder, workers=1, **settings) as gunicorn:
            yield Server(gunicorn.url, gunicorn.output)
    else:
        with waitress(folder, **settings) as server:
            yield server


def said(answer: Answer) -> str:
    """The sentence of a refusal, which is all that it tells."""
    status, headers, body = answer
    assert 400 <= status < 500 and b"Traceback" not in body
    assert headers["Content-Type"] == "application/json" and headers["X-Content-Type-Options"] == "nosniff"
    told = json.loads(body)
    assert list(told) == ["error"]
    return told["error"]


MALFORMED = {
    "nothing": b"",
    "no JSON": b"{",
    "no text": b'{"output": "\xff"}',
    "a list": b"[]",
    "null": b"null",
    "a number": b"3",
    "no output": b"{}",
    "nested": b"[" * 100_000,
    "nested, and JSON": b"[" * 500 + b"]" * 500,
}
CHANGED = {
    "unknown output": {"output": "nope.data"},
    "an output of another page": {"outputs": {"id": "shell-page", "property": "children"}},
    "an output that is no text": {"output": ["shell-catalog.data"]},
    "an output with markup": {"output": "<script>alert(1)</script>\n.data"},
    "outputs that are none": {"outputs": [1, 2]},
    "no inputs": {"inputs": []},
    "too many inputs": {"inputs": CATALOG["inputs"] * 3},
    "inputs that are none": {"inputs": "x"},
    "other inputs": {"inputs": [{"id": "shell-state", "property": "value", "value": "x"}]},
    "a state that is none": {"state": 5},
    "what changed is no list": {"changedPropIds": 5},
    "what changed is no text": {"changedPropIds": [{"id": "x"}]},
}


@pytest.mark.parametrize("body", MALFORMED.values(), ids=MALFORMED)
def test_what_is_no_request_of_dash_is_refused(server, body):
    sentence = said(server.send("POST", CALLBACK, body, Content_Type="application/json"))
    assert sentence.startswith(
        ("The request is not the JSON", "The request is nested", "Nothing here computes")
    )
    assert sentence in server.log()


@pytest.mark.parametrize("change", CHANGED.values(), ids=CHANGED)
def test_a_callback_that_is_not_asked_as_it_is_made_is_refused(server, change):
    assert server.ask(CALLBACK, CATALOG)[0] == 200
    sentence = said(server.ask(CALLBACK, CATALOG | change))
    assert sentence.endswith("Load the page again.")
    last = [line for line in server.log().splitlines() if "Refused" in line][-1]
    assert CALLBACK in last and "400" in last


@pytest.mark.parametrize("path", [CALLBACK, "/ask/window", "/verification/status"])
def test_ten_megabytes_are_refused_whatever_is_said_of_their_length(server, path):
    large = b'{"recording": "' + b"x" * 10 * MEGABYTE + b'"}'
    parts = b"".join(b"F4240\r\n" + b"x" * 1_000_000 + b"\r\n" for _ in range(10)) + b"0\r\n\r\n"
    for body, how in ((large, {}), (parts, {"Transfer_Encoding": "chunked"})):
        status, _, told = server.send("POST", path, body, Content_Type="application/json", **how)
        assert status == 413 and b"Traceback" not in told
    slightly = b'{"recording": "' + b"x" * 2 * MEGABYTE + b'"}'
    sentence = said(server.send("POST", path, slightly, Content_Type="application/json"))
    assert sentence == "The request is larger than 2 MB, the most that this host takes."
    nearly = b'{"recording": "' + b"x" * (2 * MEGABYTE - 100) + b'"}'
    assert server.send("POST", path, nearly, Content_Type="application/json")[0] in (200, 400)


@pytest.mark.parametrize("length", ["-5", "abc", "99999999999999"])
def test_a_length_that_is_none_is_refused(server, length):
    status, _, told = server.send(
        "POST", "/ask/window", b"{}", Content_Type="application/json", Content_Length=length
    )
    assert 400 <= status < 500 and b"Traceback" not in told


@pytest.mark.parametrize(
    "path",
    [
        "/assets/../app.py",
        "/assets/%2e%2e/app.py",
        "/assets/..%2f..%2fetc%2fpasswd",
        "/assets/....//....//etc/passwd",
        "/assets/a%00b",
        "/assets/" + "a" * 3000,
        "/assets/%ff%fe",
        "/_dash-component-suites/dash/../app.py",
        "/_dash-component-suites/dash/..%2f..%2f..%2fapp.py",
        "/_dash-component-suites/dash/%00.js",
        "/_dash-component-suites/os/path.js",
    ],
)
def test_no_path_leads_out_of_the_assets(server, path):
    assert said(server.send("GET", path)) == "There is nothing at this address."


@pytest.mark.parametrize(
    "path", ["/../app.py", "/%2e%2e/%2e%2e/etc/passwd", "//evil.example.org/", "/\\..\\x", "/a%00b"]
)
def test_other_paths_give_the_frame_and_nothing_of_the_machine(server, path):
    status, headers, body = server.send("GET", path)
    assert status == 200 and "Location" not in headers
    assert b"react-entry-point" in body and b"root:" not in body and b"evil" not in body


@pytest.mark.parametrize(
    "key",
    ["..", "../plays", "/etc", "plays/../plays", ".", "", "\0", "a" * 5000, "plays\0", "<b>", "🙂", "-"],
)
def test_no_recording_is_read_from_elsewhere(server, key):
    for path in ("/ask/window", "/ask/clusters", "/ask/sentences-list", "/ask/memory-status"):
        status, _, body = server.ask(path, {"recording": key})
        told = json.loads(body)
        assert status == 200 and list(told) == ["error"]
        assert told["error"] != UNEXPECTED and "/etc" not in told["error"].replace(key, "")


def test_forged_headers_change_nothing(server):
    forged = {
        "X_Forwarded_Host": "evil.example.org",
        "X_Forwarded_Prefix": "/evil",
        "X_Forwarded_Proto": "https",
        "X_Script_Name": "/evil",
        "X_Forwarded_User": "admin",
        "X_Original_URL": "/evil",
        "X_HTTP_Method_Override": "DELETE",
        "Forwarded": "host=evil.example.org",
        "Range": "bytes=0-1",
        "Accept_Language": "\x7e" * 100,
    }
    for name, text in forged.items():
        status, headers, body = server.send("GET", "/", **{name: text})
        assert status == 200 and b'src="/assets/theme.js"' in body, name
        assert b"evil" not in body and "evil" not in str(headers), name
        assert not {"Location", "Strict-Transport-Security", "Set-Cookie"} & set(headers), name


def test_methods_that_an_address_does_not_take(server):
    assert "does not take" in said(server.send("PUT", CALLBACK, b"{}", Content_Type="application/json"))
    for method in ("DELETE", "TRACE", "PATCH", "BREW"):
        status, _, body = server.send(method, "/", b"{}", Content_Type="application/json")
        assert 400 <= status < 502 and b"Traceback" not in body


def test_a_line_of_the_log_stays_a_line(server):
    server.send("GET", "/assets/" + quote("x\n2026 CRITICAL forged\r\x1b[31m"))
    assert not any(line.startswith("2026 CRITICAL") for line in server.log().splitlines())
    assert "\x1b" not in server.log()


def test_half_a_request_holds_nobody_up(server):
    with socket.create_connection(server._host.split(":"), timeout=WAIT_SECONDS) as half:
        half.sendall(b"POST /ask/window HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{")
        assert server.send("GET", "/healthz")[0] == 200


# ---- every question with every kind of nonsense; inside this process, because there are thousands ----------
NONSENSE: tuple[Any, ...] = (
    "", "x", "\0", "../../etc/passwd", "a" * 9000, "<script>alert(1)</script>", "=1+1", -1, 2**63, 2**70,
    -(2**63), 1e308, float("nan"), float("-inf"), True, None, [], [[]], [None], {}, {"a": 1}, [1] * 500,
    ["x"] * 99, [-1], [2**70], [1.5], "-1", "9" * 400, "🙂", "\ud800", "%00", "u99999", "c0-99999999999", "t",
    "e0-5:", "c5-1", "+c0-5", "plays:layer0.cell", "part_of_speech=<b>", "w:1|w:2", ["c0-5", "t the queen"],
    ["plays:nope"], [["a", "b"]],
)  # fmt: skip
PER_FIELD = 2
DEFAULTS = {
    "selection": links.address_defaults,
    "clusters": links.clusters_defaults,
    "sentences": links.sentences_defaults,
    "memory": links.memory_defaults,
    "compare": links.compare_defaults,
    "findings": links.findings_defaults,
}
GOOD: dict[str, dict[str, Any]] = {
    "selection": {"recording": "plays", "state": "layer0.cell", "start": 1, "stop": 3},
    "clusters": {"recording": "plays", "state": "layer0.cell", "clusters": 4, "words": 20},
    "sentences": {
        "recording": "plays", "state": "layer0.cell", "entries": ["c0-8"], "entry": "c0-8", "index": 1,
    },
    "memory": {"recording": "plays", "state": "layer0.cell", "property": "w:1|w:2", "find": "the"},
    "compare": {"recordings": ["plays", "second"]},
    "findings": {
        "id": "x", "author": "Ada", "page": "match", "query": "?recording=plays", "title": "t", "note": "n",
        "version": 1, "numbers": [], "picture": "",
    },
}  # fmt: skip
QUESTIONS = [
    (module, question)
    for module in DEFAULTS
    for question in import_module(f"dashboard.callbacks.{module}").QUESTIONS
]


@pytest.fixture(scope="module")
def app(recordings: Path, tmp_path_factory: pytest.TempPathFactory) -> Dash:
    folder = tmp_path_factory.mktemp("client")
    return create_app(
        Settings(data_dir=recordings, cache_dir=folder / "cache", secret_key_file=folder / "key")
    )


@pytest.fixture(scope="module")
def client(app: Dash) -> FlaskClient:
    return app.server.test_client()


def answered(client: FlaskClient, question: str, asked: Any) -> str:
    answer = client.post(f"/ask/{question}", data=json.dumps(asked), content_type="application/json")
    text = answer.get_data(as_text=True)
    assert answer.status_code == 200, (question, asked, text)
    return text


@pytest.mark.parametrize(("module", "question"), QUESTIONS)
def test_nonsense_in_a_question_is_answered_or_told(client, module, question):
    good = DEFAULTS[module]()["view"] | GOOD[module]
    chance = random.Random(question)
    for field in good:
        for value in chance.sample(NONSENSE, PER_FIELD):
            told = answered(client, question, good | {field: value})
            assert UNEXPECTED not in told, (question, field, value)
    for whole in ([], None, 3, "x", {}):
        assert UNEXPECTED not in answered(client, question, whole)


def outputs_of(output: str) -> Any:
    """What Dash sends beside the name of an output."""
    names = [name.rpartition(".") for name in output.strip(".").split("...")]
    parts = [{"id": component, "property": prop} for component, _, prop in names]
    return parts if output.startswith("..") else parts[0]


KINDLESS = (
    None, 3, True, -1, 2**70, float("nan"), "", "x", "\0", "\ud800", "/\ud800", [], [[]], [None], ["x"] * 99,
    {}, {"a": 1}, {"search": 3, "n": {}}, {"search": "?x=%00", "n": 1}, {"recording": ["plays"], "key": {}},
    {"key": "\0"},
)  # fmt: skip
"""Values that hold for hardly any callback what it needs."""


def test_every_callback_survives_values_that_are_none_of_ours(app, client, caplog):
    computed = {output: known for output, known in app.callback_map.items() if "callback" in known}
    assert len(computed) > 15
    for output, known in computed.items():
        for value in KINDLESS:
            asked = {
                "output": output,
                "outputs": outputs_of(output),
                "inputs": [each | {"value": value} for each in known["inputs"]],
                "state": [each | {"value": value} for each in known["state"]],
                "changedPropIds": [f"{each['id']}.{each['property']}" for each in known["inputs"]],
            }
            answer = client.post(CALLBACK, data=json.dumps(asked), content_type="application/json")
            assert answer.status_code in (200, 204, 400), (output, value)
            assert UNEXPECTED not in answer.get_data(as_text=True), (output, value)
    assert [record for record in caplog.records if record.exc_info] == []
