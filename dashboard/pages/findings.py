"""The Findings page: views that people kept, with their notes, pictures and numbers."""

from __future__ import annotations

from dash import get_relative_path, html

from dashboard.components.findings import findings_panel, findings_settings, no_findings
from dashboard.components.help import help_panel
from dashboard.ids import Findings
from dashboard.links import PATHS

__all__ = ["NAME", "PATH", "help_text", "layout"]

NAME = "Findings"
PATH = PATHS["findings"]


def layout() -> html.Main:
    """Return the page; what it shows arrives when its scripts ask."""
    settings = {
        "ask": get_relative_path("/ask/"),
        "paths": {page: get_relative_path(path) for page, path in PATHS.items()},
        "table": get_relative_path("/findings/findings.csv"),
        "file": get_relative_path("/findings/findings.html"),
    }
    return html.Main(
        [
            *findings_settings(settings),
            html.Div(
                [
                    html.H1("Findings"),
                    html.P(
                        "Views that were kept, with what was said of them.",
                        className="lead-text",
                    ),
                    html.Div(id=Findings.FILES, className="head-buttons"),
                ],
                className="page-head",
            ),
            no_findings(PATHS["match"]),
            findings_panel(),
        ],
        id=Findings.PAGE,
        className="page-findings",
    )


def help_text() -> html.Div:
    """Return what the ? says here."""
    return help_panel(
        [
            "A finding is a view with a note. Open any other page, set it as you want it, and choose Keep as "
            "a finding in the share menu; the picture and the numbers that it shows are kept too.",
            "Open the view leads to the same view as it is today. Where a recording was replaced or deleted "
            "since, the finding says so: its picture and numbers are still those of the day it was kept.",
            "The note is Markdown: **bold**, *italic*, lists, tables, `code`, [links](https://example.org). "
            "HTML and pictures in it are not shown as such.",
            "Only the author changes or deletes a finding. Where nobody signs in, the author is the name "
            "that was typed; whoever goes by it may change the finding. Where somebody was first, you are "
            "told, and your text stays in the form.",
            "A finding on recordings that you may not see does not appear. CSV and HTML hold what the list "
            "holds; the HTML file needs no server, and its pictures are in it.",
        ],
        formula=None,
        paper=None,
        keys=(
            ("/", "find a finding"),
            ("↑ ↓", "in the list: another finding; Enter shows it"),
            ("?", "explain this page"),
            ("Esc", "close"),
        ),
    )
