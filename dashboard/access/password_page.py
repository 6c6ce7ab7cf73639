"""The page on which a user chooses another password."""

from __future__ import annotations

from markupsafe import Markup

from dashboard.access.accounts import FEWEST_CHARACTERS
from dashboard.access.plain_page import looking_alike, plain_page, sentence_of

__all__ = ["changed_page", "password_page"]

CONTENT = Markup("""<h1>Change your password</h1>
      <form method="post" action="{action}">
        {sentence}
        <label for="name">Name</label>
        <input id="name" value="{name}" autocomplete="username" readonly>
        <label for="old">Password until now</label>
        <input id="old" name="old" type="password" autocomplete="current-password" maxlength="1000" required
          autofocus>
        <label for="new">New password</label>
        <input id="new" name="new" type="password" autocomplete="new-password" minlength="{fewest}"
          maxlength="1000" aria-describedby="rule" required>
        <p id="rule" class="hint">At least {fewest} characters.</p>
        <label for="again">New password once more</label>
        <input id="again" name="again" type="password" autocomplete="new-password" minlength="{fewest}"
          maxlength="1000" required>
        <input type="hidden" name="next" value="{next}">
        <button type="submit">Change password</button>
      </form>
      <p class="quiet">Wherever else you are signed in, the new one will be asked for.
        <a href="{next}">Back, without a change</a></p>""")
CHANGED = Markup("""<h1>Your password is changed</h1>
      <p role="status">Wherever else {name} was signed in, the new password is asked for now.</p>
      <p><a class="button" href="{next}">Go on</a></p>""")


def password_page(address: str, *, name: str, wanted: str, files: str, sentence: str = "") -> str:
    """Return the page; `address` takes the form, `wanted` is the view that it was opened from."""
    content = CONTENT.format(
        action=looking_alike(address, wanted),
        sentence=sentence_of(sentence),
        name=name,
        fewest=FEWEST_CHARACTERS,
        next=wanted,
    )
    return plain_page("Change your password", content, files=files)


def changed_page(*, name: str, wanted: str, files: str) -> str:
    """Return the page that says that it is done."""
    return plain_page("Your password is changed", CHANGED.format(name=name, next=wanted), files=files)
