"""Findings as one HTML file: it opens without a server, holds the pictures and runs nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from html import escape

from dashboard.queries.findings.export_csv import told
from dashboard.queries.findings.note import as_html
from dashboard.queries.findings.sight import Sight
from dashboard.queries.findings.table import Finding, KeptRecording

__all__ = ["STATES_TOLD", "as_page"]

STATES_TOLD = {
    "replaced": "replaced since: the picture and the numbers are of what it was",
    "deleted": "deleted since",
    "damaged": "damaged since",
}
POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
STYLE = """
:root { color-scheme: light dark; --text: #1b1f24; --quiet: #57606a; --page: #fff; --raised: #f6f7f8;
  --line: #d5dade; --strong: #8a939c; --link: #0b5fa5; --since: #fdf0ee; --since-line: #b42318; }
@media screen and (prefers-color-scheme: dark) {
  :root { --text: #e6e9ec; --quiet: #a3acb5; --page: #14171a; --raised: #1c2024;
    --line: #343b42; --strong: #7b858f; --link: #6cb4f0; --since: #33191a; --since-line: #ff8a7a; } }
body { font: 15px/1.5 "IBM Plex Sans", system-ui, "Segoe UI", "Noto Sans", "DejaVu Sans", sans-serif;
  color: var(--text); background: var(--page); max-width: 60rem; margin: 2rem auto; padding: 0 1rem;
  overflow-wrap: anywhere; font-variant-numeric: tabular-nums; }
h1 { font-size: 1.5rem; margin: 0; } h2 { font-size: 1.2rem; margin: 0; }
article { border-top: 1px solid var(--strong); margin-top: 1.5rem; padding-top: 1rem; }
.by, footer { color: var(--quiet); margin: 0.25rem 0; }
.since { border-left: 4px solid var(--since-line); padding: 0.125rem 0.5rem; background: var(--since); }
.note h1, .note h2, .note h3, .note h4 { font-size: 1rem; font-weight: 600; margin: 0.75rem 0 0.25rem; }
.note pre, .note code { font-family: "IBM Plex Mono", ui-monospace, Menlo, Consolas, monospace; }
.note pre { background: var(--raised); padding: 0.5rem; white-space: pre-wrap; }
.note blockquote { margin: 0.5rem 0; padding-left: 0.75rem; border-left: 3px solid var(--line);
  color: var(--quiet); }
img { display: block; max-width: 100%; height: auto; border: 1px solid var(--line); margin: 0.75rem 0; }
table { border-collapse: collapse; } td, th { padding: 0.125rem 1rem 0.125rem 0; text-align: left;
  font-weight: 400; vertical-align: baseline; } th { color: var(--quiet); overflow-wrap: break-word; }
a { color: var(--link); }
@media print { body { margin: 0 auto; font-size: 11pt; } h2, .by { break-after: avoid; }
  img { break-inside: avoid; max-height: 23cm; } tr { break-inside: avoid; }
  footer a::after { content: " (" attr(href) ")"; } }
"""


def as_page(
    findings: Sequence[Finding], pictures: Iterable[str], sight: Sight, *, address: Callable[[Finding], str]
) -> Iterator[str]:
    """Yield the file in parts; `pictures` are addresses of images, `address` says where a view is."""
    yield (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>Findings</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
        f"<header><h1>Findings</h1><p class='by'>{_count(len(findings))}, kept with Stateroom.</p></header>\n"
    )
    for finding, picture in zip(findings, pictures, strict=True):
        yield _article(finding, picture, sight, address(finding))
    yield "</body>\n</html>\n"


def _article(finding: Finding, picture: str, sight: Sight, address: str) -> str:
    changed = "" if finding.changed == finding.created else f", changed {_day(finding.changed)}"
    parts = [
        f"<h2><bdi>{escape(finding.title)}</bdi></h2>",
        f"<p class='by'><bdi>{escape(finding.author)}</bdi>, {_day(finding.created)}{changed}</p>",
        *(_since(recording, sight.state(finding, recording)) for recording in finding.recordings),
        f"<div class='note'>{as_html(finding.note)}</div>",
        f'<img alt="{escape(_alternative(finding))}" src="{picture}">' if picture else "",
        _numbers(finding),
        f"<footer>{_recordings(finding)}{_way(finding, sight, address)}</footer>",
    ]
    return "<article>\n" + "\n".join(part for part in parts if part) + "\n</article>\n"


def _way(finding: Finding, sight: Sight, address: str) -> str:
    """The link to the view, as long as it can be opened."""
    if not sight.opens(finding):
        return ""
    return f'<a href="{escape(address)}" rel="noopener noreferrer">Open the view</a>'


def _since(recording: KeptRecording, state: str) -> str:
    said = STATES_TOLD.get(state)
    name = f"Recording <bdi>{escape(recording.name)}</bdi>"
    return f"<p class='since'>{name} was {escape(said)}.</p>" if said else ""


def _numbers(finding: Finding) -> str:
    named = [(escape(str(number["name"])), escape(told(number))) for number in finding.numbers]
    rows = "".join(
        f"<tr><th scope='row'><bdi>{name}</bdi></th><td><bdi>{value}</bdi></td></tr>" for name, value in named
    )
    return f"<table>{rows}</table>" if rows else ""


def _recordings(finding: Finding) -> str:
    named = [
        f"<bdi>{escape(recording.name)}</bdi> ({escape(recording.fingerprint[:12])})"
        for recording in finding.recordings
    ]
    return f"{escape(finding.page.capitalize())} of {', '.join(named)}. " if named else ""


def _alternative(finding: Finding) -> str:
    return f"{finding.page.capitalize()} as it was kept: {finding.title}"


def _day(moment: str) -> str:
    return escape(moment.replace("T", " ").replace("+00:00", " UTC"))


def _count(n: int) -> str:
    return f"{n} finding" if n == 1 else f"{n:,} findings"
