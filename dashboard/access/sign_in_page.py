"""The page that asks for name and password."""

from __future__ import annotations

from markupsafe import Markup

from dashboard.access.plain_page import look, looking_alike, plain_page, sentence_of

__all__ = ["sign_in_page"]

CONTENT = Markup("""<h1>Stateroom</h1>
      <form method="post" action="{action}">
        {sentence}
        <label for="name">Name</label>
        <input id="name" name="name" value="{name}" autocomplete="username" autocapitalize="none"
          spellcheck="false" maxlength="64" required{name_focus}>
        <label for="password">Password</label>
        <input id="password" name="password" type="password" autocomplete="current-password"
          maxlength="1000" required{password_focus}>
        <input type="hidden" name="next" value="{next}">
        <input type="hidden" name="token" value="{token}">
        <button type="submit">Sign in</button>
      </form>
      <p class="quiet">Whoever runs this host makes accounts, and gives a new password for a lost one.</p>""")


def sign_in_page(address: str, *, wanted: str, token: str, name: str = "", sentence: str = "") -> str:
    """Return the page; `address` takes the form, and `wanted` is shown when it was right."""
    # In a frame the focus belongs to the page around it.
    focus = "" if "embed" in look(wanted) else " autofocus"
    content = CONTENT.format(
        action=looking_alike(address, wanted),
        sentence=sentence_of(sentence),
        name=name,
        name_focus="" if name else focus,
        password_focus=focus if name else "",
        next=wanted,
        token=token,
    )
    return plain_page("Sign in", content, files=address)
