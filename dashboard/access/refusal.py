"""Why somebody may not come in, as an answer that fits whoever asked: a page, a script or a program."""

from __future__ import annotations

from collections.abc import Callable

from flask import Response, jsonify, request

__all__ = ["Refused", "is_navigation", "refused"]


class Refused(Exception):  # noqa: N818  it is an answer, not a fault
    """The request is not let in; the sentence is fit for a reader.

    `page` makes what a browser shows in place of a page; without it the sentence is shown.
    """

    def __init__(self, status: int, sentence: str, *, page: Callable[[], Response] | None = None) -> None:
        super().__init__(sentence)
        self.status, self.sentence, self.page = status, sentence, page


def refused(refusal: Refused) -> Response:
    """Return the answer that says no."""
    if is_navigation() and refusal.page:
        answer = refusal.page()
    elif is_navigation():
        answer = Response(refusal.sentence + "\n", mimetype="text/plain")
    else:
        answer = jsonify({"error": refusal.sentence})
    answer.status_code = refusal.status
    answer.headers["Cache-Control"] = "no-store"
    return answer


def is_navigation() -> bool:
    """Return whether a browser asks for a page, to be shown in its window or in a frame."""
    mode = request.headers.get("Sec-Fetch-Mode")
    if mode is not None:
        # A form that is sent shows a page, too.
        return mode == "navigate"
    if request.method not in ("GET", "HEAD"):
        return False
    return request.accept_mimetypes.best_match(["application/json", "text/html"]) == "text/html"
