"""The key of a host: signs sessions and kept answers. Made once, readable by its owner only."""

from __future__ import annotations

import hashlib
import os
import secrets
import stat
from pathlib import Path

from dashboard.settings_source import SettingsError, variable

__all__ = ["derived_key", "secret_key"]

N_BYTES = 32


def secret_key(path: Path) -> bytes:
    """Return the key of a file, which is made where there is none.

    Raises
    ------
    SettingsError
        If the file belongs to somebody else, may be read by others, is too short or cannot be made.
    """
    try:
        return _read(path)
    except FileNotFoundError:
        pass
    except OSError as error:
        raise _refused(path, f"cannot be read ({error.strerror})") from None
    try:
        _make(path)
        return _read(path)
    except OSError as error:
        raise _refused(path, f"cannot be made ({error.strerror})") from None


def derived_key(key: bytes, purpose: str) -> bytes:
    """Return a key for one purpose: what is signed for one is worth nothing for another.

    Examples
    --------
    >>> derived_key(b"k" * 32, "answers") == derived_key(b"k" * 32, "sessions")
    False
    """
    return hashlib.blake2b(purpose.encode(), key=key[:64], digest_size=N_BYTES).digest()


def _read(path: Path) -> bytes:
    with open(path, "rb") as file:
        found = os.fstat(file.fileno())
        key = file.read()
    if found.st_uid != os.geteuid():
        raise _refused(path, "belongs to another user of this system")
    if stat.S_IMODE(found.st_mode) & 0o077:
        raise _refused(path, "may be read or written by others (chmod 600)")
    if len(key) < N_BYTES:
        raise _refused(path, f"has {len(key)} bytes, fewer than {N_BYTES}")
    return key


def _make(path: Path) -> None:
    """Write aside, then link: of two servers that start at once, both read the same key."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(secrets.token_bytes(N_BYTES))
    try:
        os.link(part, path)
    except FileExistsError:
        return
    finally:
        part.unlink()


def _refused(path: Path, why: str) -> SettingsError:
    return SettingsError(
        f"{variable('secret_key_file')} is '{path}', which {why}. Choose a file of your own."
    )
