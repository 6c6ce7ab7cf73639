"""A browser of a few lines: signs in to an app with accounts, keeps its cookies."""

from __future__ import annotations

import re
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient

from dashboard import create_app
from dashboard.access.accounts import Accounts
from dashboard.database import Database
from dashboard.settings import Settings

ADA, PASSWORD = "ada", "correct horse battery"
PEER = {"REMOTE_ADDR": "203.0.113.7"}
ENCRYPTED = {
    "REMOTE_ADDR": "10.0.0.5",
    "HTTP_X_FORWARDED_FOR": "203.0.113.7",
    "HTTP_X_FORWARDED_PROTO": "https",
}
"""Through a proxy that every app here trusts."""
TOKEN = re.compile(r'name="token" value="([^"]+)"')
NEXT = re.compile(r'name="next" value="([^"]+)"')


def database_of(folder: Path) -> Database:
    return Database("", folder / "data")


def accounts_of(folder: Path) -> Accounts:
    return Accounts(database_of(folder))


def made(folder: Path, **settings) -> Flask:
    """An app with accounts; the one of `ada` is made where it is not there."""
    if not accounts_of(folder).all():
        accounts_of(folder).add(ADA, PASSWORD, ["lab"])
    chosen = {
        "data_dir": folder / "data",
        "cache_dir": folder / "cache",
        "secret_key_file": folder / "key",
        "access": "accounts",
        "prefix": "/lab/",
        "trusted_proxies": ("10.0.0.5",),
        **settings,
    }
    return create_app(Settings(**chosen)).server


class Browser(FlaskClient):
    """A client that asks for a host by its name."""

    host = "lab.example"

    def open(self, *given, **named):
        """Ask for an address of the host."""
        return super().open(*given, **{"base_url": f"http://{self.host}", **named})


def browser(server: Flask, **environ: str) -> Browser:
    """A browser at an address of its own, with no cookies."""
    client = Browser(server, server.response_class)
    client.environ_base.update(PEER | environ)
    return client


def form(client: FlaskClient, address: str = "/lab/sign-in") -> dict[str, str]:
    """What the page asks to be sent, as it is given out."""
    text = client.get(address, headers={"Accept": "text/html"}).text
    return {"token": TOKEN.search(text)[1], "next": NEXT.search(text)[1].replace("&amp;", "&")}


def sign_in(client: FlaskClient, name: str = ADA, password: str = PASSWORD, **changed):
    asked = {**form(client), "name": name, "password": password, **changed}
    return client.post("/lab/sign-in", data=asked)


def is_in(client: FlaskClient) -> bool:
    status = client.get("/lab/_dash-layout").status_code
    assert status in (200, 401)
    return status == 200
