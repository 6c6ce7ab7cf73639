"""The settings: one frozen value, read once from the environment."""

from __future__ import annotations

import difflib
import ipaddress
import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

__all__ = ["PREFIX", "Settings", "SettingsError"]

PREFIX = "STATEROOM_"
"""Every setting is an environment variable with this prefix: `data_dir` is STATEROOM_DATA_DIR."""

_SWITCH = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}


class SettingsError(Exception):
    """A setting is unknown or has a value that makes no sense; the text is fit for a reader."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What a host may choose. Each field is a line of README's table."""

    data_dir: Path = Path("data/recordings")
    """Folder with one sub-folder for each recording."""
    cache_dir: Path = Path(".cache/dashboard")
    """Folder for answers worth keeping; may be deleted at any time. Nobody else may write to it."""
    cache_megabytes: int = 512
    """Most that the answers in `cache_dir` may take."""
    memory_megabytes: int = 256
    """Most that the answers kept in memory may take."""
    host: str = "127.0.0.1"
    """Address to listen on."""
    port: int = 8050
    """Port to listen on; 0 takes any free one."""
    threads: int = 8
    """Requests answered at the same time."""
    allow_any_host: bool = False
    """Listen on an address that other machines reach, although there is no sign-in."""

    def __post_init__(self) -> None:
        for name, low, high in LIMITS:
            if not low <= getattr(self, name) <= high:
                raise SettingsError(
                    f"{variable(name)} must be from {low} to {high}. Got {getattr(self, name)}."
                )
        if not self.allow_any_host and not _is_loopback(self.host):
            raise SettingsError(
                f"{variable('host')} is {self.host!r}, which other machines reach, and there is no sign-in: "
                f"anybody there could read the recordings. {variable('allow_any_host')}=1 allows it."
            )

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Settings:
        """Read the settings; a name with our prefix that is none of them is refused.

        Examples
        --------
        >>> Settings.from_environment({"STATEROOM_PORT": "8060", "HOME": "/root"}).port
        8060
        """
        given = {
            name: text
            for name, text in (os.environ if environment is None else environment).items()
            if name.startswith(PREFIX)
        }
        known = {variable(field.name): field for field in fields(cls)}
        for name in given:
            if name not in known:
                close = difflib.get_close_matches(name, known, n=1, cutoff=0.75)
                hint = f"Did you mean {close[0]}?" if close else f"There are: {', '.join(known)}."
                raise SettingsError(f"There is no setting {name}. {hint}")
        return cls(
            **{known[name].name: _read(name, text, known[name].default) for name, text in given.items()}
        )


LIMITS = (
    ("cache_megabytes", 1, 1_000_000),
    ("memory_megabytes", 1, 1_000_000),
    ("port", 0, 65_535),
    ("threads", 1, 256),
)


def variable(name: str) -> str:
    """Return the environment variable of a field.

    Examples
    --------
    >>> variable("data_dir")
    'STATEROOM_DATA_DIR'
    """
    return PREFIX + name.upper()


def _read(name: str, text: str, default: Any) -> Any:
    if isinstance(default, bool):
        if text.lower() not in _SWITCH:
            raise SettingsError(f"{name} must be 1 or 0. Got {text!r}.")
        return _SWITCH[text.lower()]
    if isinstance(default, int):
        if not text.strip().isdecimal():
            raise SettingsError(f"{name} must be a whole number. Got {text!r}.")
        return int(text)
    if not text.strip():
        raise SettingsError(f"{name} is empty. Unset it for the default, {str(default)!r}.")
    return type(default)(text) if isinstance(default, str) else Path(text)


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
