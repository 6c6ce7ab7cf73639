"""Who is in, in the frame: the name, and for those who signed in the way out."""

from __future__ import annotations

from dash import get_relative_path, html

__all__ = ["who"]


def who(name: str, *, signs_out: bool) -> html.Div | None:
    """Return the name of the user and a button to sign out; nothing where nobody has a name."""
    if not name:
        return None
    button = html.Button("sign out", type="submit", className="frame-button")
    leave = html.Form(button, action=get_relative_path("/sign-out"), method="post", className="who-leave")
    return html.Div(
        [html.Span(name, className="who-name", title=f"You are {name}."), leave if signs_out else None],
        className="who",
    )
