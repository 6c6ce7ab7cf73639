"""The headers that keep the pages to this machine."""

from __future__ import annotations

import pytest

from dashboard import create_app
from dashboard.settings import Settings

PATHS = ("/", "/_dash-layout", "/healthz", "/assets/dom.js", "/assets/nothing.js", "/ask/nothing")


def made(folder, **settings):
    chosen = Settings(data_dir=folder, cache_dir=folder / "cache", trusted_proxies=("10.0.0.5",), **settings)
    return create_app(chosen).server


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    return made(tmp_path_factory.mktemp("dashboard"))


def headers(server, path: str = "/", **environ: str) -> dict[str, str]:
    environ = {"REMOTE_ADDR": "127.0.0.1", "HTTP_HOST": "localhost"} | environ
    with server.test_client().get(path, environ_overrides=environ) as answer:
        return dict(answer.headers)


def policy(found: dict[str, str]) -> dict[str, str]:
    return dict(part.strip().split(" ", 1) for part in found["Content-Security-Policy"].split(";"))


def test_scripts_come_from_here_and_are_not_made_from_text(server):
    found = policy(headers(server))
    assert found["default-src"] == "'self'"
    assert "unsafe" not in found["script-src"] and "http" not in found["script-src"]
    assert found["object-src"] == "'none'"
    assert found["frame-ancestors"] == "'self'"


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("peer", ["127.0.0.1", "203.0.113.7"])
def test_every_answer_has_them_refusals_too(server, path, peer):
    found = headers(server, path, REMOTE_ADDR=peer)
    assert found["X-Content-Type-Options"] == "nosniff"
    assert found["Referrer-Policy"] == "same-origin"
    assert found["Cross-Origin-Resource-Policy"] == "same-origin"
    assert found["X-Frame-Options"] == "SAMEORIGIN"
    assert policy(found)["base-uri"] == "'self'"
    assert "Access-Control-Allow-Origin" not in found


def test_no_answer_is_kept_by_a_cache_for_others(server):
    for path in ("/", "/_dash-layout", "/assets/dom.js"):
        assert "public" not in headers(server, path)["Cache-Control"]


def test_portals_may_show_a_view(tmp_path):
    portals = ("https://a.example", "https://b.example:8443")
    found = headers(made(tmp_path, embed_portals=portals))
    assert policy(found)["frame-ancestors"] == "'self' https://a.example https://b.example:8443"
    assert "X-Frame-Options" not in found


def test_only_over_https_it_is_asked_to_stay_so(server):
    https = {
        "REMOTE_ADDR": "10.0.0.5",
        "HTTP_X_FORWARDED_PROTO": "https",
        "HTTP_X_FORWARDED_FOR": "127.0.0.1",
    }
    assert "Strict-Transport-Security" in headers(server, **https)
    assert "Strict-Transport-Security" not in headers(server)
    # Somebody who is no proxy says so.
    assert "Strict-Transport-Security" not in headers(server, **https | {"REMOTE_ADDR": "10.0.0.6"})


@pytest.mark.parametrize(("host", "sent"), [("localhost", True), ("lab.example", False)])
def test_windows_are_kept_apart_where_browsers_trust_the_way(tmp_path, host, sent):
    found = headers(made(tmp_path, access="open"), HTTP_HOST=host)
    assert ("Cross-Origin-Opener-Policy" in found) is sent
