"""What a password opens: the attempts are counted, and then the browser that asks gets a session."""

from __future__ import annotations

from flask import Response, request

from dashboard.access.accounts import Accounts
from dashboard.access.attempts import Attempts
from dashboard.access.cookies import Cookie
from dashboard.access.known_browsers import KnownBrowsers
from dashboard.access.sessions import Sessions

__all__ = ["MOST_BYTES", "Entry", "TooMany"]

MOST_BYTES = 64_000
"""Of a form with passwords."""


class TooMany(Exception):  # noqa: N818  it is an answer, not a fault
    """A password is not even looked at for so many seconds."""

    def __init__(self, wait: int) -> None:
        minutes = -(-wait // 60)
        super().__init__(
            f"There were too many attempts. Try again in {minutes} minute{'s' if minutes > 1 else ''}."
        )
        self.wait = wait


class Entry:
    """Passwords and sessions of the browser at hand; `cookie` holds its session."""

    def __init__(
        self,
        accounts: Accounts,
        attempts: Attempts,
        sessions: Sessions,
        *,
        cookie: Cookie,
        known: KnownBrowsers,
    ) -> None:
        self._accounts, self._attempts, self._sessions = accounts, attempts, sessions
        self._cookie, self._known = cookie, known

    def account(self, name: str, password: str) -> str | None:
        """Return the account that this name and password are of.

        Raises
        ------
        TooMany
            If too many others were tried before.
        """
        address, browser = request.remote_addr or "", self._known.number(name)
        if wait := self._attempts.begin(name, address, browser=browser):
            raise TooMany(wait)
        found = self._accounts.check(name, password)
        if found is not None:
            self._attempts.succeeded(name, address, browser=browser)
        return found

    def let_in(self, answer: Response, account: str) -> None:
        """Begin a session with an answer; one is never taken over from before."""
        self._sessions.end(self._cookie.value())
        self._cookie.send(answer, self._sessions.begin(account), seconds=self._sessions.seconds)
        self._known.remember(answer, account)
