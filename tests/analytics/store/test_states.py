import json
import shutil
import threading

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.arrays import StateReader, as_states
from analytics.errors import DamagedRecordingError, RangeError, ShapeError, UnknownNameError
from analytics.store.parquet_states import ParquetStates
from analytics.store.recording import open_recording
from analytics.store.schema import ROWS_FOLDER
from analytics.store.states import TileStates
from tests.recordings import random_states, small_recording

STATE = "layer0.cell"


@st.composite
def shapes(draw):
    return {
        "n_positions": draw(st.integers(1, 60)),
        "n_units": draw(st.integers(1, 20)),
        "rows_per_group": draw(st.integers(1, 40)),
        "block": draw(st.integers(1, 70)),
    }


def variants(recording, values):
    """The three ways a state is read: with the row cache, without it, and through pyarrow."""
    yield recording.states(STATE)
    shutil.rmtree(recording.path / ROWS_FOLDER, ignore_errors=True)
    yield open_recording(recording.path).states(STATE)
    rewrite_with_pandas(recording, values)
    yield open_recording(recording.path).states(STATE)


def rewrite_with_pandas(recording, values, **options):
    """Replace the state's file by one of other software, and say so in the manifest."""
    frame = pd.DataFrame(values, columns=[f"unit_{unit}" for unit in range(values.shape[1])])
    path = recording.path / f"states/{STATE}.parquet"
    frame.to_parquet(path, **({"row_group_size": 13, "index": False} | options))
    facts = json.loads((recording.path / "recording.json").read_text())
    facts["states"][STATE]["layout"] = None
    facts["files"][f"states/{STATE}.parquet"] = {"bytes": path.stat().st_size}
    (recording.path / "recording.json").write_text(json.dumps(facts))


@settings(max_examples=40, deadline=None)
@given(shape=shapes(), dtype=st.sampled_from(["float16", "float32"]), data=st.data())
def test_what_was_written_is_read_by_every_way(tmp_path_factory, shape, dtype, data):
    values = random_states(shape["n_positions"], shape["n_units"], dtype=dtype)
    recording = small_recording(
        tmp_path_factory.mktemp("states") / "r",
        states={STATE: values},
        rows_per_group=shape["rows_per_group"],
        block=shape["block"],
    )
    position = st.integers(0, shape["n_positions"])
    start, stop = sorted([data.draw(position), data.draw(position)])
    units = data.draw(st.lists(st.integers(0, shape["n_units"] - 1), max_size=6))
    ranges = [sorted(pair) for pair in data.draw(st.lists(st.tuples(position, position), max_size=8))]
    for states in variants(recording, values):
        assert states.shape == values.shape
        assert states.dtype == values.dtype
        np.testing.assert_array_equal(states.read(start, stop), values[start:stop])
        np.testing.assert_array_equal(states.read(start, stop, units), values[start:stop][:, units])
        expected = np.concatenate([values[:0], *(values[first:after] for first, after in ranges)])
        got = states.read_ranges([first for first, _ in ranges], [after for _, after in ranges])
        np.testing.assert_array_equal(got, expected)
        assert got.flags.c_contiguous


@settings(max_examples=25, deadline=None)
@given(shape=shapes(), dtype=st.sampled_from(["float16", "float32"]))
def test_other_software_reads_the_same(tmp_path_factory, shape, dtype):
    values = random_states(shape["n_positions"], shape["n_units"], dtype=dtype)
    recording = small_recording(
        tmp_path_factory.mktemp("states") / "r",
        states={STATE: values},
        rows_per_group=shape["rows_per_group"],
        block=shape["block"],
    )
    path = recording.path / f"states/{STATE}.parquet"
    frame = pd.read_parquet(path)
    assert frame.columns.tolist() == [f"unit_{unit}" for unit in range(shape["n_units"])]
    assert set(frame.dtypes.astype(str)) == {dtype}
    np.testing.assert_array_equal(frame.to_numpy(), values)
    np.testing.assert_array_equal(np.load(recording.path / f"rows/{STATE}.npy"), values)


