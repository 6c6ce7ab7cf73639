"""The address to return to after a sign-in: one of ours, whatever was asked for."""

from __future__ import annotations

from urllib.parse import urlsplit

__all__ = ["safe_address"]

MOST_CHARACTERS = 16_000


def safe_address(text: str, prefix: str) -> str:
    """Return an address below the prefix if it is one, else the first page.

    Examples
    --------
    >>> safe_address("/match?at=3", "/")
    '/match?at=3'
    >>> [safe_address(text, "/") for text in ("///evil.example", "https://evil.example", "/\\\\evil.example")]
    ['/', '/', '/']
    """
    if not text.startswith(prefix) or len(text) > MOST_CHARACTERS or not text.isprintable() or "\\" in text:
        return prefix
    try:
        parts = urlsplit(text)
    except ValueError:
        return prefix
    # Of three slashes `urlsplit` keeps one; browsers read another host behind them.
    if parts.scheme or parts.netloc or text.startswith("//") or "//" in parts.path or ".." in parts.path:
        return prefix
    return text
