"""The files that findings leave in: no formulas, no scripts, pictures inside."""

from __future__ import annotations

import base64
import csv
import io
import shutil
from html.parser import HTMLParser

import pytest

from dashboard.database import Database
from dashboard.queries.findings.export_csv import HEADS, as_csv, safe_cell
from dashboard.queries.findings.export_html import as_page
from dashboard.queries.findings.findings import FindingQueries
from dashboard.queries.findings.submitted import read_submitted
from dashboard.queries.recordings import RecordingQueries
from tests.recordings import small_recording

HOSTILE = "</title><script>alert(1)</script><img src=x onerror=alert(1)>\"'&"
PICTURE = '<svg xmlns="http://www.w3.org/2000/svg"><text>x</text></svg>'


@pytest.fixture
def findings(tmp_path):
    small_recording(tmp_path / "plays", name="<script>alert(2)</script>")
    return FindingQueries(Database("", tmp_path), RecordingQueries(tmp_path))


def keep(findings, **sent):
    sent = {"title": "A title", "author": "Ada", **sent}
    return findings.keep(read_submitted(sent), page="match", query="recording=plays", recordings=["plays"])


def table(findings) -> list[dict[str, str]]:
    found, sight = findings.visible()
    text = as_csv(found, sight, lambda finding: f"http://host/{finding.page}?{finding.query}")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def page(findings) -> str:
    found, sight = findings.visible()
    return "".join(as_page(found, findings.pictures(found), sight, address=lambda _: "http://host/m?a=1&b=2"))


class Tags(HTMLParser):
    """Every tag of a page with its attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


@pytest.mark.parametrize(
    "start",
    ["=", "+", "-", "@", "\t", "\r", "\n", " =", "\N{FULLWIDTH EQUALS SIGN}", "\N{FULLWIDTH PLUS SIGN}"],
)
def test_no_cell_is_a_formula(start):
    assert safe_cell(start + "1") == "'" + start + "1"


@pytest.mark.parametrize("text", ["", " ", "1-1", "a=b", "'=1"])
def test_what_is_no_formula_stays(text):
    assert safe_cell(text) == text


def test_a_table_holds_what_was_kept_in_safe_cells(findings):
    keep(
        findings,
        title="=1+1",
        note="-1\n@x",
        author="+ada",
        numbers=[{"name": "=n", "value": 0.5, "unit": "nats"}],
    )
    (row,) = table(findings)
    assert list(row) == list(HEADS)
    assert (row["title"], row["note"], row["author"]) == ("'=1+1", "'-1\n@x", "'+ada")
    assert row["numbers"] == "'=n = 0.5 nats"
    assert row["address"] == "http://host/match?recording=plays"
    assert (row["recordings"], row["recordings since"]) == ("plays", "same")
    assert not [cell for cell in row.values() if cell[:1] in "=+-@\t\r" and cell]


def test_a_text_with_a_semicolon_stays_in_its_cell(findings):
    keep(findings, title="a;=1+1")
    found, sight = findings.visible()
    assert '"a;=1+1"' in as_csv(found, sight, lambda _finding: "http://host/")


def test_the_page_holds_pictures_and_runs_nothing(findings):
    keep(findings, title=HOSTILE, note=f"**bold** {HOSTILE}", author=HOSTILE[:90], picture=PICTURE,
         numbers=[{"name": HOSTILE, "value": HOSTILE, "unit": HOSTILE}])  # fmt: skip
    tags = Tags(page(findings)).found
    names = {tag for tag, _ in tags}
    assert not names & {"script", "iframe", "object", "link", "base", "form"}
    assert not [name for _, attributes in tags for name in attributes if name.startswith("on")]
    images = [attributes["src"] for tag, attributes in tags if tag == "img"]
    assert len(images) == 1 and images[0].startswith("data:image/svg+xml;base64,")
    addresses = [attributes["href"] for tag, attributes in tags if tag == "a"]
    assert addresses == ["http://host/m?a=1&b=2"]
    policy = [a["content"] for tag, a in tags if a.get("http-equiv") == "Content-Security-Policy"]
    assert policy[0].startswith("default-src 'none'; img-src data:")


def test_each_of_many_findings_has_its_own_picture(findings):
    for number in range(20):
        drawn = PICTURE.replace(">x<", f">{number}<") if number % 3 else ""
        keep(findings, title=f"finding {number}", picture=drawn)
    found, _ = findings.visible()
    for finding, picture in zip(found, findings.pictures(found), strict=True):
        number = int(finding.title.split()[1])
        drawn = base64.b64decode(picture.partition(",")[2]).decode()
        assert f">{number}<" in drawn if number % 3 else drawn == ""


def test_the_page_says_what_became_of_a_recording(findings, tmp_path):
    keep(findings)
    assert "Open the view" in page(findings)
    shutil.rmtree(tmp_path / "plays")
    assert "was deleted since" in page(findings) and "Open the view" not in page(findings)
    assert table(findings)[0]["recordings since"] == "deleted"
