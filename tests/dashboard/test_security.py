"""The policy, and the build of Plotly that it needs."""

from __future__ import annotations

from pathlib import Path

import pytest

from dashboard import create_app
from dashboard.security import ORDINARY_PLOTLY, STRICT_PLOTLY
from dashboard.settings import Settings

ASSETS = Path(__file__).resolve().parents[2] / "assets"


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    folder = tmp_path_factory.mktemp("dashboard")
    return create_app(Settings(data_dir=folder, cache_dir=folder / "cache")).server.test_client()


def test_the_build_of_plotly_has_the_version_that_the_package_draws_for():
    text = (ASSETS / STRICT_PLOTLY).read_text()
    assert f"v{STRICT_PLOTLY.split('-')[2].removesuffix('.min.js')}" in text[:200]


def test_pages_get_the_build_without_eval(client):
    with client.get(ORDINARY_PLOTLY) as answer:
        assert answer.status_code == 200
        assert answer.data == (ASSETS / STRICT_PLOTLY).read_bytes()
        assert "max-age" in answer.headers["Cache-Control"]


def test_the_index_page_does_not_load_it_a_second_time(client):
    assert "plotly-strict" not in client.get("/").text


def test_scripts_come_from_here_and_are_not_made_from_text(client):
    policy = dict(
        part.strip().split(" ", 1) for part in client.get("/").headers["Content-Security-Policy"].split(";")
    )
    assert policy["default-src"] == "'self'"
    assert "unsafe" not in policy["script-src"] and "http" not in policy["script-src"]
    assert policy["object-src"] == "'none'"
