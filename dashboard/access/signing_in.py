"""Signing in and out: the addresses, and the way in for those who have."""

from __future__ import annotations

import secrets
from hmac import compare_digest

from flask import Flask, Response, redirect, request, send_from_directory
from itsdangerous import BadData, URLSafeTimedSerializer

from dashboard.access.accounts import Accounts
from dashboard.access.attempts import Attempts
from dashboard.access.changing_password import PasswordChange
from dashboard.access.cookies import Cookie
from dashboard.access.entry import MOST_BYTES, Entry, TooMany
from dashboard.access.guard import Guard
from dashboard.access.known_browsers import KnownBrowsers
from dashboard.access.plain_page import FILES
from dashboard.access.refusal import Refused
from dashboard.access.sessions import Sessions
from dashboard.access.sign_in_page import sign_in_page
from dashboard.access.wanted import safe_address
from dashboard.database import Database
from dashboard.secret_key import derived_key, secret_key
from dashboard.settings import Settings
from dashboard.settings_source import SettingsError, variable
from dashboard.user import User

__all__ = ["SIGN_IN", "SIGN_OUT", "SignedIn"]

SIGN_IN, SIGN_OUT, METRICS = "sign-in", "sign-out", "metrics"
FILES_SEEN_S = 5.0
"""A page asks for a hundred scripts and styles at once, which are the same for everybody."""
TOKEN_S = 12 * 3_600
SIGNED_OUT = "You are signed out. Sign in to go on."
LEAVING, LEFT = "left", "You are signed out."
WRONG = "The name or the password is wrong."


class SignedIn:
    """Whoever signed in with an account, until the session ends."""

    def __init__(self, settings: Settings, database: Database) -> None:
        accounts = Accounts(database)
        if not accounts.all():
            raise SettingsError(
                f"{variable('access')} is accounts, and there is none yet. "
                "Make the first one: python -m dashboard users add NAME"
            )
        key = secret_key(settings.secret_key_file)
        self._sessions = Sessions(database, derived_key(key, "sessions"), hours=settings.session_hours)
        self._tokens = URLSafeTimedSerializer(derived_key(key, "sign-in"), salt="token")
        self._session, self._visit = Cookie("session", key, settings), Cookie("visit", key, settings)
        known = KnownBrowsers(accounts, derived_key(key, "known browsers"), settings)
        self._entry = Entry(accounts, Attempts(database), self._sessions, cookie=self._session, known=known)
        self._prefix = settings.prefix
        self._change = PasswordChange(
            accounts, self._entry, prefix=self._prefix, files=self._prefix + SIGN_IN
        )
        self._files = (f"{self._prefix}assets/", f"{self._prefix}_dash-component-suites/")

    def user(self) -> User:
        """Return whose session the browser shows."""
        shown, is_file = self._session.value(), request.path.startswith(self._files)
        seen_s = FILES_SEEN_S if is_file else 0.0
        user = self._sessions.user(shown, seen_s=seen_s) if shown else self._named_at_metrics()
        if user is None:
            raise Refused(401, SIGNED_OUT, page=lambda: self._page(self._here()))
        return user

    def register(self, server: Flask, guard: Guard, folder: str) -> None:
        """Register the addresses; `folder` has the files of the page."""
        address = self._prefix + SIGN_IN
        leaving = self._prefix + SIGN_OUT
        for form in (address, leaving):
            guard.open("POST", form)
            guard.take_forms(form)
        # Of `assets`, everything else is for those who are in.
        for page in (address, *(f"{address}/{name}" for name in FILES)):
            guard.open("GET", page)

        server.add_url_rule(address, SIGN_IN, self._show, methods=["GET"])
        server.add_url_rule(address, f"{SIGN_IN}-form", self._sign_in, methods=["POST"])
        server.add_url_rule(leaving, SIGN_OUT, self._sign_out, methods=["POST"])

        @server.get(f"{address}/<any({','.join(FILES)}):name>", endpoint=f"{SIGN_IN}-file")
        def file(name: str) -> Response:
            return send_from_directory(folder, name)

        self._change.register(server, guard)

    def _show(self) -> Response:
        wanted = safe_address(request.args.get("next", ""), self._prefix)
        if self._sessions.user(self._session.value()):
            return redirect(wanted, 303)
        return self._page(wanted, sentence=LEFT if LEAVING in request.args else "")

    def _sign_in(self) -> Response:
        request.max_content_length = MOST_BYTES
        form = request.form
        name, wanted = form.get("name", "").strip()[:64], safe_address(form.get("next", ""), self._prefix)
        if not self._token_fits(form.get("token", "")):
            sentence = "This page was open for too long, or the browser keeps no cookies. Try again."
            return self._page(wanted, name=name, sentence=sentence, status=400)
        try:
            account = self._entry.account(name, form.get("password", ""))
        except TooMany as refusal:
            answer = self._page(wanted, name=name, sentence=str(refusal), status=429)
            answer.headers["Retry-After"] = str(refusal.wait)
            return answer
        if account is None:
            return self._page(wanted, name=name, sentence=WRONG, status=401)
        answer = redirect(wanted, 303)
        self._entry.let_in(answer, account)
        self._visit.send(answer, "", seconds=0)
        return answer

    def _sign_out(self) -> Response:
        self._sessions.end(self._session.value())
        answer = redirect(f"{self._prefix}{SIGN_IN}?{LEAVING}=1", 303)
        self._session.send(answer, "", seconds=0)
        return answer

    def _page(self, wanted: str, *, name: str = "", sentence: str = "", status: int = 200) -> Response:
        # The same for all pages of this kind that are open, so that each of them can be sent.
        visit = self._visit.value()[:64] or secrets.token_urlsafe(16)
        token = self._tokens.dumps(visit)
        page = sign_in_page(self._prefix + SIGN_IN, wanted=wanted, token=token, name=name, sentence=sentence)
        answer = Response(page, status, mimetype="text/html")
        answer.headers["Cache-Control"] = "no-store"
        self._visit.send(answer, visit)
        return answer

    def _token_fits(self, token: str) -> bool:
        """Whether the form was given to the browser that sends it."""
        try:
            visit = self._tokens.loads(token, max_age=TOKEN_S)
        except BadData:
            return False
        return isinstance(visit, str) and compare_digest(visit.encode(), self._visit.value().encode())

    def _here(self) -> str:
        query = request.query_string.decode("latin-1")
        return safe_address(request.path + (f"?{query}" if query else ""), self._prefix)

    def _named_at_metrics(self) -> User | None:
        """Programs that read the metrics send name and password with each request."""
        given = request.authorization
        if request.path != self._prefix + METRICS or given is None or given.type != "basic":
            return None
        try:
            account = self._entry.account(given.username or "", given.password or "")
        except TooMany:
            return None
        return None if account is None else User(account, sees_all=False)
