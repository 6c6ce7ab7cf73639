"""Sends scripts and styles compressed once for all, and lets browsers keep what never changes.

Plotly alone has 4.8 MB: compressed for every reader it would take as long as the answers do. The compressed
files are answers like any other, so all workers share them and a change of a file makes a new one.
"""

from __future__ import annotations

import gzip
import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable

from dash import Dash
from flask import Response, request

from dashboard.queries.cache import AnswerCache

__all__ = ["pack"]

SMALLEST_BYTES = 500
MIMETYPES = ("text/css", "text/javascript", "application/javascript", "image/svg+xml")
A_YEAR = "private, max-age=31536000, immutable"
AN_HOUR = "private, max-age=3600"
YEAR_S = 31536000
BROTLI_QUALITY, GZIP_LEVEL = 9, 9
MOST_KNOWN = 512
"""Files whose content need not be read again; there are about 130 of them."""


def pack(app: Dash, cache: AnswerCache) -> None:
    """Wrap the views of scripts, styles, fonts and pictures; whoever stands before them is asked first."""
    views = app.server.view_functions
    for name in list(views):
        if "_dash-component-suites" in name or name.endswith("_dash_assets.static"):
            views[name] = _Packed(views[name], cache)


class _Packed:
    """A view of files that answers as the other one does, compressed."""

    def __init__(self, view: Callable[..., Response], cache: AnswerCache) -> None:
        self._view, self._cache = view, cache
        self._known: OrderedDict[str, tuple[str, str]] = OrderedDict()
        self._lock = threading.Lock()

    def __call__(self, **parts: str) -> Response:
        """Answer a request."""
        encoding = _encoding() if request.method == "GET" else ""
        known = self._known.get(request.full_path)
        if known and encoding:
            mimetype, digest = known
            packed = self._compressed(digest, encoding, lambda: self._view(**parts).get_data())
            return _response(Response(packed, mimetype=mimetype), encoding, lasts=True)
        response = self._view(**parts)
        if response.status_code >= 400:
            return response
        # The address of a file tells its version: in its name, or as `m`.
        lasts = "m" in request.args or response.cache_control.max_age == YEAR_S
        if response.status_code != 200:
            # A part, or that nothing changed: what browsers then note is how long to keep the whole.
            return _response(response, "", lasts=lasts)
        if not encoding or response.mimetype not in MIMETYPES:
            return _response(response, "", lasts=lasts)
        response.direct_passthrough = False
        raw = response.get_data()
        if len(raw) < SMALLEST_BYTES:
            return _response(response, "", lasts=lasts)
        digest = hashlib.blake2b(raw, digest_size=16).hexdigest()
        if response.cache_control.max_age == YEAR_S:
            self._remember(request.full_path, response.mimetype, digest)
        response.set_data(self._compressed(digest, encoding, lambda: raw))
        return _response(response, encoding, lasts=lasts)

    def _compressed(self, digest: str, encoding: str, read: Callable[[], bytes]) -> bytes:
        return self._cache.answer(
            "compressed file", digest, {"encoding": encoding}, lambda: COMPRESS[encoding](read())
        )

    def _remember(self, path: str, mimetype: str, digest: str) -> None:
        with self._lock:
            self._known[path] = mimetype, digest
            if len(self._known) > MOST_KNOWN:
                self._known.popitem(last=False)


def _encoding() -> str:
    accepted = request.accept_encodings
    return "br" if accepted["br"] else "gzip" if accepted["gzip"] else ""


def _response(response: Response, encoding: str, *, lasts: bool) -> Response:
    response.headers["Cache-Control"] = A_YEAR if lasts else AN_HOUR
    response.vary.add("Accept-Encoding")
    if encoding:
        response.headers["Content-Encoding"] = encoding
    return response


def _brotli(raw: bytes) -> bytes:
    import brotli

    return brotli.compress(raw, quality=BROTLI_QUALITY)


COMPRESS: dict[str, Callable[[bytes], bytes]] = {
    "br": _brotli,
    "gzip": lambda raw: gzip.compress(raw, GZIP_LEVEL, mtime=0),
}
