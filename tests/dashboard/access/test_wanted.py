"""The address to return to after a sign-in is one of ours."""

from __future__ import annotations

import pytest

from dashboard.access.wanted import safe_address


@pytest.mark.parametrize(
    "text",
    [
        "//evil.example",
        "///evil.example",
        "////evil.example",
        "///evil.example/%2e%2e",
        "/\\evil.example",
        "/\t/evil.example",
        "/\u2028/evil.example",
        "/.//evil.example",
        "/;//evil.example",
        "https://evil.example",
        "javascript:alert(1)",
        "//[",
        "evil",
        "",
    ],
)
def test_another_host_is_never_the_address(text):
    """With no path of a proxy before it, too."""
    assert safe_address(text, "/") == "/"


@pytest.mark.parametrize("text", ["/match?at=3&word=//x", "/", "/?embed=1", "/%5c", "/;x"])
def test_an_address_of_ours_stays(text):
    assert safe_address(text, "/") == text
