"""Tables: numbered columns and lists as states, the rest as annotations; Parquet and CSV alike."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.testing import assert_array_equal

from analytics.errors import ParameterError, ShapeError, SourceFileError, UnknownNameError
from analytics.ingest.import_table import import_table
from tests.recordings import random_states

WORDS = ["the", "NA", "", 'say "x"', "a\nb", "a,b", "null", "שלום"]
"""Texts that a careless reader takes for missing values, quotes or new rows."""


def frame(n=6, **columns):
    states = random_states(n, 3)
    units = {f"layer0.hidden_{unit}": states[:, unit] for unit in range(3)}
    return pd.DataFrame({"token": (WORDS * n)[:n], **units, **columns})


def write(table, path):
    if path.suffix == ".parquet":
        table.to_parquet(path, index=False)
    else:
        table.to_csv(path, index=False, sep="\t" if ".tsv" in path.suffixes else ",")
    return path


@pytest.fixture
def run(tmp_path):
    """Write a table and import it."""

    def imported(table, *, file="run.parquet", **options):
        report = import_table(write(table, tmp_path / file), tmp_path / "mine", **options)
        return report.recording, report.notes

    return imported


FILES = ["run.parquet", "run.csv", "run.tsv", "run.csv.gz"]


@pytest.mark.parametrize("file", FILES)
def test_every_format_gives_the_same(run, file):
    table = frame(8, tag=list("nvnvnvnv"), depth=range(8), p=np.linspace(0, 1, 8))
    recording, notes = run(table, file=file)
    assert recording.state_names == ("layer0.hidden",)
    assert_array_equal(recording.states("layer0.hidden").read(0, 8), random_states(8, 3))
    assert recording.token_texts(0, 8) == WORDS
    kinds = {name: facts["kind"] for name, facts in recording.manifest["annotations"].items()}
    assert kinds == {"tag": "categorical", "depth": "integer", "p": "numeric"}
    assert recording.annotations["depth"].tolist() == list(range(8))
    assert notes == ()


@settings(max_examples=15, deadline=None)
@given(data=st.data())
@pytest.mark.parametrize("file", ["run.parquet", "run.csv"])
def test_random_tables_come_back_as_they_were(tmp_path_factory, file, data):
    n = data.draw(st.integers(1, 40), label="rows")
    n_units = data.draw(st.integers(2, 12), label="units")
    values = data.draw(hnp.arrays(np.float32, (n, n_units), elements=st.floats(-9, 9, width=32)))
    text = st.text(st.characters(codec="utf-8", exclude_characters="\r\0"), max_size=4)
    tokens = data.draw(st.lists(text, min_size=n, max_size=n), label="tokens")
    whole = data.draw(hnp.arrays(np.int32, n), label="whole")
    columns = {f"h[{unit}]": values[:, unit] for unit in range(n_units)}
    folder = tmp_path_factory.mktemp("table")
    write(pd.DataFrame({"token": tokens, **columns, "whole": whole}), folder / file)
    recording = import_table(folder / file, folder / "mine").recording
    assert recording.token_texts(0, n) == tokens
    assert_array_equal(recording.states("h").read(0, n), values)
    assert_array_equal(recording.annotations["whole"], whole)


def test_units_in_the_order_of_their_numbers(run):
    values = random_states(4, 12)
    columns = {f"u{unit}": values[:, unit - 1] for unit in reversed(range(1, 13))}
    recording, _ = run(pd.DataFrame({"token": list("abcd"), **columns}))
    assert_array_equal(recording.states("u").read(0, 4), values)


@pytest.mark.parametrize(
    "kind", [pa.list_(pa.float32()), pa.list_(pa.float32(), 3), pa.large_list(pa.float32())]
)
def test_columns_of_lists(tmp_path, kind):
    states = random_states(6, 3)
    table = pa.table({"token": list("abcdef"), "layer1.cell": pa.array(states.tolist(), type=kind)})
    pq.write_table(table, tmp_path / "run.parquet", row_group_size=4)
    recording = import_table(tmp_path / "run.parquet", tmp_path / "mine").recording
    assert_array_equal(recording.states("layer1.cell").read(0, 6), states)


def test_named_units(run):
    table = frame().rename(columns={f"layer0.hidden_{unit}": f"{unit}.x" for unit in range(3)})
    recording, _ = run(table, units={"mine": "*.x"})
    assert_array_equal(recording.states("mine").read(0, 6), random_states(6, 3))
    recording, _ = run(table, units={"two": ["2.x", "0.x"]}, overwrite=True)
    assert_array_equal(recording.states("two").read(0, 6), random_states(6, 3)[:, [2, 0]])
    assert list(recording.annotations) == ["1.x"]


def test_whole_numbers_with_numbers_behind_are_no_state_by_themselves(run):
    recording, _ = run(frame(id_1=range(6), id_2=range(6)))
    assert recording.state_names == ("layer0.hidden",)
    assert list(recording.annotations) == ["id_1", "id_2"]


@pytest.mark.parametrize("file", FILES[:2])
def test_a_sequence_begins_where_its_column_changes(run, file):
    recording, notes = run(frame(sentence_id=["x", "x", "y", "y", "y", "x"]), file=file)
    assert recording.states("layer0.hidden").sequence_starts.tolist() == [0, 2, 5]
    assert any("'sentence_id' changes" in note for note in notes)
    recording, _ = run(frame(part=[1, 1, 1, 1, 2, 2]), file=file, sequence="part", overwrite=True)
    assert recording.states("layer0.hidden").sequence_starts.tolist() == [0, 4]


@pytest.mark.parametrize("file", FILES[:2])
def test_missing_values_of_annotations(run, file):
    table = frame(tag=["n", None, "v", "n", "n", "n"], count=[1, None, 3, 4, 5, 6], on=[True, False] * 3)
    recording, _ = run(table, file=file)
    kinds = {name: facts["kind"] for name, facts in recording.manifest["annotations"].items()}
    assert kinds == {"tag": "categorical", "count": "numeric", "on": "categorical"}
    assert recording.annotations.isna().sum().tolist() == [1, 1, 0]


def test_a_late_value_decides_what_a_text_column_is(run):
    """Kinds of a CSV file's columns fit all its values, not those of its beginning."""
    n = 200_000
    ones = ["1"] * (n - 1)
    table = pd.DataFrame(
        {"token": "a", "h_0": 0.0, "h_1": 1.5, "late": [*ones, "x"], "float": [*ones, "0.5"]}
    )
    recording, _ = run(table, file="run.csv")
    kinds = {name: facts["kind"] for name, facts in recording.manifest["annotations"].items()}
    assert kinds == {"late": "categorical", "float": "numeric"}
    assert recording.annotations["late"].iloc[-1] == "x"


