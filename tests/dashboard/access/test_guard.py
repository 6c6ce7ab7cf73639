"""Nobody comes in without a way: every address of the app is tried, so that a new one is covered."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from dashboard import create_app
from dashboard.settings import Settings
from dashboard.settings_source import SettingsError
from tests.dashboard.access import signing

HEALTH = ("/lab/healthz", "/lab/readyz")
METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")
REFUSED = (401, 403)
LOCAL = {"REMOTE_ADDR": "127.0.0.1", "HTTP_HOST": "localhost:8050"}
PROXY = {"REMOTE_ADDR": "10.0.0.5", "HTTP_HOST": "lab.example"}


def made(folder, **settings) -> Flask:
    return create_app(
        Settings(
            data_dir=folder / "data",
            cache_dir=folder / "cache",
            secret_key_file=folder / "key",
            prefix="/lab/",
            **settings,
        )
    ).server


def addresses(server: Flask) -> Iterator[tuple[str, str]]:
    """An address for each rule, with every method, allowed or not; and some that no rule knows."""
    for rule in server.url_map.iter_rules():
        path = rule.rule
        for converter in rule._converters:
            part = next(iter(getattr(rule._converters[converter], "items", ["x"])), "x")
            start = path.rindex(
                "<", 0, path.index(f":{converter}>") if f":{converter}>" in path else len(path)
            )
            path = path[:start] + str(part) + path[path.index(">", start) + 1 :]
        for method in METHODS:
            yield method, path
    for path in (
        "/",
        "/lab",
        "/nowhere",
        "/lab/assets/..%2f..%2fapp.py",
        "/lab//healthz",
        "/lab/healthz/",
        "/x" * 500,
    ):
        for method in METHODS:
            yield method, path


def let_in(server: Flask, environ: dict[str, str]) -> list[tuple[str, str, int]]:
    """Addresses that answer something else than a refusal, those of health left out."""
    client, found = server.test_client(), []
    for method, path in addresses(server):
        asked = {} if method not in ("GET", "HEAD") else None
        with client.open(path, method=method, environ_overrides=environ, json=asked) as answer:
            status = answer.status_code
        if status not in REFUSED and not (path in HEALTH and method in ("GET", "HEAD")):
            found.append((method, path, status))
    return found


@pytest.fixture(scope="module")
def local(tmp_path_factory):
    return made(tmp_path_factory.mktemp("local"))


@pytest.fixture(scope="module")
def proxied(tmp_path_factory):
    return made(tmp_path_factory.mktemp("proxied"), access="proxy", trusted_proxies=("10.0.0.0/24", "unix"))


@pytest.fixture(scope="module")
def guarded(tmp_path_factory):
    return signing.made(tmp_path_factory.mktemp("guarded"))


@pytest.mark.parametrize(
    "environ",
    [
        {**LOCAL, "REMOTE_ADDR": "10.0.0.9"},
        {**LOCAL, "REMOTE_ADDR": ""},
        {**LOCAL, "HTTP_HOST": "evil.example"},
        {**LOCAL, "HTTP_HOST": "127.0.0.1.evil.example"},
        {**LOCAL, "HTTP_HOST": "localhost.evil.example:8050"},
        {**LOCAL, "HTTP_HOST": ""},
        {**LOCAL, "HTTP_X_FORWARDED_FOR": "203.0.113.9"},
        {**LOCAL, "REMOTE_ADDR": "10.0.0.9", "HTTP_X_FORWARDED_FOR": "127.0.0.1"},
        {**LOCAL, "HTTP_HOST": "evil.example", "HTTP_X_FORWARDED_HOST": "localhost"},
        {
            **LOCAL,
            "REMOTE_ADDR": "10.0.0.9",
            "HTTP_X_REAL_IP": "127.0.0.1",
            "HTTP_FORWARDED": "for=127.0.0.1",
        },
    ],
)
def test_only_this_machine_comes_in_where_nothing_was_chosen(local, environ):
    assert let_in(local, environ) == []


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:8050", "[::1]:8050", "stateroom.localhost"])
@pytest.mark.parametrize("peer", ["127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1"])
def test_this_machine_needs_nothing(local, peer, host):
    environ = {"REMOTE_ADDR": peer, "HTTP_HOST": host}
    assert local.test_client().get("/lab/_dash-layout", environ_overrides=environ).status_code == 200


def test_every_address_answers_this_machine(local):
    """The loop above would pass over addresses that refuse everybody."""
    answered = {path for _, path, _ in let_in(local, LOCAL)}
    assert {path for _, path in addresses(local)} - answered - set(HEALTH) == set()


@pytest.mark.parametrize(
    "environ",
    [
        {**PROXY},
        {**PROXY, "HTTP_X_FORWARDED_USER": " "},
        {**PROXY, "HTTP_X_FORWARDED_USER": "eve,ada"},
        {**PROXY, "HTTP_X_FORWARDED_USER": "a" * 300},
        {**PROXY, "REMOTE_ADDR": "10.0.1.5", "HTTP_X_FORWARDED_USER": "ada"},
        {**LOCAL, "HTTP_X_FORWARDED_USER": "ada"},
        {**LOCAL, "HTTP_X_FORWARDED_USER": "ada", "HTTP_X_FORWARDED_FOR": "10.0.0.5"},
        {**PROXY, "HTTP_X_FORWARDED_USERS": "ada", "HTTP_REMOTE_USER": "ada", "REMOTE_USER": "ada"},
    ],
)
def test_a_proxy_that_is_trusted_has_to_name_the_user(proxied, environ):
    assert let_in(proxied, environ) == []


@pytest.mark.parametrize("peer", ["10.0.0.5", ""])
def test_whom_a_trusted_proxy_names_comes_in(proxied, peer):
    environ = {**PROXY, "REMOTE_ADDR": peer, "HTTP_X_FORWARDED_USER": "Zoë".encode().decode("latin-1")}
    assert proxied.test_client().get("/lab/_dash-layout", environ_overrides=environ).status_code == 200


@pytest.mark.parametrize(
    "environ",
    [
        {**PROXY},
        {**LOCAL},
        {**PROXY, "HTTP_X_FORWARDED_USER": "ada", "REMOTE_USER": "ada"},
        {**LOCAL, "HTTP_AUTHORIZATION": "Bearer ada"},
        {**LOCAL, "HTTP_COOKIE": "session=ada; stateroom-session=ada"},
        {**LOCAL, "HTTP_X_HTTP_METHOD_OVERRIDE": "GET", "HTTP_X_ORIGINAL_URL": "/lab/healthz"},
    ],
)
def test_whoever_has_no_session_gets_as_far_as_the_sign_in(guarded, environ):
    page = ["", "/icon.svg", "/signin.css", "/theme.js"]
    doors = {(method, f"/lab/sign-in{part}") for part in page for method in ("GET", "HEAD")}
    doors |= {("POST", "/lab/sign-in"), ("POST", "/lab/sign-out")}
    found = {(method, path) for method, path, _ in let_in(guarded, environ)}
    # Of the files of the page, the rule has one as an example.
    assert {door for door in doors if door[1].count("/") == 2} <= found <= doors


def test_everybody_comes_in_where_that_was_chosen(tmp_path):
    answer = made(tmp_path, access="open").test_client().get("/lab/_dash-layout", environ_overrides=PROXY)
    assert answer.status_code == 200


def test_health_is_told_to_everybody(proxied):
    assert proxied.test_client().get("/lab/healthz", environ_overrides=PROXY).status_code == 200


def test_proxy_without_addresses_does_not_start(tmp_path):
    with pytest.raises(SettingsError, match="STATEROOM_TRUSTED_PROXIES must list the addresses"):
        made(tmp_path, access="proxy")


@pytest.mark.parametrize("address", ["proxy.example", "10.0.0.0/99", "10.0.0"])
def test_an_address_that_is_none_does_not_start(tmp_path, address):
    with pytest.raises(SettingsError, match="TRUSTED_PROXIES must list"):
        made(tmp_path, access="proxy", trusted_proxies=(address,))


@pytest.mark.parametrize(
    "portal",
    [
        "https://a.example/path",
        "*",
        "https://a.example; script-src *",
        "https://a.example 'self'",
        "a.example",
    ],
)
def test_a_portal_that_is_no_origin_does_not_start(tmp_path, portal):
    with pytest.raises(SettingsError):
        made(tmp_path, embed_portals=(portal,))
