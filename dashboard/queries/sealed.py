"""Answers as bytes that only this host can have written.

A pickle may run code when it is read, so none is read before its seal is checked: a digest under the host's
key, over the name and the content. What somebody else puts into the cache is no answer, whoever owns
it.
"""

from __future__ import annotations

import hashlib
import hmac
import pickle
from typing import Any

__all__ = ["BrokenSealError", "seal", "unseal"]

MARK = b"stateroom answer 1\n"
SEAL_BYTES = 32


class BrokenSealError(Exception):
    """These bytes are damaged, of another format, or somebody else's."""


def seal(name: str, value: Any, *, key: bytes) -> bytes:
    """Return the bytes to keep under a name."""
    content = pickle.dumps(value, protocol=5)
    return b"".join((MARK, _digest(name, content, key), content))


def unseal(name: str, sealed: bytes, *, key: bytes) -> Any:
    """Return the value that was sealed under this name.

    Raises
    ------
    BrokenSealError
        If it was not, or not with this key.

    Examples
    --------
    >>> unseal("counts", seal("counts", [1, 2], key=b"k"), key=b"k")
    [1, 2]
    """
    view = memoryview(sealed)
    head, content = len(MARK) + SEAL_BYTES, view[len(MARK) + SEAL_BYTES :]
    if view[: len(MARK)] != MARK:
        raise BrokenSealError("no mark")
    if not hmac.compare_digest(view[len(MARK) : head], _digest(name, content, key)):
        raise BrokenSealError("wrong seal")
    return pickle.loads(content)


def _digest(name: str, content: bytes | memoryview, key: bytes) -> bytes:
    digest = hashlib.blake2b(name.encode() + b"\0", key=key[:64], digest_size=SEAL_BYTES)
    digest.update(content)
    return digest.digest()
