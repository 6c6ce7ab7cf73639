"""Facts of a manifest, whatever is in it, as lines a reader understands."""

from __future__ import annotations

from dashboard.components.told import MAX_CHARACTERS, MAX_FACTS, told_facts


def test_long_facts_have_a_row_for_each_part():
    told = {"training": {"schedule": {"n_epochs": 10}, "history": "Epochs 1 to 3 " * 10, "log": [1]}}
    assert [name for name, _ in told_facts(told)] == ["training: schedule", "training: history"]


def test_short_ones_stay_on_one_line():
    assert told_facts({"perplexity": {"test": 2.418}}) == [("perplexity", "test 2.418")]


def test_lists_are_cut_with_their_number():
    ((_, text),) = told_facts({"sizes": list(range(100))})
    assert text.startswith("0, 1, 2") and text.endswith("and 88 more")


def test_what_is_too_much_is_cut():
    rows = told_facts({f"fact {place}": "x" * 1000 for place in range(200)})
    assert len(rows) == MAX_FACTS and all(len(text) == MAX_CHARACTERS for _, text in rows)


def test_something_endlessly_nested_ends():
    nested: dict = {}
    nested["inner"] = nested
    ((name, text),) = told_facts(nested)
    assert name == "inner" and "…" in text and len(text) < MAX_CHARACTERS
