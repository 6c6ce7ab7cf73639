"""Who is in, in the frame: the name, and for those who signed in the way out."""

from __future__ import annotations

from dash import get_relative_path, html

__all__ = ["who"]


def who(name: str, *, signs_out: bool) -> html.Div | None:
    """Return the name of the user, and for those who signed in what they may do about it.

    Nothing where nobody has a name.
    """
    if not name:
        return None
    button = html.Button("sign out", type="submit", className="frame-button")
    leave = html.Form(button, action=get_relative_path("/sign-out"), method="post", className="who-leave")
    if not signs_out:
        return html.Div(html.Span(name, className="who-name", title=f"You are {name}."), className="who")
    account = html.A(
        [
            html.Span(name, className="who-name"),
            html.Span(": change your password", className="visually-hidden"),
        ],
        href=get_relative_path("/password"),
        className="who-account",
        title=f"You are {name}. Change your password",
    )
    return html.Div([account, leave], className="who")
