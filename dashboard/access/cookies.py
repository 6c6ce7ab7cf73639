"""Cookies of ours: never read by scripts, sent to other sites' frames only where that was asked for."""

from __future__ import annotations

import hashlib

from flask import Response, request

from dashboard.access.headers import is_trustworthy
from dashboard.settings import Settings

__all__ = ["Cookie"]


class Cookie:
    """A cookie of this host.

    Its name holds a part of the key: two servers of one machine, which browsers do not tell apart by their
    ports, do not overwrite each other's.
    """

    def __init__(self, purpose: str, key: bytes, settings: Settings) -> None:
        self._name = f"stateroom-{purpose}-{hashlib.blake2b(key, digest_size=4).hexdigest()}"
        self._path, self._embedded = settings.prefix, bool(settings.embed_portals)

    def value(self) -> str:
        """Return what the browser sent; empty if nothing."""
        return request.cookies.get(self._name, "")

    def send(self, answer: Response, value: str, *, seconds: int | None = None) -> None:
        """Have the browser keep a value; without `seconds` until it is closed, with 0 no longer."""
        # Browsers keep neither of the two over a way that they do not trust.
        in_frames = self._embedded and is_trustworthy()
        answer.set_cookie(
            self._name,
            value,
            max_age=seconds,
            path=self._path,
            httponly=True,
            secure=in_frames or request.scheme == "https",
            samesite="None" if in_frames else "Lax",
            partitioned=in_frames,
        )
