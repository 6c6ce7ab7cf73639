"""The page that asks for name and password: plain HTML, no scripts but the theme."""

from __future__ import annotations

from string import Template

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
      <form method="post" action="${address}">
        ${sentence}
        <label for="name">Name</label>
        <input id="name" name="name" value="${name}" autocomplete="username" autocapitalize="none"
          spellcheck="false" maxlength="64" required${focus}>
        <label for="password">Password</label>
        <input id="password" name="password" type="password" autocomplete="current-password"
          maxlength="1000" required>
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
    return PAGE.substitute(
        address=escape(address),
        next=escape(wanted),
        token=escape(token),
        name=escape(name),
        sentence=f'<p class="sentence" role="alert">{escape(sentence)}</p>' if sentence else "",
        # In a frame the focus belongs to the page around it.
        focus="" if "embed=1" in wanted else " autofocus",
    )