def test_what_no_annotation_holds_is_told(tmp_path):
    table = pa.table({"token": ["a"], "h": [[0.5, 1.5]], "where": [{"x": 1}], "raw": [b"x"]})
    pq.write_table(table, tmp_path / "run.parquet")
    report = import_table(tmp_path / "run.parquet", tmp_path / "mine")
    assert [note.split("'")[1] for note in report.notes if "no annotation" in note] == ["where", "raw"]
    assert any("float64" in note for note in report.notes)


@pytest.mark.parametrize("file", FILES[:2])
def test_ids_with_a_vocabulary(run, file):
    table = frame().assign(token=[2, 0, 1, 1, 0, 2])
    assert run(table, file=file, vocabulary=list("xyz"))[0].token_texts(0, 6) == list("zxyyxz")
    recording, notes = run(table, file=file, overwrite=True)
    assert recording.token_texts(0, 3) == ["2", "0", "1"]
    assert any("shown as numbers" in note for note in notes)


def test_another_name_for_the_tokens(run):
    table = frame().rename(columns={"token": "Word"})
    recording, notes = run(table)
    assert recording.token_texts(0, 2) == WORDS[:2]
    assert notes == ("The column 'Word' holds the tokens.",)
    with pytest.raises(UnknownNameError, match="no column 'wort' for the tokens"):
        run(table, token="wort", overwrite=True)


