"""The settings as a table: value, origin and meaning of each. `python app.py --settings` prints it."""

from __future__ import annotations

import ast
import inspect
import os
import re
import textwrap
from collections.abc import Mapping
from dataclasses import fields
from itertools import pairwise

from dashboard.settings import Settings
from dashboard.settings_source import Given, gathered

__all__ = ["meanings", "settings_table"]

SECRET = re.compile(
    r"(?<=://)([^/@\s]*?:).*(?=@)|((?:password|passwd|sslpassword|token)=)[^&\s]*", re.IGNORECASE
)
"""What a URL hides: the password before the host, and those among its parameters."""
WIDTH = 100


def settings_table(environment: Mapping[str, str] | None = None) -> str:
    """Return the settings as they are in use here; passwords in addresses are masked."""
    environment = os.environ if environment is None else environment
    settings = Settings.from_environment(environment)
    defaults = {field.name: field.default for field in fields(Settings)}
    given = gathered(environment, defaults)
    rows = []
    for name, meaning in meanings().items():
        origin = given.get(name, Given(None, "default")).origin
        rows.append(f"{name} = {_shown(getattr(settings, name))}    ({origin})")
        rows.append(textwrap.indent(textwrap.fill(meaning, WIDTH), "    "))
    return "\n".join(rows)


def meanings() -> dict[str, str]:
    """Return what stands below each field, in order."""
    body = ast.parse(textwrap.dedent(inspect.getsource(Settings))).body[0].body
    return {
        field.target.id: text.value.value.replace("`", "")
        for field, text in pairwise(body)
        if isinstance(field, ast.AnnAssign) and isinstance(text, ast.Expr)
    }


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return str(value)
    if isinstance(value, tuple):
        return "[" + ", ".join(f'"{part}"' for part in value) + "]"
    return '"' + SECRET.sub(lambda found: (found[1] or found[2]) + "***", str(value)) + '"'
