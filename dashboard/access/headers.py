"""Headers that keep the pages to this machine: nothing is loaded from, or sent to, anywhere else."""

from __future__ import annotations

from dash import Dash
from flask import Response, request

from dashboard.access.peers import is_loopback_host
from dashboard.settings import Settings

__all__ = ["add_headers", "is_trustworthy"]

HTTPS_ONLY = "max-age=31536000"
"""A year; of this host name only."""


def add_headers(app: Dash, settings: Settings) -> None:
    """Send the headers with each answer. Call it when every callback is registered."""
    policy = _policy(app, settings)

    @app.server.after_request
    def add(response: Response) -> Response:
        headers = response.headers
        headers["Content-Security-Policy"] = policy
        headers["X-Content-Type-Options"] = "nosniff"
        headers["Referrer-Policy"] = "same-origin"
        headers["Cross-Origin-Resource-Policy"] = "same-origin"
        headers.setdefault("Cache-Control", "private, no-cache")
        if not settings.embed_portals:
            headers["X-Frame-Options"] = "SAMEORIGIN"
        if is_trustworthy():
            # Elsewhere browsers ignore it and complain.
            headers["Cross-Origin-Opener-Policy"] = "same-origin"
        if request.scheme == "https":
            headers["Strict-Transport-Security"] = HTTPS_ONLY
        return response


def is_trustworthy() -> bool:
    """Return whether browsers trust the way to the address that was asked for."""
    return request.scheme == "https" or is_loopback_host(request.environ.get("HTTP_HOST") or "")


def _policy(app: Dash, settings: Settings) -> str:
    scripts = " ".join(f"'{digest}'" if digest[:1] != "'" else digest for digest in app.csp_hashes())
    return "; ".join(
        [
            "default-src 'self'",
            f"script-src 'self' {scripts}",
            # Plotly and Dash set styles on elements.
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "worker-src 'self' blob:",
            "font-src 'self' data:",
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
            " ".join(["frame-ancestors 'self'", *settings.embed_portals]),
        ]
    )
