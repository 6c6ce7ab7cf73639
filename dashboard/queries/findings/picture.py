"""A picture that somebody sends: small enough, of a kind that is kept, and without parts that could act."""

from __future__ import annotations

import base64
import binascii
import re
from xml.etree import ElementTree

from analytics.errors import ParameterError

__all__ = ["MAX_PICTURE_BYTES", "as_address", "read_picture"]

MAX_PICTURE_BYTES = 1_200_000
"""As base64 it still fits into a request of 2 MB, with a long note beside it."""
MAX_PNG_PIXELS = 40_000_000
PNG_START = b"\x89PNG\r\n\x1a\n"
PNG_ADDRESS = "data:image/png;base64,"
ACTIVE = {
    "script", "foreignobject", "iframe", "object", "embed", "audio", "video", "handler", "listener",
    "set", "animate", "animatemotion", "animatetransform", "animatecolor",
}  # fmt: skip
DECLARED = re.compile(r"<!\s*(doctype|entity)|<\?(?!xml\s)", re.IGNORECASE)
OUTSIDE = re.compile(r"url\s*\(\s*['\"]?(?!['\"]?#)|@import|javascript:", re.IGNORECASE)


def read_picture(sent: str) -> tuple[str, bytes]:
    """Return the kind of a picture, `svg`, `png` or empty for none, and its bytes.

    `sent` is the text of an SVG, a PNG as a data address, or empty.
    """
    if not sent:
        return "", b""
    kind, content = ("png", _png(sent)) if sent.startswith(PNG_ADDRESS) else ("svg", _svg(sent))
    if len(content) > MAX_PICTURE_BYTES:
        raise ParameterError(
            f"The picture has {len(content):,} bytes; at most {MAX_PICTURE_BYTES:,} are kept. Keep the "
            "finding without it."
        )
    return kind, content


def as_address(kind: str, content: bytes) -> str:
    """Return a picture as the address of an image; a browser runs nothing in an image."""
    media = {"svg": "image/svg+xml", "png": "image/png"}.get(kind)
    return f"data:{media};base64,{base64.b64encode(content).decode()}" if media and content else ""


def _png(sent: str) -> bytes:
    try:
        content = base64.b64decode(sent[len(PNG_ADDRESS) :], validate=True)
    except (binascii.Error, ValueError):
        content = b""
    width, height = int.from_bytes(content[16:20]), int.from_bytes(content[20:24])
    if not content.startswith(PNG_START) or not 0 < width * height <= MAX_PNG_PIXELS:
        raise ParameterError("The picture is no PNG that can be kept.")
    return content


def _svg(sent: str) -> bytes:
    content = sent.encode("utf-8", "replace")
    if len(content) > MAX_PICTURE_BYTES:
        return content
    if DECLARED.search(sent):
        raise ParameterError("The picture declares entities or styles from elsewhere. It is not kept.")
    try:
        root = ElementTree.fromstring(content)
    except (ElementTree.ParseError, ValueError):
        raise ParameterError("The picture is no SVG that can be read.") from None
    if _local(root.tag) != "svg" or any(_acts(element) for element in root.iter()):
        raise ParameterError("The picture has parts that act or come from elsewhere. It is not kept.")
    return content


def _acts(element: ElementTree.Element) -> bool:
    if _local(element.tag) in ACTIVE:
        return True
    if _local(element.tag) == "style" and OUTSIDE.search(element.text or ""):
        return True
    return any(_fetches(_local(name), value) for name, value in element.attrib.items())


def _fetches(name: str, value: str) -> bool:
    if name.startswith("on"):
        return True
    if name in ("href", "src"):
        return not value.startswith(("#", PNG_ADDRESS))
    return OUTSIDE.search(value) is not None


def _local(tag: object) -> str:
    return str(tag).rpartition("}")[2].lower()
