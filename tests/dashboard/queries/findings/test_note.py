"""Notes: what Markdown makes, and nothing that acts."""

from __future__ import annotations

import pytest

from dashboard.queries.findings.note import as_html, as_line


def test_markdown_becomes_html():
    assert as_html("# Depth\n\n- *one*\n- `two`\n\n|a|\n|-|\n|1|\n") == (
        "<h1>Depth</h1>\n<ul>\n<li><em>one</em></li>\n<li><code>two</code></li>\n</ul>\n"
        "<table>\n<thead>\n<tr>\n<th>a</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td>1</td>\n</tr>\n</tbody>\n</table>\n"
    )


@pytest.mark.parametrize(
    "note",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "![x](https://elsewhere.example/x.png)",
        "![x](data:image/svg+xml;base64,PHN2Zz4=)",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt&#58;alert(1))",
        "[x](data:text/html,<script>alert(1)</script>)",
        "[x](//elsewhere.example)",
        "[x](/sign-out)",
        '[x](https://a.example "\\" onclick=\\"alert(1)")',
        "<svg><a xlink:href='javascript:alert(1)'>x</a></svg>",
        '<https://a.example/" onmouseover=alert(1)>',
        "`<b>` <b style='background:url(x)'>",
        "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
        "<!-- --><style>*{display:none}</style>",
    ],
)
def test_nothing_acts_and_nothing_comes_from_elsewhere(note):
    made = as_html(note)
    allowed = ("p", "/p", "code", "/code", "/a", 'a href="https://', 'a rel="noopener noreferrer"')
    tags = [part.split(">")[0] for part in made.split("<")[1:]]
    assert all(tag.startswith(allowed) for tag in tags), made
    for tag in tags:
        if tag.startswith("a "):
            assert tag.endswith('rel="noopener noreferrer"')
            assert " on" not in tag.split('title="')[0]


def test_a_link_tells_its_place_nothing():
    assert as_html("[x](https://a.example)") == (
        '<p><a href="https://a.example" rel="noopener noreferrer">x</a></p>\n'
    )


def test_a_picture_from_elsewhere_becomes_a_link_to_it():
    assert as_html('![a "view"](https://a.example/x.png?a=1&b=2)') == (
        '<p><a href="https://a.example/x.png?a=1&amp;b=2" rel="noopener noreferrer">a "view"</a></p>\n'
    )
    assert as_line("See ![the view](https://a.example/x.png)") == "See the view"


def test_a_line_is_short_and_plain():
    assert as_line("a <b> & c\n\n> d") == "a <b> & c d"
    assert len(as_line("word " * 1000)) == 200
    assert as_line("") == ""
