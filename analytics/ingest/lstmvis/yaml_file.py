"""A YAML file that somebody else wrote: plain values only, whatever it holds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from analytics.errors import SourceFileError
from analytics.ingest.importing.report import Notes

__all__ = ["read_yaml"]

MAX_BYTES = 1 << 20
"""Files of settings are a few kilobytes long."""

MAX_ALIASES = 16
"""References to earlier parts. A few of them in each other can stand for very much."""

MAX_DEPTH = 20


class _RefusedError(yaml.YAMLError):
    """Valid YAML that is not read."""


class _Loader(yaml.SafeLoader):
    """The safe loader, with limits, and a list of the keys that stand twice in a mapping."""

    def __init__(self, stream: str) -> None:
        super().__init__(stream)
        self.twice: list[str] = []
        self._n_aliases = self._depth = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        """Count references and depth."""
        if self.check_event(yaml.AliasEvent):
            self._n_aliases += 1
            if self._n_aliases > MAX_ALIASES:
                raise _RefusedError(f"it has more than {MAX_ALIASES} references (*name)")
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise _RefusedError(f"it is nested more than {MAX_DEPTH} deep")
        node = super().compose_node(parent, index)
        self._depth -= 1
        return node

    def construct_mapping(self, node: Any, deep: bool = False) -> dict:
        """Remember keys that come twice: the last one counts."""
        keys = [key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode)]
        self.twice += [key for key in dict.fromkeys(keys) if keys.count(key) > 1]
        return super().construct_mapping(node, deep=deep)


def read_yaml(path: Path, notes: Notes) -> dict[str, Any]:
    """Read a file whose top level is a mapping.

    Parameters
    ----------
    path : Path
    notes : Notes
        Is told what is read differently from how it is written.

    Raises
    ------
    SourceFileError
        If it cannot be read, is larger than 1 MiB, is no YAML, has tags, too many references, or no mapping.
    """
    text = _text(path)
    try:
        found, twice = _load(text)
    except yaml.YAMLError as error:
        found, twice = _without_tabs(text, path, error, notes)
    if not isinstance(found, dict):
        raise SourceFileError(f"{path.name} begins with names such as 'files:'. Got {_kind(found)}.")
    for key in twice:
        notes.add(f"{path.name} has '{key}' twice in one place: the last one counts.")
    return found


def _load(text: str) -> tuple[Any, list[str]]:
    loader = _Loader(text)
    try:
        return loader.get_single_data(), loader.twice
    except yaml.YAMLError:
        raise
    except (ValueError, OverflowError, RecursionError, TypeError, KeyError, AttributeError) as error:
        raise _RefusedError(f"a value cannot be read ({error})") from error
    finally:
        loader.dispose()


def _without_tabs(text: str, path: Path, error: yaml.YAMLError, notes: Notes) -> tuple[Any, list[str]]:
    if "\t" in text and not isinstance(error, _RefusedError):
        try:
            found = _load(text.expandtabs())
        except yaml.YAMLError:
            pass
        else:
            notes.add(f"{path.name} is indented with tabs, which YAML does not allow: read as spaces.")
            return found
    raise SourceFileError(f"{path.name} cannot be read as plain YAML: {_reason(error)}.") from None


def _reason(error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or str(error)
    if isinstance(error, yaml.constructor.ConstructorError) and "tag" in problem:
        problem = "it has a tag (!...), which could run a program; remove it"
    return " ".join(str(problem).split())[:200] + (f" (line {mark.line + 1})" if mark else "")


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise SourceFileError(
                f"{path.name} has {path.stat().st_size:,} bytes; a file of settings has at most "
                f"{MAX_BYTES:,}."
            )
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise SourceFileError(f"{path} cannot be read: {error.strerror or error}.") from None
    except UnicodeDecodeError:
        raise SourceFileError(f"{path.name} is not UTF-8 text: save it as UTF-8.") from None


def _kind(value: Any) -> str:
    return "nothing" if value is None else f"a {type(value).__name__}"
