"""The address of the Findings page, and the addresses that findings keep."""

from __future__ import annotations

from dashboard.links import (
    FindingsView,
    findings_address,
    findings_from_dict,
    kept_query,
    read_findings,
    recordings_named,
)


def test_an_address_gives_its_view_back():
    view = FindingsView(find="the queen", of="plays, 2", author="Ada & Bob", page="match", finding="a1")
    assert read_findings(findings_address(view).partition("?")[2]) == (view, [])
    assert findings_from_dict(view.to_dict()) == view


def test_a_kept_query_is_rewritten_and_bounded():
    assert kept_query("?s=a%2Cb&embed=1&theme=dark&note=%3Cb%3E+x") == "s=a%2Cb&note=%3Cb%3E+x"
    assert kept_query("a=" + "x" * 8000) == ""
    assert kept_query("a&" * 200) == ""
    assert kept_query("a=%ff") == "a=%EF%BF%BD"


def test_every_recording_that_an_address_names_is_found():
    assert recordings_named("recording=plays&beside=songs") == ("plays", "songs")
    assert recordings_named("r=a,b%252Cc") == ("a", "b,c")
    assert recordings_named("beside=songs%3Alayer0.cell&state=x&search=y") == ("songs:layer0.cell", "songs")