def test_layout_in_the_manifest_is_where_parquet_says_the_pages_are(tmp_path):
    recording = small_recording(tmp_path / "r", n_positions=70, n_units=5, rows_per_group=32)
    layout = recording._manifest.states[STATE].layout
    metadata = pq.read_metadata(tmp_path / f"r/states/{STATE}.parquet")
    assert metadata.num_row_groups == layout.n_groups == 3
    for group in range(3):
        for unit in range(5):
            chunk = metadata.row_group(group).column(unit)
            assert chunk.data_page_offset == layout.chunk_offset(group, unit)
            assert chunk.total_compressed_size == layout.chunk_bytes(group)
            assert chunk.num_values == layout.rows_in(group)
            assert chunk.compression == "UNCOMPRESSED"
    assert recording.manifest["states"][STATE]["layout"]["first_values_offset"] == layout.values_offset(0, 0)


def test_few_units_over_all_positions_are_contiguous_by_unit(tmp_path):
    recording = small_recording(tmp_path / "r", n_positions=500, n_units=200, rows_per_group=500)
    assert recording.states(STATE).read(0, 500, [3, 1]).T.flags.c_contiguous


def test_a_state_is_a_reader_for_the_analyses(tmp_path):
    recording = small_recording(tmp_path / "r")
    states = recording.states(STATE)
    assert isinstance(states, StateReader)
    assert as_states(states) is states
    assert states.sequence_starts.tolist() == [0, 20, 40]
    assert states.nbytes == 50 * 3 * 4
    assert recording.states(STATE) is states


@pytest.mark.parametrize(
    "options", [{"compression": "zstd"}, {"compression": "snappy", "use_dictionary": False}]
)
def test_compressed_file_of_other_software(tmp_path, options):
    values = random_states(50, 3)
    recording = small_recording(tmp_path / "r", states={STATE: values}, row_cache=False)
    rewrite_with_pandas(recording, values, **options)
    states = open_recording(recording.path).states(STATE)
    assert isinstance(states, ParquetStates)
    np.testing.assert_array_equal(states.read(5, 45, [2, 0]), values[5:45][:, [2, 0]])


def test_nullable_file_is_read_and_a_null_is_refused(tmp_path):
    recording = small_recording(tmp_path / "r", row_cache=False)
    values = random_states(50, 3).astype(object)
    values[17, 1] = None
    rewrite_with_pandas(recording, values.astype("float32"))
    states = open_recording(recording.path).states(STATE)
    assert states.read(0, 17).shape == (17, 3)
    with pytest.raises(
        DamagedRecordingError, match=r"layer0\.cell\.parquet holds no number at position 17 of unit 1"
    ):
        states.read(10, 20)


def test_file_of_other_software_with_other_columns_is_refused(tmp_path):
    recording = small_recording(tmp_path / "r", row_cache=False)
    rewrite_with_pandas(recording, random_states(50, 2))
    with pytest.raises(DamagedRecordingError, match="does not hold 50 rows of the columns unit_0 to unit_2"):
        open_recording(recording.path).states(STATE)


def test_layout_that_contradicts_the_shape_is_not_believed(tmp_path):
    values = random_states(50, 3)
    recording = small_recording(tmp_path / "r", states={STATE: values}, row_cache=False)
    facts = json.loads((recording.path / "recording.json").read_text())
    facts["states"][STATE]["layout"]["n_units"] = 4
    (recording.path / "recording.json").write_text(json.dumps(facts))
    states = open_recording(recording.path).states(STATE)
    assert isinstance(states, ParquetStates)
    np.testing.assert_array_equal(states.read(0, 50), values)


@pytest.mark.parametrize(("start", "stop"), [(-1, 2), (0, 51), (5, 4), (60, 70)])
def test_ranges_outside_are_refused(tmp_path, start, stop):
    states = small_recording(tmp_path / "r").states(STATE)
    with pytest.raises(RangeError, match=r"lies within \[0, 50\)"):
        states.read(start, stop)
    with pytest.raises(RangeError, match=r"lies within \[0, 50\)"):
        states.read_ranges([0, start], [1, stop])


