"""The frame around every page: brand, menu, pickers, facts, the copy, share, explain and theme buttons."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import ModuleType

from dash import dcc, get_relative_path, html

from dashboard.components.page_link import page_link
from dashboard.ids import Shell
from dashboard.links import PATHS

__all__ = ["START", "index_page", "shell"]

_INDEX = """<!DOCTYPE html>
<html lang="en">
  <head>
    {%metas%}
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>{%title%}</title>
    <link rel="icon" type="image/svg+xml" href="{icon}">
    <script src="{theme}"></script>
    {fonts}
    {%css%}
  </head>
  <body>
    {%app_entry%}
    <footer>
      {%config%}
      {%scripts%}
      {%renderer%}
    </footer>
  </body>
</html>
"""

_FONTS = [f"ibm-plex-{face}-latin-{weight}-normal" for face in ("sans", "mono") for weight in (400, 600)]
_PRELOAD = '<link rel="preload" as="font" type="font/woff2" href="{}" crossorigin>'

START = "var renderer; stateroom.fonts.then(function () { renderer = new DashRenderer(); });"
"""The script that begins the app: after the fonts (assets/fonts.js), which what is drawn is measured in."""


def index_page(asset_url: Callable[[str], str]) -> str:
    """Return the HTML around the app; `asset_url` gives the path of a file in `assets/`."""
    fonts = "\n    ".join(_PRELOAD.format(asset_url(f"fonts/{name}.woff2")) for name in _FONTS)
    page = _INDEX.replace("{icon}", asset_url("icon.svg")).replace("{theme}", asset_url("theme.js"))
    return page.replace("{fonts}", fonts)


def shell(
    pages: Sequence[ModuleType], *, portals: Sequence[str] = (), who: html.Div | None = None
) -> html.Div:
    """Return the frame with the menu of these pages.

    `portals` are the origins that may show a view, `who` tells who is in.
    """
    return html.Div(
        [
            dcc.Location(id=Shell.ADDRESS, refresh="callback-nav"),
            dcc.Store(id=Shell.CATALOG),
            dcc.Store(id=Shell.NOTICE),
            dcc.Store(id=Shell.THEME, data="light"),
            html.A("Skip to the page", href="#" + Shell.PAGE, className="skip-link"),
            html.Header([_menu(pages, who), _pickers()], className="shell-frame"),
            html.Div(id=Shell.MESSAGES, className="shell-messages", **_LIVE),
            html.Div(id=Shell.PAGE, className="shell-page"),
            _embed_foot(),
            _help(),
        ],
        className="shell",
        **{"data-portals": " ".join(portals), "data-ask": get_relative_path("/ask/")},
    )


_LIVE = {"aria-live": "polite", "role": "status"}


def _menu(pages: Sequence[ModuleType], who: html.Div | None) -> html.Div:
    links = [
        page_link(
            page.NAME,
            page.PATH,
            className="menu-link has-beside" if page.PATH in _WITH_SECOND else "menu-link",
            # The browser finds a link by the path that it shows.
            id={"menu": get_relative_path(page.PATH)},
        )
        for page in pages
    ]
    return html.Div(
        [
            page_link("Stateroom", "/", className="brand", id=Shell.BRAND),
            html.Nav(links, id=Shell.NAVIGATION, **{"aria-label": "Pages"}),
            html.Div(
                [
                    _button(Shell.COPY_LINK, "copy link", "icon-link", title="Copy the address of this view"),
                    _share(),
                    _button(Shell.HELP_BUTTON, "", "icon-help", title="Explain this page (?)"),
                    _button(Shell.THEME_BUTTON, "", "icon-theme", title="Light or dark"),
                    who,
                ],
                className="shell-buttons",
            ),
        ],
        className="shell-menu",
    )


def _embed_foot() -> html.Footer:
    """What stands under a view in a frame of a portal; assets/embed.js fills it."""
    return html.Footer(
        [
            html.Span(id=Shell.EMBED_SHOWN, className="embed-shown"),
            html.A(
                "open in Stateroom ↗",
                id=Shell.EMBED_OPEN,
                className="embed-open",
                target="_blank",
                rel="noopener",
            ),
        ],
        className="embed-foot",
    )


def _share() -> html.Div:
    """The button that opens what can be done with the view; assets/share.js fills the menu."""
    button = html.Button(
        [
            html.Span(className="icon icon-share", **{"aria-hidden": "true"}),
            html.Span("share"),
            html.Span("▾", **{"aria-hidden": "true"}),
        ],
        id=Shell.SHARE,
        title="Share or keep this view",
        type="button",
        className="frame-button",
        **{"aria-haspopup": "menu", "aria-expanded": "false", "aria-controls": Shell.SHARE_MENU},
    )
    menu = html.Div(id=Shell.SHARE_MENU, className="share-menu", role="menu", hidden=True, **_SHARE_LABEL)
    return html.Div([button, menu], className="share")


_SHARE_LABEL = {"aria-label": "Share or keep this view"}


_WITH_SECOND = tuple(PATHS[page] for page in ("recordings", "match", "clusters", "sentences", "memory"))
"""Pages that show a second recording or state beside the first."""


def _button(component_id: str, text: str, icon: str, *, title: str) -> html.Button:
    content = [
        html.Span(className=f"icon {icon}", **{"aria-hidden": "true"}),
        html.Span(text) if text else None,
    ]
    return html.Button(
        content,
        id=component_id,
        title=title,
        type="button",
        className="frame-button",
        # What is read aloud begins with what is shown.
        **{"aria-label": text or title},
    )


def _pickers() -> html.Div:
    return html.Div(
        [
            _picker(Shell.RECORDING, "recording"),
            _picker(Shell.STATE, "state"),
            html.Div(
                id=Shell.BESIDE,
                className="shell-beside",
                hidden=True,
                role="group",
                **{"aria-label": "The second recording"},
            ),
            html.Span(id=Shell.FACTS, className="shell-facts"),
        ],
        className="shell-pickers",
    )


def _picker(component_id: str, text: str) -> html.Div:
    dropdown = dcc.Dropdown(
        id=component_id, options=[], clearable=False, placeholder="choose", className="picker"
    )
    return html.Div([html.Label(text, htmlFor=component_id), dropdown], className="picker-field")


def _help() -> html.Aside:
    return html.Aside(
        [
            html.Div(
                [
                    html.H2("About this page"),
                    _button(Shell.HELP_CLOSE, "", "icon-close", title="Close (Esc)"),
                ],
                className="drawer-head",
            ),
            html.Div(id=Shell.HELP_BODY),
        ],
        id=Shell.HELP,
        className="drawer",
        hidden=True,
        tabIndex="-1",
        **{"aria-label": "About this page"},
    )
