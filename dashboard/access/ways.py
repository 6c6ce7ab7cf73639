"""The ways to come in that need no account: this machine, a proxy that names the user, and everybody."""

from __future__ import annotations

from typing import Protocol

from flask import request

from dashboard.access.door import PASSED_ON, PEER_TRUSTED, variable_of
from dashboard.access.peers import is_loopback_address, is_loopback_host
from dashboard.access.refusal import Refused
from dashboard.settings import Settings
from dashboard.settings_source import SettingsError, variable
from dashboard.user import ANYBODY, NOBODY, User

__all__ = ["Everybody", "NamedByProxy", "ThisMachine", "Way"]

MOST_CHARACTERS = 256


class Way(Protocol):
    """How the user of a request is told."""

    def user(self) -> User:
        """Return who makes the request at hand, or raise `Refused`."""


class ThisMachine:
    """Whoever sits at this machine, whatever address the server listens on.

    The Host header must name this machine too: a page elsewhere may lead its own name here, and would then
    read the answers.
    """

    def user(self) -> User:
        """Return somebody who sees all."""
        if not is_loopback_address(request.environ.get("REMOTE_ADDR") or ""):
            raise Refused(403, f"Only this machine itself may come in. {_choose()}")
        if request.environ.get(PASSED_ON):
            raise Refused(
                403,
                "A proxy passed this request on for another machine, and only this machine itself may "
                f"come in. {_choose()}",
            )
        if not is_loopback_host(request.environ.get("HTTP_HOST") or ""):
            raise Refused(
                403, f"Only the names localhost and 127.0.0.1 lead in, not {request.host[:80]!r}. {_choose()}"
            )
        return ANYBODY


class Everybody:
    """Whoever reaches the address. Nobody has a name, so what is limited to groups is shown to nobody."""

    def user(self) -> User:
        """Return somebody without a name."""
        return NOBODY


class NamedByProxy:
    """Whom a trusted proxy names in a header."""

    def __init__(self, settings: Settings) -> None:
        if not settings.trusted_proxies:
            raise SettingsError(
                f"{variable('access')} is proxy, so {variable('trusted_proxies')} must list the addresses of "
                "the proxies whose word is taken, such as 10.0.0.5."
            )
        self._header = settings.proxy_user_header
        self._user, self._groups = (
            variable_of(header) for header in (settings.proxy_user_header, settings.proxy_groups_header)
        )

    def user(self) -> User:
        """Return whom the headers name."""
        if not request.environ.get(PEER_TRUSTED):
            raise Refused(403, "The way in is through the proxy of this host, not directly.")
        name = _text(request.environ.get(self._user, ""))
        if not name:
            raise Refused(403, f"The proxy named no user in the header {self._header}.")
        # A server joins headers of the same name by commas: one of them would not be the proxy's.
        if "," in name or len(name) > MOST_CHARACTERS or not name.isprintable():
            raise Refused(403, f"The header {self._header} must hold one name.")
        groups = _text(request.environ.get(self._groups, "")).split(",")
        return User(name, frozenset(group.strip() for group in groups if group.strip()), sees_all=False)


def _text(raw: str) -> str:
    """A header as UTF-8 where it is; servers hand it over as Latin-1."""
    try:
        return raw.encode("latin-1").decode().strip()
    except UnicodeError:
        return raw.strip()


def _choose() -> str:
    return f"Whoever runs Stateroom chooses by {variable('access')} who else may."
