"""Whether a request that changes something was made by a page of ours, and not by a page elsewhere.

A browser says so itself: in `Sec-Fetch-Site`, or where it is older or the address is not encrypted, in
`Origin`. A program that is no browser sends neither; it carries nobody's session against their will, and
has to send JSON, which a page elsewhere cannot without being asked first.
"""

from __future__ import annotations

from flask import request

from dashboard.access.refusal import Refused

__all__ = ["check_origin"]

SAFE = ("GET", "HEAD", "OPTIONS")
FORM = "application/x-www-form-urlencoded"


def check_origin(*, is_form: bool) -> None:
    """Refuse a request that a page elsewhere may have made; `is_form`: it is sent by a form of ours.

    Raises
    ------
    Refused
        If it comes from elsewhere, or is not written as such requests are.
    """
    if request.method in SAFE:
        return
    if not _same_origin():
        raise Refused(403, "This request was made by a page of another site, so nothing was done.")
    wanted = FORM if is_form else "application/json"
    if request.mimetype != wanted:
        raise Refused(415, f"A request to this address has the content type {wanted}. Got {_shown()}.")


def _same_origin() -> bool:
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = request.headers.get("Origin")
    return origin is None or origin.lower() == f"{request.scheme}://{request.host}".lower()


def _shown() -> str:
    return repr(request.mimetype[:60]) if request.mimetype else "none"
