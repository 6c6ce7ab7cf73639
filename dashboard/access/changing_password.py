"""A signed-in user chooses another password."""

from __future__ import annotations

from urllib.parse import urlencode, urlsplit

from flask import Flask, Response, redirect, request

from analytics.errors import ParameterError
from dashboard.access.accounts import Accounts, checked_password
from dashboard.access.entry import MOST_BYTES, Entry, TooMany
from dashboard.access.guard import Guard
from dashboard.access.password_page import changed_page, password_page
from dashboard.access.wanted import safe_address
from dashboard.user import current_user

__all__ = ["PASSWORD", "PasswordChange"]

PASSWORD, DONE = "password", "changed"
WRONG = "The password until now is wrong."
UNLIKE = "The new password was not typed alike twice."
SAME = "The new password is the one until now. Choose another one."


class PasswordChange:
    """The page and what it sends, for those who have a session.

    Parameters
    ----------
    files : str
        Address below which the files of the page are.
    """

    def __init__(self, accounts: Accounts, entry: Entry, *, prefix: str, files: str) -> None:
        self._accounts, self._entry = accounts, entry
        self._prefix, self._files = prefix, files

    @property
    def _address(self) -> str:
        return self._prefix + PASSWORD

    def register(self, server: Flask, guard: Guard) -> None:
        """Register the address; the guard stands before it."""
        guard.take_forms(self._address)
        server.add_url_rule(self._address, PASSWORD, self._show, methods=["GET"])
        server.add_url_rule(self._address, f"{PASSWORD}-form", self._change, methods=["POST"])

    def _show(self) -> Response:
        if DONE not in request.args:
            return self._form(self._opened_from())
        wanted = safe_address(request.args[DONE], self._prefix)
        return _page(changed_page(name=current_user().name, wanted=wanted, files=self._files))

    def _change(self) -> Response:
        request.max_content_length = MOST_BYTES
        form, name = request.form, current_user().name
        wanted, new = safe_address(form.get("next", ""), self._prefix), form.get("new", "")
        if new != form.get("again", ""):
            return self._form(wanted, UNLIKE, 400)
        try:
            checked_password(new)
            if self._entry.account(name, form.get("old", "")) is None:
                return self._form(wanted, WRONG, 403)
        except ParameterError as error:
            return self._form(wanted, str(error), 400)
        except TooMany as refusal:
            answer = self._form(wanted, str(refusal), 429)
            answer.headers["Retry-After"] = str(refusal.wait)
            return answer
        if new == form.get("old"):
            return self._form(wanted, SAME, 400)
        self._accounts.change_password(name, new)
        answer = redirect(f"{self._address}?{urlencode({DONE: wanted})}", 303)
        # All sessions of the user have ended, this one too.
        self._entry.let_in(answer, name)
        return answer

    def _form(self, wanted: str, sentence: str = "", status: int = 200) -> Response:
        page = password_page(
            self._address, name=current_user().name, wanted=wanted, files=self._files, sentence=sentence
        )
        return _page(page, status)

    def _opened_from(self) -> str:
        """The view in whose frame the link was."""
        parts = urlsplit(request.referrer or "")
        if parts.netloc != request.host or parts.path == self._address:
            return self._prefix
        return safe_address(f"{parts.path}?{parts.query}" if parts.query else parts.path, self._prefix)


def _page(page: str, status: int = 200) -> Response:
    answer = Response(page, status, mimetype="text/html")
    answer.headers["Cache-Control"] = "no-store"
    return answer
