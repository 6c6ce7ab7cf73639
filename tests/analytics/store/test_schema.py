"""What `data/README.md` tells a reader about the format is what is on disk."""

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from analytics.errors import ParameterError
from analytics.ingest.from_arrays import write_recording
from analytics.store.schema import FORMAT, FORMAT_VERSION, check_name
from tests.recordings import random_states

README = (Path(__file__).parents[3] / "data" / "README.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def recording(tmp_path_factory):
    """A recording with every file there can be."""
    n = 40_000
    return write_recording(
        tmp_path_factory.mktemp("schema") / "r",
        name="r",
        tokens=[f"word{position % 7}" for position in range(n)],
        states={"layer1.cell": random_states(n, 3, dtype="float16"), "layer1.hidden": random_states(n, 2)},
        sequence_starts=np.arange(0, n, 1000),
        annotations={"a": ["x", "y"] * (n // 2), "b": np.linspace(0, 1, n), "c": np.arange(n)},
        predictions=(np.zeros((n, 2), int), np.full((n, 2), 0.5)),
        targets=np.arange(n) % 7,
        log_probability=np.full(n, -1.0),
        model={"kind": "lstm"},
        weights=b"weights",
        step=3,
        training="r",
    )


def section(title):
    """From a table's heading, in backquotes, to the next blank line after the table."""
    found = re.search(rf"^{re.escape(title)}.*?\n\n(\|.*?)\n\n", README, flags=re.S | re.M)
    return found.group(1)


@pytest.mark.parametrize("file", ["tokens.parquet", "sequences.parquet", "vocabulary.parquet"])
def test_columns_and_types_are_documented(recording, file):
    schema = pq.read_schema(recording.path / file)
    rows = re.findall(r"^\| `(\w+)` \| (\w+)", section(f"`{file}`"), flags=re.M)
    stored = [
        (field.name, "string" if "string" in str(field.type) else str(field.type).replace("float", "float32"))
        for field in schema
    ]
    assert rows == stored


def test_columns_of_states_and_predictions_are_documented(recording):
    assert "`unit_0`, `unit_1`" in section("`states/<state>.parquet`")
    assert pq.read_schema(recording.path / "states/layer1.cell.parquet").names == [
        "unit_0",
        "unit_1",
        "unit_2",
    ]
    assert "`id_1` ... `id_k` | int32" in section("`predictions.parquet`")
    assert pq.read_schema(recording.path / "predictions.parquet").names == [
        "id_1", "id_2", "probability_1", "probability_2",
    ]  # fmt: skip


def test_every_file_is_documented(recording):
    for path in recording.path.rglob("*"):
        name = path.name.replace("layer1.cell", "<state>").replace("layer1.hidden", "<state>")
        assert f" {name}" in README, name


def test_keys_of_the_manifest_are_documented(recording):
    table = section("## The manifest, `recording.json`")
    documented = set(re.findall(r"`(\w+)`", "\n".join(line.split("|")[1] for line in table.splitlines()[2:])))
    assert documented == set(recording.manifest)
    assert f"always `{FORMAT}`" in table
    assert f"format version {FORMAT_VERSION}**" in README
    for key in recording.manifest["states"]["layer1.cell"]["layout"]:
        assert f"`{key}`" in README, key


def test_place_of_a_value_is_as_documented(recording):
    layout = recording.manifest["states"]["layer1.cell"]["layout"]
    content = (recording.path / "states/layer1.cell.parquet").read_bytes()
    values = recording.states("layer1.cell").read(0, 40_000)
    n, chunk = layout["rows_per_group"], layout["full_chunk_bytes"]
    for position, unit in [(0, 0), (1, 2), (16_383, 1), (16_384, 0), (32_767, 2)]:
        place = 4 + (position // n) * layout["n_units"] * chunk + unit * chunk + layout["header_bytes"]
        place += (position % n) * layout["itemsize"]
        assert np.frombuffer(content, "<f2", 1, place)[0] == values[position, unit]
    assert layout["first_values_offset"] == 4 + layout["header_bytes"]
    rest = 40_000 - 2 * n
    place = 4 + 2 * layout["n_units"] * chunk + 2 * (layout["last_header_bytes"] + rest * layout["itemsize"])
    place += layout["last_header_bytes"] + 5 * layout["itemsize"]
    assert np.frombuffer(content, "<f2", 1, place)[0] == values[2 * n + 5, 2]


@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_pandas_snippet_runs(recording):
    (snippet,) = re.findall(r"With pandas:\n\n```python\n(.*?)```", README, flags=re.S)
    assert '"data/recordings/parentheses"' in snippet
    names = {}
    exec(snippet.replace("data/recordings/parentheses", str(recording.path)), names)
    values = recording.states("layer1.cell").read(0, 40_000, [0, 1]).astype("float32")
    expected = pd.DataFrame(values).groupby(recording.tokens).mean().to_numpy()
    np.testing.assert_allclose(names["mean"].to_numpy(), expected, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("name", ["layer1.cell", "A-b_c.0", "_", "0", "a" * 100])
def test_safe_names(name):
    assert check_name(name, what="state") == name


@pytest.mark.parametrize(
    "name", ["", ".", "..", ".a", "-a", "a/b", "a b", "a\n", "é", "a" * 101, "a\0", None, 3]
)
def test_unsafe_names(name):
    with pytest.raises(ParameterError, match="A state is named with letters, digits"):
        check_name(name, what="state")
