"""Scripts and styles: compressed once, the same content, kept by browsers; the guard is asked before."""

from __future__ import annotations

import gzip
import re

import brotli
import pytest

from dashboard import create_app, packing
from dashboard.settings import Settings


@pytest.fixture
def app(tmp_path):
    return create_app(Settings(tmp_path / "data", tmp_path / "cache", secret_key_file=tmp_path / "key"))


@pytest.fixture
def client(app):
    with app.server.test_client() as client:
        yield client


def get(client, address, encoding="identity"):
    return client.get(address, headers={"Accept-Encoding": encoding}, buffered=True)


def addresses(client) -> list[str]:
    page = client.get("/").get_data(as_text=True)
    return re.findall(r'(?:src|href)="(/(?:_dash-component-suites|assets)/[^"]+\.(?:js|css)[^"]*)"', page)


@pytest.mark.parametrize(("encoding", "unpack"), [("br", brotli.decompress), ("gzip", gzip.decompress)])
def test_what_arrives_is_the_file(client, encoding, unpack):
    for address in addresses(client)[::10]:
        plain = get(client, address)
        for _ in range(2):
            packed = get(client, address, encoding)
            if packed.headers.get("Content-Encoding"):
                assert packed.headers["Content-Encoding"] == encoding
                assert unpack(packed.data) == plain.data
            assert (packed.status_code, packed.mimetype) == (200, plain.mimetype)
            assert packed.headers["Vary"] == "Accept-Encoding"


def test_it_is_compressed_once(client, monkeypatch):
    address = next(address for address in addresses(client) if "react-dom" in address)
    first = get(client, address, "br").data
    assert len(first) < 60_000

    def fail(_raw):
        raise AssertionError("compressed again")

    monkeypatch.setitem(packing.COMPRESS, "br", fail)
    assert get(client, address, "br").data == first


def test_what_has_its_version_in_its_address_is_kept_for_a_year(client):
    versioned = [
        address for address in addresses(client) if "?m=" in address or "component-suites" in address
    ]
    assert len(versioned) > 50
    kept = {get(client, address).headers["Cache-Control"] for address in versioned[::10]}
    assert kept == {"private, max-age=31536000, immutable"}
    icon = get(client, "/assets/icon.svg")
    assert icon.headers["Cache-Control"] == "private, max-age=3600"


def test_what_did_not_change_is_kept_as_long_as_before(client):
    versioned = next(address for address in addresses(client) if "?m=" in address)
    for address in (versioned, "/assets/icon.svg"):
        first = get(client, address)
        again = client.get(address, headers={"If-None-Match": first.headers["ETag"]}, buffered=True)
        assert (again.status_code, again.data) == (304, b"")
        assert again.headers["Cache-Control"] == first.headers["Cache-Control"]


def test_what_is_not_there_is_not_kept(client):
    assert "immutable" not in get(client, "/assets/nothing.js?m=1").headers.get("Cache-Control", "")


def test_a_first_visit_is_small(client):
    addresses_and_plotly = [*addresses(client), "/_dash-component-suites/plotly/package_data/plotly.min.js"]
    parts = [get(client, path, "br").data for path in addresses_and_plotly]
    assert sum(map(len, parts)) < 2_200_000


def test_the_guard_is_asked_first(tmp_path):
    place = {"cache_dir": tmp_path / "cache", "secret_key_file": tmp_path / "key"}
    settings = Settings(tmp_path / "data", **place, access="proxy", trusted_proxies=("127.0.0.1",))
    named = {"Accept-Encoding": "br", "X-Forwarded-User": "ada"}
    with create_app(settings).server.test_client() as client:
        assert client.get("/assets/stateroom.js?m=1", headers=named, buffered=True).status_code == 200
        assert get(client, "/assets/stateroom.js?m=1", "br").status_code in (401, 403)
