"""Pages outside the frame: plain HTML that stands alone, no scripts but the theme."""

from __future__ import annotations

from string import Template
from urllib.parse import parse_qs, urlencode, urlsplit

from markupsafe import Markup, escape

__all__ = ["FILES", "look", "looking_alike", "plain_page", "sentence_of"]

FILES = ("signin.css", "theme.js", "icon.svg")
"""What such a page needs of `assets`."""
PAGE = Template("""<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>${title} · Stateroom</title>
    <link rel="icon" type="image/svg+xml" href="${files}/icon.svg">
    <script src="${files}/theme.js"></script>
    <link rel="stylesheet" href="${files}/signin.css">
  </head>
  <body>
    <main>
      ${content}
    </main>
  </body>
</html>
""")


def plain_page(title: str, content: Markup, *, files: str) -> str:
    """Return a page; `files` is the address below which its `FILES` are."""
    return PAGE.substitute(title=escape(title), content=content, files=escape(files))


def sentence_of(text: str) -> Markup:
    """Return a sentence that is read out at once; nothing where there is none."""
    return Markup('<p class="sentence" role="alert">{}</p>').format(text) if text else Markup()


def look(wanted: str) -> dict[str, str]:
    """What an address says of the looks of every page; theme.js reads it in the address of this one."""
    given = parse_qs(urlsplit(wanted).query)
    return {field: given[field][0] for field in ("embed", "theme") if field in given}


def looking_alike(address: str, wanted: str) -> str:
    """Return an address with the looks of another one."""
    given = look(wanted)
    return f"{address}?{urlencode(given)}" if given else address