def test_unknown_units_are_refused(tmp_path):
    states = small_recording(tmp_path / "r").states(STATE)
    with pytest.raises(UnknownNameError, match="has no unit 3: its units are 0 to 2"):
        states.read(0, 1, [0, 3])
    with pytest.raises(UnknownNameError, match="has no unit -1"):
        states.read(0, 1, [-1])
    with pytest.raises(ShapeError, match="whole numbers"):
        states.read(0, 1, [0.5])


def test_ranges_need_a_start_and_a_stop_each(tmp_path):
    states = small_recording(tmp_path / "r").states(STATE)
    with pytest.raises(ShapeError, match="Got 2 and 1"):
        states.read_ranges([0, 1], [1])


def test_neighbouring_overlapping_and_empty_ranges(tmp_path):
    values = random_states(50, 3)
    states = small_recording(tmp_path / "r", states={STATE: values}).states(STATE)
    ranges = [(0, 5), (5, 9), (9, 9), (3, 6), (6, 6), (6, 50), (0, 1)]
    got = states.read_ranges(*zip(*ranges, strict=True))
    np.testing.assert_array_equal(got, np.concatenate([values[first:after] for first, after in ranges]))


def truncate(path, n_bytes):
    with path.open("r+b") as stream:
        stream.truncate(n_bytes)


def test_file_cut_short_while_open_is_a_sentence(tmp_path):
    recording = small_recording(tmp_path / "r", row_cache=False)
    states = recording.states(STATE)
    assert isinstance(states, TileStates)
    truncate(tmp_path / f"r/states/{STATE}.parquet", 140)
    with pytest.raises(DamagedRecordingError, match=r"layer0\.cell\.parquet was cut short: it has 140 bytes"):
        states.read(0, 50, [2])
    with pytest.raises(DamagedRecordingError, match=r"layer0\.cell\.parquet was cut short"):
        states.read_ranges([45], [50])


def test_row_cache_cut_short_while_open_is_done_without(tmp_path):
    values = random_states(50, 3)
    recording = small_recording(tmp_path / "r", states={STATE: values})
    states = recording.states(STATE)
    truncate(tmp_path / f"r/rows/{STATE}.npy", 140)
    np.testing.assert_array_equal(states.read(40, 50), values[40:])
    assert not states.has_row_cache
    ranges = open_recording(recording.path).states(STATE)
    np.testing.assert_array_equal(ranges.read_ranges([45], [50]), values[45:])


def test_threads_read_at_once(tmp_path):
    values = random_states(2000, 40)
    states = small_recording(tmp_path / "r", states={STATE: values}, rows_per_group=64, block=500).states(
        STATE
    )
    wrong = []

    def read(seed):
        rng = np.random.default_rng(seed)
        for _ in range(200):
            start, stop = np.sort(rng.integers(0, 2001, 2))
            units = rng.integers(0, 40, 3)
            if not np.array_equal(states.read(start, stop, units), values[start:stop][:, units]):
                wrong.append((start, stop))
            if not np.array_equal(states.read_ranges([start], [stop]), values[start:stop]):
                wrong.append((start, stop))

    threads = [threading.Thread(target=read, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_a_state_of_half_floats_made_by_pyarrow(tmp_path):
    values = random_states(50, 3, dtype="float16")
    recording = small_recording(tmp_path / "r", states={STATE: values}, row_cache=False)
    rewrite_with_pandas(recording, values)
    table = pq.read_table(recording.path / f"states/{STATE}.parquet")
    assert set(table.schema.types) == {pa.float16()}
    states = open_recording(recording.path).states(STATE)
    assert states.dtype == np.float16
    np.testing.assert_array_equal(states.read_ranges([40, 0], [50, 3]), np.r_[values[40:], values[:3]])
