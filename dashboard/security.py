"""Headers that keep the pages to this machine: nothing is loaded from, or sent to, anywhere else."""

from __future__ import annotations

import secrets

from dash import Dash
from flask import Response

__all__ = ["protect"]


def protect(app: Dash) -> None:
    """Send the headers with each answer. Call it when every callback is registered."""
    scripts = " ".join(f"'{digest}'" if digest[:1] != "'" else digest for digest in app.csp_hashes())
    policy = "; ".join(
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
            "frame-ancestors 'self'",
        ]
    )
    app.server.secret_key = secrets.token_bytes(32)

    @app.server.after_request
    def add_headers(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = policy
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "same-origin"
        return response
