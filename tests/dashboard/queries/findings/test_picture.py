"""Pictures: what is kept, and what is refused because it could act, or is too large."""

from __future__ import annotations

import base64

import pytest

from analytics.errors import ParameterError
from dashboard.queries.findings.picture import MAX_PICTURE_BYTES, as_address, read_picture

PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + (3).to_bytes(4) + (2).to_bytes(4) + b"\x08\x02\0\0\0"


def svg(inside: str, attributes: str = "") -> str:
    return f'<svg xmlns="http://www.w3.org/2000/svg" {attributes}>{inside}</svg>'


def png(content: bytes) -> str:
    return "data:image/png;base64," + base64.b64encode(content).decode()


@pytest.mark.parametrize(
    "inside",
    [
        "<text>&lt;script&gt;</text>",
        "<style>text { fill: red; clip-path: url(#a) }</style>",
        "<g clip-path=\"url('#clip')\" style='clip-path: url(#b)'><path d='M0 0'/></g>",
        f"<image href='{png(PNG)}'/>",
        "<use href='#a'/>",
    ],
)
def test_a_picture_is_kept_as_it_is(inside):
    assert read_picture(svg(inside)) == ("svg", svg(inside).encode())


def test_a_png_is_kept_and_shown_as_an_image():
    assert read_picture(png(PNG)) == ("png", PNG)
    assert as_address("png", PNG) == png(PNG)
    assert read_picture("") == ("", b"")
    assert as_address("", b"") == ""


@pytest.mark.parametrize(
    "sent",
    [
        svg("<script>alert(1)</script>"),
        svg("<g><SCRIPT/></g>"),
        svg("", "onload='alert(1)'"),
        svg("<a href='javascript:alert(1)'><text>x</text></a>"),
        svg("<image href='https://elsewhere.example/x.png'/>"),
        svg("<image xmlns:x='http://www.w3.org/1999/xlink' x:href='//elsewhere.example/x.png'/>"),
        svg("<foreignObject><p>x</p></foreignObject>"),
        svg("<style>@import 'x.css';</style>"),
        svg("<rect style='fill: url( \"https://elsewhere.example/#a\")'/>"),
        svg("<set attributeName='href' to='javascript:alert(1)'/>"),
        '<!DOCTYPE svg [<!ENTITY a "aaaa">]>' + svg("&a;"),
        '<?xml-stylesheet href="x.css"?>' + svg(""),
        "<html xmlns='http://www.w3.org/1999/xhtml'/>",
        "<svg",
        "no picture",
        "data:text/html;base64,PHNjcmlwdD4=",
        png(b"GIF89a"),
        png(PNG[:16] + (70_000).to_bytes(4) + (70_000).to_bytes(4)),
        "data:image/png;base64,***",
    ],
)
def test_what_could_act_is_refused(sent):
    with pytest.raises(ParameterError, match="picture"):
        read_picture(sent)


@pytest.mark.parametrize("make", [lambda size: svg("x" * size), lambda size: png(PNG + b"x" * size)])
def test_what_is_too_large_is_refused(make):
    with pytest.raises(ParameterError, match="at most 1,200,000"):
        read_picture(make(MAX_PICTURE_BYTES))
