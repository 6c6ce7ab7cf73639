"""Refuses requests that make no sense before anything is computed; the log gets a line for each of them."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from typing import Any

from dash import Dash
from dash.exceptions import DependencyException
from flask import Response, jsonify, request
from werkzeug.exceptions import BadRequest, HTTPException, NotFound, RequestEntityTooLarge

from dashboard.ids import Clusters, Compare, Home, Match, Memory, Sentences, Shell
from dashboard.messages import UNEXPECTED
from dashboard.settings import Settings

__all__ = ["MEGABYTE", "refuse_bad_requests"]

MEGABYTE = 1_000_000
MAX_DEPTH = 40
"""How deep what is sent may be nested; a view is four levels deep."""
MAX_SHOWN = 120
SENTENCES = {
    400: "The request makes no sense.",
    404: "There is nothing at this address.",
    405: "This address does not take such a request.",
    414: "The address is too long.",
    500: UNEXPECTED,
}

KINDS: dict[Any, Any] = {"n_clicks": (int, float), "pathname": str, "data": Mapping}
"""What properties hold that callbacks of the server read."""
NEEDED: dict[Any, dict[str, Any]] = {
    Home.CHOSEN: {"key": str},
    **{
        page.ADDRESS: {"search": str, "n": (int, float)}
        for page in (Match, Clusters, Sentences, Compare, Memory)
    },
}
"""Stores that pages fill before they ask, and what is in them."""
log = logging.getLogger(__name__)


def refuse_bad_requests(app: Dash, settings: Settings) -> None:
    """Check the body of each request, and answer every refusal with a sentence."""
    server, limit = app.server, settings.request_megabytes
    # Reading stops there, whatever the request says of its length.
    server.config["MAX_CONTENT_LENGTH"] = limit * MEGABYTE
    callbacks = f"{settings.prefix}_dash-update-component"

    @server.before_request
    def check_body() -> None:
        if request.method == "POST" and request.is_json:
            sent = _sent()
            if request.path == callbacks:
                _check_callback(app, sent)

    @server.errorhandler(DependencyException)
    def unknown_script(_error: DependencyException) -> Response:
        return _told(NotFound(), limit)

    @server.errorhandler(HTTPException)
    def told(error: HTTPException) -> Response:
        # Redirections are answers of this kind too.
        return error.get_response() if (error.code or 0) < 400 else _told(error, limit)


def _told(error: HTTPException, limit: int) -> Response:
    sentence = SENTENCES.get(error.code, error.description or "The request is refused.")
    if error.code == 413:
        # An address may take less than the others.
        most = (request.max_content_length or limit * MEGABYTE) / MEGABYTE
        sentence = f"The request is larger than {most:g} MB, the most that this host takes."
    elif isinstance(error, _Malformed):
        sentence = str(error.description)
    if error.code != 500:
        # The reason of a 500 is logged where it happened.
        shown = request.path[:MAX_SHOWN]
        log.warning("Refused %s %r with %s: %s", request.method[:MAX_SHOWN], shown, error.code, sentence)
    response = jsonify({"error": sentence})
    response.status_code = error.code
    if getattr(error, "valid_methods", None):
        response.headers["Allow"] = ", ".join(sorted(error.valid_methods))
    return response


class _Malformed(BadRequest):
    """What was sent cannot be read; the description is fit for a reader."""


def _sent() -> Any:
    try:
        # Flask keeps what it read for those who ask again.
        sent = request.get_json(silent=False)
    except RecursionError:
        raise _Malformed(f"The request is nested more than {MAX_DEPTH} levels deep.") from None
    except BadRequest:
        if request.content_length is None and len(request.get_data()) >= (request.max_content_length or 0):
            # Sent in parts, it was cut off there without a word.
            raise RequestEntityTooLarge from None
        raise _Malformed("The request is not the JSON that its content type promises.") from None
    _check_depth(sent)
    return sent


def _check_depth(sent: Any) -> None:
    level = [sent]
    for _ in range(MAX_DEPTH):
        level = [part for each in level for part in _parts(each)]
        if not level:
            return
    raise _Malformed(f"The request is nested more than {MAX_DEPTH} levels deep.")


def _parts(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _check_callback(app: Dash, sent: Any) -> None:
    """Refuse what Dash could not take apart: an output nobody computes, or other inputs than it has."""
    output = sent.get("output") if isinstance(sent, dict) else None
    known = app.callback_map.get(output) if isinstance(output, str) else None
    if known is None:
        shown = repr(output)[:MAX_SHOWN]
        raise _Malformed(f"Nothing here computes the output {shown}. Load the page again.")
    inputs, states = sent.get("inputs", []), sent.get("state", [])
    changed = (sent.get("changedPropIds", []), sent.get("parsedChangedPropsIds", []))
    fits = (
        _names(inputs) == _names(known["inputs"])
        and _names(states) == _names(known["state"])
        and (known.get("no_output") or _output_of(sent.get("outputs")) == output)
        and all(isinstance(each, list) and all(isinstance(one, str) for one in each) for each in changed)
        and all(_value_fits(each, app, changed[0]) for each in [*inputs, *states])
    )
    if not fits:
        raise _Malformed(
            f"The request for {output[:MAX_SHOWN]!r} does not have its inputs. Load the page again."
        )


def _value_fits(part: Mapping[str, Any], app: Dash, changed: list[str]) -> bool:
    """Whether a page could have sent this value: what its kind of property holds, or nothing so far."""
    name, kind, value = part.get("id"), part.get("property"), part.get("value")
    if name in NEEDED and (value is not None or f"{name}.{kind}" in changed):
        return isinstance(value, Mapping) and all(
            isinstance(value.get(field), kinds) for field, kinds in NEEDED[name].items()
        )
    if kind == "pathname" and isinstance(value, str):
        # Half of a character cannot be sent back.
        prefix = app.config.requests_pathname_prefix
        return f"{value}/".startswith(prefix) and not any("\ud800" <= each <= "\udfff" for each in value)
    return value is None or isinstance(value, str if name == Shell.THEME else KINDS.get(kind, object))


def _names(given: Any) -> list[str] | None:
    """Return `id.property` of each part; None where it is not a list of such parts."""
    if not isinstance(given, list) or not all(isinstance(each, Mapping) for each in given):
        return None
    return [f"{each.get('id')}.{each.get('property')}" for each in given]


def _output_of(outputs: Any) -> str | None:
    """Return what Dash calls these outputs together."""
    if isinstance(outputs, Mapping):
        return f"{outputs.get('id')}.{outputs.get('property')}"
    names = _names(outputs)
    return names and f"..{'...'.join(names)}.."