def test_several_files_are_one_after_the_other(tmp_path):
    paths = [write(frame(n), tmp_path / f"{n}.parquet") for n in (3, 6)]
    recording = import_table(paths, tmp_path / "mine").recording
    expected = np.concatenate([random_states(3, 3), random_states(6, 3)])
    assert_array_equal(recording.states("layer0.hidden").read(0, 9), expected)


def refused(tmp_path, source, kind, why, **options):
    before = sorted(place.name for place in tmp_path.iterdir())
    with pytest.raises(kind, match=why) as caught:
        import_table(source, tmp_path / "mine", **options)
    assert "\n" not in str(caught.value) and str(caught.value).endswith((".", "?"))
    assert sorted(place.name for place in tmp_path.iterdir()) == before


@pytest.mark.parametrize(
    ("table", "options", "kind", "why"),
    [
        (frame().drop(columns="token"), {}, UnknownNameError, "no column 'token'"),
        (frame()[["token"]], {}, ShapeError, "numbered from 0 or 1"),
        (frame(), {"units": {"h": "nothing_*"}}, UnknownNameError, "with a number for"),
        (frame(), {"units": {"h": ["token1"]}}, UnknownNameError, "no column 'token1'"),
        (frame(tag=list("abcdef")), {"units": {"h": ["tag"]}}, ShapeError, "hold numbers"),
        (frame(), {"sequence": "part"}, UnknownNameError, "no column 'part'"),
        (frame(), {"annotations": ["part"]}, UnknownNameError, "no column 'part'"),
        (frame(0), {}, ShapeError, "no rows|numbered"),
        (frame().assign(token=[None, *"abcde"]), {}, ShapeError, "none in row 0"),
        (
            frame().replace({"layer0.hidden_1": random_states(6, 3)[4, 1]}, np.nan),
            {},
            ShapeError,
            "NaN at position 4",
        ),
        (frame(), {"vocabulary": ["the"]}, ParameterError, "'NA' at position 1 is not in"),
    ],
)
def test_tables_that_do_not_fit_are_a_sentence(tmp_path, table, options, kind, why):
    refused(tmp_path, write(table, tmp_path / "run.parquet"), kind, why, **options)


def test_lists_of_different_lengths(tmp_path):
    table = pa.table({"token": ["a", "b"], "h": [[0.5, 1.5], [0.5]]})
    pq.write_table(table, tmp_path / "run.parquet")
    refused(tmp_path, tmp_path / "run.parquet", ShapeError, "2 units. Got 1 in row 1")


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("run.csv", b"token,h_0,h_1\na,0.5\n", "cannot be read as a table"),
        ("run.csv", b"token,h_0,h_1\n" + b"a,0.5,1.5\n" * 500_000 + b"a,x,1\n", "cannot be read as a table"),
        ("run.csv", b"", "cannot be read as a table"),
        ("run.csv", b"token,h_0,h_0\na,1.5,2\n", "'h_0' twice"),
        ("run.csv", b"token,h_0,h_1\n\xff\xfe,0.5,1\n", "cannot be read as a table"),
        ("run.csv", b"token,h\xff_0,h_1\na,0.5,1\n", "cannot be read as a table"),
        ("run.parquet", b"PAR1broken", "cannot be read as a table"),
        ("run.xlsx", b"PK", "no table that is read"),
    ],
)
def test_what_is_no_table(tmp_path, name, content, why):
    (tmp_path / name).write_bytes(content)
    refused(tmp_path, tmp_path / name, (SourceFileError, ParameterError), why)


def test_files_of_other_columns(tmp_path):
    paths = [write(frame(), tmp_path / "a.parquet"), write(frame(more=range(6)), tmp_path / "b.parquet")]
    refused(tmp_path, paths, SourceFileError, "other columns than a.parquet")
