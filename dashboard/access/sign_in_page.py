"""The page that asks for name and password: plain HTML, no scripts but the theme."""

from __future__ import annotations

from string import Template
from urllib.parse import parse_qs, urlencode, urlsplit

from markupsafe import escape

__all__ = ["sign_in_page"]

PAGE = Template("""<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Sign in · Stateroom</title>
    <link rel="icon" type="image/svg+xml" href="${address}/icon.svg">
    <script src="${address}/theme.js"></script>
    <link rel="stylesheet" href="${address}/signin.css">
  </head>
  <body>
    <main>
      <h1>Stateroom</h1>
      <form method="post" action="${address}${look}">
        ${sentence}
        <label for="name">Name</label>
        <input id="name" name="name" value="${name}" autocomplete="username" autocapitalize="none"
          spellcheck="false" maxlength="64" required${name_focus}>
        <label for="password">Password</label>
        <input id="password" name="password" type="password" autocomplete="current-password"
          maxlength="1000" required${password_focus}>
        <input type="hidden" name="next" value="${next}">
        <input type="hidden" name="token" value="${token}">
        <button type="submit">Sign in</button>
      </form>
      <p class="quiet">Whoever runs this host makes accounts and changes passwords.</p>
    </main>
  </body>
</html>
""")


def sign_in_page(address: str, *, wanted: str, token: str, name: str = "", sentence: str = "") -> str:
    """Return the page; `address` takes the form, and `wanted` is shown when it was right."""
    look = _look(wanted)
    # In a frame the focus belongs to the page around it.
    focus = "" if "embed" in look else " autofocus"
    return PAGE.substitute(
        address=escape(address),
        look=escape(f"?{urlencode(look)}" if look else ""),
        next=escape(wanted),
        token=escape(token),
        name=escape(name),
        sentence=f'<p class="sentence" role="alert">{escape(sentence)}</p>' if sentence else "",
        name_focus="" if name else focus,
        password_focus=focus if name else "",
    )


def _look(wanted: str) -> dict[str, str]:
    """What the wanted address says of the looks of every page; theme.js reads it in this one's address."""
    given = parse_qs(urlsplit(wanted).query)
    return {field: given[field][0] for field in ("embed", "theme") if field in given}
