"""What is public is written down: `__all__` in every module of analytics, and the names README lists."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import analytics

ROOT = Path(__file__).resolve().parents[1]
MODULES = sorted(
    file
    for package in ("analytics", "dashboard")
    for file in (ROOT / package).rglob("*.py")
    if file.name != "__main__.py"
)


def statements(file: Path) -> ast.Module:
    return ast.parse(file.read_text())


def assigned_all(tree: ast.Module) -> list[str] | None:
    for node in tree.body:
        if isinstance(node, ast.Assign) and [ast.unparse(target) for target in node.targets] == ["__all__"]:
            return ast.literal_eval(node.value)
    return None


def defined(tree: ast.Module) -> set[str]:
    """Names of functions and classes at the top of a module."""
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    return {node.name for node in tree.body if isinstance(node, kinds)}


def assigned(node: ast.stmt) -> set[str]:
    """Names that a statement at the top gives a value."""
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    return {
        part.id for target in targets if target for part in ast.walk(target) if isinstance(part, ast.Name)
    }


@pytest.mark.parametrize("file", MODULES, ids=lambda file: file.relative_to(ROOT).as_posix())
def test_every_module_says_what_is_public(file):
    tree = statements(file)
    if len(tree.body) <= 1:
        return  # A package's docstring only.
    names = assigned_all(tree)
    assert names is not None, "add __all__"
    if file.name != "__init__.py":
        bound = defined(tree) | set().union(*map(assigned, tree.body))
        assert set(names) <= bound


def test_readme_lists_the_public_names_of_analytics():
    text = (ROOT / "README.md").read_text()
    listed = re.findall(r"^\| `analytics\.(\w+)", text, flags=re.MULTILINE)
    assert sorted(listed) == sorted(analytics.__all__)


def test_every_public_name_is_documented():
    undocumented = [
        name for name in analytics.__all__ if not (getattr(analytics, name).__doc__ or "").strip()
    ]
    assert undocumented == []
