"""Browsers in which a user signed in before: they show a cookie, and are not kept out by what others try.

The cookie lets nobody in. It is signed with what is kept of the password too, so it is worth nothing once
the user has another password or is gone.
"""

from __future__ import annotations

import hashlib
import secrets

from flask import Response
from itsdangerous import BadSignature, Signer

from dashboard.access.accounts import Accounts
from dashboard.access.cookies import Cookie
from dashboard.access.names import folded
from dashboard.settings import Settings

__all__ = ["KnownBrowsers"]

KNOWN_S = 180 * 86_400
"""How long after the last sign-in."""


class KnownBrowsers:
    """The browsers of the users of a host; `key` signs their cookies."""

    def __init__(self, accounts: Accounts, key: bytes, settings: Settings) -> None:
        self._accounts, self._key, self._settings = accounts, key, settings

    def number(self, name: str) -> str:
        """Return what tells the browser that asks from others, empty if this user never signed in there."""
        shown = self._cookie(name).value()
        signer = self._signer(name) if shown else None
        if signer is None:
            return ""
        try:
            return signer.unsign(shown).decode()
        except (BadSignature, UnicodeError):
            return ""

    def remember(self, answer: Response, name: str) -> None:
        """Have the browser keep that this user signed in."""
        signer = self._signer(name)
        if signer is not None:
            number = signer.sign(secrets.token_urlsafe(16)).decode()
            self._cookie(name).send(answer, number, seconds=KNOWN_S)

    def _signer(self, name: str) -> Signer | None:
        mark = self._accounts.password_mark(name)
        salt = f"{folded(name)} {mark}"
        return Signer(self._key, salt=salt, digest_method=hashlib.sha256) if mark else None

    def _cookie(self, name: str) -> Cookie:
        """A cookie for each user: a browser may be of several."""
        # Cookies are told apart by the key of this one, too.
        number = hashlib.blake2b(folded(name).encode(), key=self._key, digest_size=4).hexdigest()
        return Cookie(f"known-{number}", self._key, self._settings)
