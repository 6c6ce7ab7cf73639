"""The policy that keeps the pages to this machine."""

from __future__ import annotations

import pytest

from dashboard import create_app
from dashboard.settings import Settings


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    folder = tmp_path_factory.mktemp("dashboard")
    return create_app(Settings(data_dir=folder, cache_dir=folder / "cache")).server.test_client()


def test_scripts_come_from_here_and_are_not_made_from_text(client):
    policy = dict(
        part.strip().split(" ", 1) for part in client.get("/").headers["Content-Security-Policy"].split(";")
    )
    assert policy["default-src"] == "'self'"
    assert "unsafe" not in policy["script-src"] and "http" not in policy["script-src"]
    assert policy["object-src"] == "'none'"
