from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

pytest.importorskip("matplotlib", reason="data/studies/requirements.txt is not installed")

from data.studies.memory_decay import NUMBERS, PAGE, main, write_page


def test_the_page_shows_the_numbers_beside_it(tmp_path):
    tables = {file.stem: pd.read_csv(file) for file in NUMBERS.glob("*.csv")}
    page = tmp_path / "page.md"
    text = PAGE.read_text(encoding="utf-8")
    page.write_text(text.replace("| 164.9 |", "| 1.0 |"), encoding="utf-8")
    assert page.read_text(encoding="utf-8") != text
    write_page(tables, page=page, numbers=tmp_path)
    assert page.read_text(encoding="utf-8") == text
    for figure in ("figure1.svg", "figure2.svg"):
        assert (tmp_path / figure).read_bytes() == (NUMBERS / figure).read_bytes()


def test_what_the_page_refers_to_is_there():
    text = PAGE.read_text(encoding="utf-8")
    root = PAGE.parents[2]
    for name in ("memory-decay/figure1.svg", "memory-decay/figure2.svg", "memory-decay"):
        assert f"({name})" in text
        assert (PAGE.parent / name).exists()
    assert "(data/studies/memory-decay.md)" in (root / "README.md").read_text(encoding="utf-8")


def test_without_recordings_it_says_how_to_make_them(tmp_path):
    before = PAGE.read_bytes()
    result = CliRunner().invoke(main, ["--folder", str(tmp_path), "--treebank", str(Path("nowhere"))])
    assert result.exit_code == 1
    assert "memory-lstm is not recorded yet and left out" in result.output
    assert "No network of the study is recorded yet: make memory-study" in result.output
    assert PAGE.read_bytes() == before
