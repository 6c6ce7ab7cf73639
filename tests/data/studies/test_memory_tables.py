import pandas as pd
import pytest

from data.studies.memory_tables import as_markdown, put_tables


def test_a_table_in_markdown():
    table = pd.DataFrame({"name": ["a", "b"], "n": [1234, 5], "share": [0.25, float("nan")]})
    assert as_markdown(table, {"n": ",", "share": lambda value: f"{value:.0%}"}).splitlines() == [
        "| name | n | share |",
        "|---|---:|---:|",
        "| a | 1,234 | 25% |",
        "| b | 5 | - |",
    ]


def test_tables_replace_what_stood_between_their_marks(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("a\n<!-- table: one -->\nold\n<!-- end -->\nb\n<!-- table: two -->\n<!-- end -->\nc\n")
    for _ in range(2):
        put_tables(page, {"one": r"new \1", "two": "2"})
        assert page.read_text() == (
            "a\n<!-- table: one -->\nnew \\1\n<!-- end -->\nb\n<!-- table: two -->\n2\n<!-- end -->\nc\n"
        )


def test_a_table_without_a_place_is_refused(tmp_path):
    (tmp_path / "page.md").write_text("<!-- table: one -->\n<!-- end -->\n")
    with pytest.raises(KeyError, match="no place for the table 'three'"):
        put_tables(tmp_path / "page.md", {"three": "x"})
