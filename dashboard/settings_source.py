"""Where settings come from: a TOML file, and the environment, which wins."""

from __future__ import annotations

import difflib
import errno
import os
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

__all__ = ["FILE_VARIABLE", "PREFIX", "Given", "SettingsError", "gathered", "variable"]

PREFIX = "STATEROOM_"
"""Every setting is an environment variable with this prefix: `data_dir` is STATEROOM_DATA_DIR."""
FILE_VARIABLE = PREFIX + "SETTINGS"
"""Names the file, where there is one."""
MOST_CHARACTERS = 4_000
"""Of a text; no path is longer."""
_SWITCH = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}


class SettingsError(Exception):
    """A setting is unknown or has a value that makes no sense; the text is fit for a reader."""


@dataclass(frozen=True, slots=True)
class Given:
    """A value that somebody chose, and where."""

    value: Any
    origin: str


def gathered(environment: Mapping[str, str], defaults: Mapping[str, Any]) -> dict[str, Given]:
    """Return what was chosen, by field; a name that is no setting is refused, with the nearest one."""
    given = {name: text for name, text in environment.items() if name.startswith(PREFIX)}
    found = _of_file(given.pop(FILE_VARIABLE, ""), defaults)
    by_variable = {variable(name): name for name in defaults}
    for name, text in given.items():
        _known(name, by_variable)
        field = by_variable[name]
        found[field] = Given(_parsed(name, text, defaults[field]), f"environment, {name}")
    return found


def variable(name: str) -> str:
    """Return the environment variable of a field.

    Examples
    --------
    >>> variable("data_dir")
    'STATEROOM_DATA_DIR'
    """
    return PREFIX + name.upper()


def _of_file(path: str, defaults: Mapping[str, Any]) -> dict[str, Given]:
    if not path:
        return {}
    try:
        told = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(
            f"{FILE_VARIABLE} is '{path}', which cannot be read ({error.strerror})."
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} is not TOML: {error}.") from None
    except RecursionError:
        raise SettingsError(f"{path} is nested too deeply for settings.") from None
    found = {}
    for name, value in told.items():
        _known(name, defaults)
        found[name] = Given(_typed(f"{name} in {path}", value, defaults[name]), f"file, {path}")
    return found


def _known(name: str, known: Iterable[str]) -> None:
    if name in known:
        return
    close = difflib.get_close_matches(name, known, n=1, cutoff=0.75)
    hint = f"Did you mean {close[0]}?" if close else f"There are: {', '.join(known)}."
    raise SettingsError(f"There is no setting {name}. {hint}")


def _typed(name: str, value: Any, default: Any) -> Any:
    """Check a value of a file, which has a type already."""
    if isinstance(default, tuple):
        if isinstance(value, list) and all(isinstance(part, str) for part in value):
            return tuple(value)
        raise SettingsError(f"{name} must be a list of texts. Got {value!r}.")
    wanted = {bool: bool, int: int}.get(type(default), str)
    if type(value) is not wanted:
        what = {bool: "true or false", int: "a whole number", str: "a text"}[wanted]
        raise SettingsError(f"{name} must be {what}. Got {value!r}.")
    return _parsed(name, value, default) if wanted is str else value


def _parsed(name: str, text: str, default: Any) -> Any:
    """Make a value of a text."""
    if len(text) > MOST_CHARACTERS or not text.isprintable():
        # Not shown: it may hold a password.
        raise SettingsError(f"{name} must be one line of at most {MOST_CHARACTERS} printable characters.")
    if isinstance(default, bool):
        if text.lower() not in _SWITCH:
            raise SettingsError(f"{name} must be 1 or 0. Got {text!r}.")
        return _SWITCH[text.lower()]
    if isinstance(default, int):
        if not (text.isascii() and text.strip().isdecimal()):
            raise SettingsError(f"{name} must be a whole number. Got {text!r}.")
        return int(text)
    if isinstance(default, tuple):
        return tuple(part.strip() for part in text.split(",") if part.strip())
    if default == "":
        return text.strip()
    if not text.strip():
        raise SettingsError(f"{name} is empty. Unset it for the default, {str(default)!r}.")
    return text if isinstance(default, str) else _path(name, text)


def _path(name: str, text: str) -> Path:
    """Make a path, which need not be there; but it must be possible that it is."""
    try:
        os.stat(text)
    except OSError as error:
        if error.errno in (errno.ENAMETOOLONG, errno.ELOOP):
            raise SettingsError(f"{name} is no path that can be used ({error.strerror}).") from None
    return Path(text)
