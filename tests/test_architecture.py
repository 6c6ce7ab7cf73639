"""One direction, files -> store -> analyses -> figures -> pages: who may import whom, read from the sources.

Imports inside functions count too. Each rule is tried on a small bad source, so that it can fail.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
OURS = ("analytics", "dashboard")
LARGE = ("dash", "plotly", "flask", "flask_caching", "dash_bootstrap_components", "waitress")
"""Frameworks of the dashboard: nothing that computes knows them."""

# For each module or package, the longest matching prefix decides:
# what it may import of ours, and which foreign packages it must not.
RULES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "analytics": (("analytics",), LARGE),
    "analytics.cli": (
        ("analytics.commands", "analytics.errors"),
        (*LARGE, "numpy", "pandas", "pyarrow", "torch"),
    ),
    "analytics.commands": (
        (
            "analytics.arrays", "analytics.errors", "analytics.commands", "analytics.store",
            "analytics.derived", "analytics.corpora", "analytics.models", "analytics.ingest",
            "analytics.analyses",
        ),
        LARGE,
    ),
    "analytics.errors": ((), (*LARGE, "numpy", "pandas", "pyarrow", "torch")),
    "analytics.arrays": (("analytics.errors",), (*LARGE, "pandas", "pyarrow", "torch")),
    "analytics.drawing": (("analytics.errors",), (*LARGE, "numpy", "pandas", "pyarrow", "torch")),
    "analytics.analyses": (
        ("analytics.arrays", "analytics.drawing", "analytics.errors", "analytics.analyses"),
        (*LARGE, "pyarrow"),
    ),
    "analytics.store": (("analytics.arrays", "analytics.errors", "analytics.store"), (*LARGE, "torch")),
    "analytics.derived": (
        (
            "analytics.arrays", "analytics.errors", "analytics.derived", "analytics.analyses",
            "analytics.live", "analytics.store", "analytics.models",
        ),
        LARGE,
    ),
    "analytics.ingest": (
        (
            "analytics.arrays", "analytics.errors", "analytics.ingest",
            "analytics.store", "analytics.corpora", "analytics.models",
        ),
        LARGE,
    ),
    "analytics.live": (
        (
            "analytics.arrays", "analytics.errors", "analytics.live",
            "analytics.store", "analytics.corpora", "analytics.models",
        ),
        LARGE,
    ),
    "analytics.models": (("analytics.arrays", "analytics.errors", "analytics.models"), LARGE),
    "analytics.corpora": (("analytics.arrays", "analytics.errors", "analytics.corpora"), LARGE),
    "dashboard": (("dashboard", "analytics.errors"), ("pyarrow", "torch")),
    "dashboard.facts": ((), (*LARGE, "numpy", "pandas", "pyarrow", "torch")),
    "dashboard.ids": ((), (*LARGE, "numpy", "pandas", "pyarrow", "torch")),
    "dashboard.links": (("dashboard.links",), (*LARGE, "numpy", "pandas", "pyarrow", "torch")),
    "dashboard.user": ((), (*LARGE, "numpy", "pandas", "pyarrow", "torch")),
    "dashboard.database": (("analytics.errors",), (*LARGE, "numpy", "pandas", "pyarrow", "torch")),
    "dashboard.settings": (("dashboard.settings_source",), (*LARGE, "numpy", "pandas", "pyarrow", "torch")),
    "dashboard.settings_source": ((), (*LARGE, "numpy", "pandas", "pyarrow", "torch")),
    "dashboard.access": (
        (
            "dashboard.access", "dashboard.settings", "dashboard.settings_source", "dashboard.secret_key",
            "dashboard.user",
            "dashboard.database", "analytics.errors",
        ),
        ("numpy", "pandas", "pyarrow", "plotly", "torch"),
    ),
    "dashboard.queries": (
        ("analytics", "dashboard.queries", "dashboard.facts", "dashboard.user", "dashboard.database"),
        ("dash", "plotly", "dash_bootstrap_components", "flask", "torch"),
    ),
    "dashboard.figures": (
        ("analytics.analyses", "dashboard.figures", "dashboard.facts"),
        ("dash", "dash_bootstrap_components", "pyarrow", "flask", "torch"),
    ),
    "dashboard.components": (
        ("dashboard.ids", "dashboard.links", "dashboard.facts", "dashboard.components"),
        ("numpy", "pandas", "pyarrow", "plotly", "flask", "torch"),
    ),
    "dashboard.pages": (
        ("dashboard.ids", "dashboard.links", "dashboard.facts", "dashboard.components", "dashboard.pages"),
        ("numpy", "pandas", "pyarrow", "plotly", "flask", "torch"),
    ),
    "dashboard.callbacks": (
        (
            "dashboard.ids", "dashboard.links", "dashboard.queries", "dashboard.figures", "dashboard.facts",
            "dashboard.components", "dashboard.messages", "dashboard.callbacks", "dashboard.job_status",
            "dashboard.jobs",
            "dashboard.user", "analytics.errors",
        ),
        ("numpy", "pandas", "pyarrow", "torch"),
    ),
}  # fmt: skip

TORCH_AT_THE_TOP = (
    "analytics.models", "analytics.live", "analytics.ingest.recorder", "analytics.ingest.record",
)  # fmt: skip
"""Where networks run. Everywhere else torch is imported inside functions: the dashboard starts without it."""


def imported(source: str) -> list[tuple[str, bool]]:
    """Every module a source imports, and whether it does so at the top."""
    tree = ast.parse(source)
    inner = {
        id(node)
        for function in ast.walk(tree)
        if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)) or _is_for_types(function)
        for node in ast.walk(function)
    }
    found = []
    for node in ast.walk(tree):
        at_top = id(node) not in inner
        if isinstance(node, ast.Import):
            found += [(alias.name, at_top) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            found += [(_module(module, alias.name), at_top) for alias in node.names]
    return found


def _is_for_types(node: ast.AST) -> bool:
    """Whether a block is for type checkers only: what it imports is not imported when the module is."""
    return isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"


def _module(package: str, name: str) -> str:
    """`from package import name` imports a module where there is one of that name."""
    inside = ROOT / Path(*package.split(".")) / name
    return f"{package}.{name}" if inside.is_dir() or inside.with_suffix(".py").exists() else package


def broken_rules(module: str, source: str) -> list[str]:
    """Sentences, one for each import that the module must not have."""
    name = max((name for name in RULES if within(module, name)), key=len)
    ours, foreign = RULES[name]
    sentences = []
    for target, at_top in imported(source):
        if target.startswith("."):
            sentences.append(f"{module} imports {target}: imports are absolute")
        elif within_any(target, OURS):
            if not within_any(target, ours) and not within(target, module):
                sentences.append(f"{module} imports {target}, which {name} must not know")
        elif within_any(target, foreign):
            sentences.append(f"{module} imports {target}, which {name} must not know")
        if within(target, "torch") and at_top and not within_any(module, TORCH_AT_THE_TOP):
            sentences.append(f"{module} imports torch at the top: import it where a network runs")
    return sentences


def within(module: str, package: str) -> bool:
    return module == package or module.startswith(package + ".")


def within_any(module: str, packages: tuple[str, ...]) -> bool:
    return any(within(module, package) for package in packages)


def sources() -> dict[str, Path]:
    """Every module of ours and its file."""
    found = {}
    for package in OURS:
        for file in sorted((ROOT / package).rglob("*.py")):
            parts = file.relative_to(ROOT).with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = file
    return found


def test_every_import_follows_the_rules():
    found = {module: broken_rules(module, file.read_text()) for module, file in sources().items()}
    assert {module: sentences for module, sentences in found.items() if sentences} == {}


def test_every_folder_has_a_rule_of_its_own():
    folders = {module for module, file in sources().items() if file.name == "__init__.py"}
    covered = {name for name in RULES if name in sources()}
    assert {folder for folder in folders if folder.count(".") <= 1} <= covered


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("analytics.errors", "from analytics.arrays import as_states"),
        ("analytics.arrays", "import pandas"),
        ("analytics.analyses.match", "from analytics.store.recording import Recording"),
        ("analytics.analyses.match", "import analytics.ingest"),
        ("analytics.analyses.match", "def late():\n    import pyarrow.parquet"),
        ("analytics.analyses.match", "from dashboard.figures import theme"),
        ("analytics.analyses.match", "import plotly.graph_objects as go"),
        ("analytics.store.recording", "from analytics.analyses.match import match_pattern"),
        ("analytics.store.recording", "def late():\n    import torch"),
        ("analytics.ingest.writer", "from analytics.analyses.match import match_pattern"),
        ("analytics.ingest.writer", "import torch"),
        ("analytics.analyses.match", "from analytics import store"),
        ("analytics.models.training", "from analytics.store.recording import Recording"),
        ("analytics.live.network", "from analytics.ingest.record import record"),
        ("analytics.live.network", "from analytics.analyses.match import match_pattern"),
        ("analytics.corpora.plays", "from analytics.store.recording import Recording"),
        ("analytics.cli", "import dash"),
        ("analytics.cli", "from analytics.store.catalog import Catalog"),
        ("analytics.commands.catalog", "def late():\n    import plotly"),
        ("analytics.commands.catalog", "import torch"),
        ("analytics.commands.catalog", "from analytics.cli import cli"),
        ("analytics.ingest.demo", "from analytics.commands.options import say"),
        ("dashboard.links", "from dashboard.queries import Queries"),
        ("dashboard.queries.match.matches", "import plotly"),
        ("dashboard.queries.match.matches", "from dash import html"),
        ("dashboard.queries.match.matches", "from dashboard.components import shell"),
        ("dashboard.figures.match", "from dash import dcc"),
        ("dashboard.figures.match", "from dashboard.queries import Queries"),
        ("dashboard.figures.match", "from analytics.store.recording import Recording"),
        ("dashboard.components.shell", "import numpy as np"),
        ("dashboard.components.shell", "from dashboard.queries import Queries"),
        ("dashboard.pages.match", "from analytics.errors import AnalyticsError"),
        ("dashboard.pages.match", "import plotly.express"),
        ("dashboard.callbacks.match", "from dashboard.pages import match"),
        ("dashboard.callbacks.match", "def late():\n    import numpy"),
        ("dashboard.callbacks.match", "from analytics.store.recording import Recording"),
        ("dashboard.messages", "from analytics.store.recording import Recording"),
        ("dashboard.messages", "from . import ids"),
    ],
)
def test_each_rule_can_fail(module, source):
    assert broken_rules(module, source) != []


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("analytics.analyses.memory.walking", "if TYPE_CHECKING:\n    from torch import Tensor"),
        ("analytics.analyses.match", "from analytics.analyses.scan import scan\nimport numba"),
        ("analytics.ingest.recorder", "def record():\n    import torch"),
        ("analytics.models.language_model", "import torch"),
        (
            "dashboard.callbacks.match",
            "from dashboard.figures.match import length_figure\nfrom dash import Input",
        ),
        ("dashboard.figures.match", "from analytics.analyses.lengths import LengthHistogram\nimport plotly"),
    ],
)
def test_what_is_allowed_passes(module, source):
    assert broken_rules(module, source) == []


def test_the_dashboard_starts_without_torch():
    names = ("torch", "sklearn", "scipy.stats")
    code = f"import app, sys; print([name for name in {names} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
