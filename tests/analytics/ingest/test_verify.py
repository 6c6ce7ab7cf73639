"""A small recording of a real network, damaged in each way; each damage is found where it is."""

import hashlib
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import torch
from safetensors.numpy import load_file, save_file

from analytics.errors import NotARecordingError, RecordingChangedError
from analytics.ingest.annotate import annotate
from analytics.ingest.verify import verify
from analytics.ingest.verifying.network import run_layer
from analytics.ingest.writer import RecordingWriter
from analytics.models.language_model import LanguageModel, ModelShape
from analytics.models.weights import save_network
from analytics.store.layout import TileLayout
from analytics.store.schema import MANIFEST_FILE, rows_file, state_file
from tests.recordings import VOCABULARY, small_recording

N, UNITS, GROUP = 300, 6, 64
STARTS = np.array([0, 100, 250])
WORDS = [*VOCABULARY, "last"]


def steps(model, ids):
    """States of an LSTM language model, a step at a time through torch."""
    found = {f"layer{layer}.{kind}": [] for layer in (0, 1) for kind in ("hidden", "cell")}
    gates = {f"layer0.{gate}_gate": [] for gate in ("input", "forget", "candidate", "output")}
    state, layers = None, model.layers
    for token_id in ids:
        inputs = model.embedding(torch.tensor([[int(token_id)]]))
        before = torch.zeros(1, UNITS) if state is None else state[0][0]
        _, state = layers(inputs, state)
        sums = inputs[0] @ layers.weight_ih_l0.T + layers.bias_ih_l0
        sums = (sums + before @ layers.weight_hh_l0.T + layers.bias_hh_l0).chunk(4, dim=1)
        for (name, values), part in zip(gates.items(), sums, strict=True):
            values.append(torch.tanh(part) if "candidate" in name else torch.sigmoid(part))
        for layer in (0, 1):
            found[f"layer{layer}.hidden"].append(state[0][layer])
            found[f"layer{layer}.cell"].append(state[1][layer])
    return {name: torch.cat(values) for name, values in (found | gates).items()}


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    """The recording that every test damages a copy of."""
    folder = tmp_path_factory.mktemp("template")
    torch.manual_seed(0)
    shape = ModelShape(n_words=len(WORDS), n_units=UNITS, n_embedding=UNITS)
    network = LanguageModel(shape).eval()
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.copy_(parameter.normal_(0, 0.7).half().float())
    save_network(folder / "network", network, vocabulary=WORDS, facts={})
    facts = json.loads((folder / "network" / "model.json").read_text())
    ids = np.random.default_rng(0).integers(0, len(WORDS), N)
    with torch.no_grad():
        parts = [steps(network, part) for part in np.split(ids, STARTS[1:])]
        states = {name: torch.cat([part[name] for part in parts]) for name in parts[0]}
        logs = torch.log_softmax(network.logits(states["layer1.hidden"]), dim=1).numpy()
    targets = np.append(ids[1:], -1)
    targets[STARTS[1:] - 1] = -1
    best = np.argsort(-logs, axis=1)[:, :3]
    writer = RecordingWriter(
        folder / "r",
        name="r",
        states=dict.fromkeys(states, UNITS),
        vocabulary=WORDS,
        annotations={"kind": ["x", "y"], "number": "numeric", "whole": "integer"},
        top_k=3,
        dtype="float16",
        model=facts,
        weights=folder / "network" / "model.safetensors",
        rows_per_group=GROUP,
    )
    with writer:
        writer.append(
            token_ids=ids,
            states={name: values.numpy() for name, values in states.items()},
            sequence_starts=np.isin(np.arange(N), STARTS),
            targets=targets,
            log_probability=np.where(targets < 0, np.nan, logs[np.arange(N), targets]),
            annotations={
                "kind": np.where(ids % 2, "x", "y"),
                "number": np.where(ids % 3, ids, np.nan),
                "whole": ids,
            },
            predictions=(best, np.exp(np.take_along_axis(logs, best, axis=1))),
        )
    return folder / "r"


@pytest.fixture
def path(template, tmp_path):
    return Path(shutil.copytree(template, tmp_path / "r"))


def change_manifest(path, change):
    file = path / MANIFEST_FILE
    facts = json.loads(file.read_text(encoding="utf-8"))
    change(facts)
    file.write_text(json.dumps(facts), encoding="utf-8")


def sign(path):
    """Make sizes and checksums those of the files as they are now: what is wrong must be found elsewhere."""

    def change(facts):
        for name in facts["files"]:
            content = (path / name).read_bytes()
            facts["files"][name] = {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}

    change_manifest(path, change)


def set_value(path, state, position, unit, value, *, rows=True):
    """Change one value of a state, and of its row-major copy."""
    facts = json.loads((path / MANIFEST_FILE).read_text(encoding="utf-8"))["states"][state]
    layout = TileLayout.from_json(facts["layout"], shape=(N, UNITS), dtype=np.dtype("<f2"))
    group, row = divmod(position, GROUP)
    with (path / state_file(state)).open("r+b") as stream:
        stream.seek(layout.values_offset(group, unit) + 2 * row)
        stream.write(np.array(value, "<f2").tobytes())
    if rows:
        set_row_value(path, state, position, unit, value)


def set_row_value(path, state, position, unit, value):
    values = np.load(path / rows_file(state), mmap_mode="r+")
    values[position, unit] = value
    values.flush()


def change_table(path, file, change, *, keep_schema=True):
    """Rewrite a table after `change`, which gets and returns a pandas frame."""
    table = pq.read_table(path / file)
    frame = change(table.to_pandas())
    columns = [
        pa.array(
            frame[field.name].tolist() if pa.types.is_dictionary(field.type) else frame[field.name],
            pa.string() if pa.types.is_dictionary(field.type) else field.type,
            from_pandas=True,
        )
        for field in table.schema
    ]
    if keep_schema:
        fields = [
            pa.field(field.name, column.type, nullable=True)
            for field, column in zip(table.schema, columns, strict=True)
        ]
        pq.write_table(pa.Table.from_arrays(columns, schema=pa.schema(fields)), path / file)
    sign(path)


def at(column, row, value):
    """A change of one value of a table."""

    def change(frame):
        frame = frame.astype({column: object})
        frame.loc[row, column] = value
        return frame

    return change


def found(path, part, pattern):
    """Require that the damage is told, of that file."""
    problems = verify(path).problems
    told = [problem.sentence for problem in problems if problem.part == part]
    assert any(re.search(pattern, sentence) for sentence in told), problems


# --- what is sound ---


def test_an_undamaged_recording_is_sound(path):
    verification = verify(path)
    assert verification.problems == ()
    assert verification.is_sound
    told = {(check.part, check.what): check for check in verification.checks}
    assert told["model.safetensors", "agreement with the weights"].sentence == (
        "8 states agree at 300 positions at the beginnings of sequences."
    )
    assert "299" not in told["predictions.parquet", "agreement with log_probability"].sentence
    assert [check for check in verification.checks if check.passed is None] == []
    assert {part for part, _ in told} >= {
        file.relative_to(path).as_posix()
        for file in path.rglob("*")
        if file.is_file() and file.name != "stamp.json"
    }


def test_an_annotated_recording_is_sound(path):
    before = verify(path).fingerprint
    recording = annotate(path, {"length": len, "negative nan": -np.full(N, np.nan)})
    verification = verify(path)
    assert verification.problems == ()
    assert verification.fingerprint == recording.fingerprint != before


def test_recordings_without_much(tmp_path):
    verification = verify(small_recording(tmp_path / "r", row_cache=False).path)
    assert verification.is_sound
    left_open = {check.what: check.sentence for check in verification.checks if check.passed is None}
    assert left_open["equality"] == "There is no row-major copy: scattered reading is slower."
    assert left_open["agreement with the weights"].startswith("The recording ships no weights")


def test_older_recordings_without_hashes_of_their_content(path):
    change_manifest(path, lambda facts: facts.pop("content"))
    assert verify(path).is_sound
    change_table(path, "tokens.parquet", at("log_probability", 7, -0.25))
    found(path, MANIFEST_FILE, "The fingerprint is .* where the content has")


@pytest.mark.parametrize("has_content", [True, False])
@pytest.mark.parametrize("sign_of_nan", [-1, 1])
def test_the_sign_of_nan_is_no_damage(tmp_path, has_content, sign_of_nan):
    path = tmp_path / "r"
    with RecordingWriter(path, name="r", states={"h": 1}, vocabulary=["a", "b"]) as writer:
        logs = np.array([-1, np.copysign(np.nan, sign_of_nan)], np.float32)
        assert np.signbit(logs[1]) == (sign_of_nan < 0)
        writer.append(token_ids=[0, 1], states={"h": np.zeros((2, 1))}, targets=[1, -1], log_probability=logs)
    if not has_content:
        change_manifest(path, lambda facts: facts.pop("content"))
    assert verify(path).problems == ()
    assert verify(annotate(path, {"length": len}).path).problems == ()
    change_table(path, "tokens.parquet", at("log_probability", 0, -2.0))
    found(path, "recording.json", "The fingerprint is")


def test_states_written_by_other_software(path):
    states = pq.read_table(path / state_file("layer0.hidden"))
    pq.write_table(states, path / state_file("layer0.hidden"), compression="zstd")
    sign(path)

    def change(facts):
        facts["states"]["layer0.hidden"]["layout"] = None

    change_manifest(path, change)
    assert {problem.what for problem in verify(path).problems} == {"fingerprint"}
    frame = states.to_pandas()
    frame.loc[70, "unit_2"] = np.nan
    pq.write_table(pa.Table.from_pandas(frame, preserve_index=False), path / state_file("layer0.hidden"))
    sign(path)
    found(path, state_file("layer0.hidden"), "no number at position 70 of unit 2")


# --- files ---


@pytest.mark.parametrize(
    "file", ["tokens.parquet", "states/layer0.cell.parquet", "model.safetensors", "model.json"]
)
@pytest.mark.parametrize("where", [0.1, 0.5, 0.9])
def test_a_flipped_byte(path, file, where):
    content = bytearray((path / file).read_bytes())
    content[int(where * len(content))] ^= 0x01
    (path / file).write_bytes(bytes(content))
    found(path, file, f"{file} has the SHA-256 sum .* where the manifest states")


@pytest.mark.parametrize("file", ["tokens.parquet", "states/layer0.cell.parquet", "sequences.parquet"])
def test_a_file_cut_short_or_missing(path, file):
    content = (path / file).read_bytes()
    (path / file).write_bytes(content[:-10])
    found(path, file, rf"has {len(content) - 10:,} bytes where the manifest states {len(content):,}")
    (path / file).unlink()
    found(path, file, r"is missing")


# --- states ---


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_a_value_that_is_no_number(path, value):
    set_value(path, "layer0.cell", 200, 3, value)
    set_value(path, "layer0.cell", 130, 5, value)
    sign(path)
    found(path, state_file("layer0.cell"), r"of 'layer0\.cell' at position 130, unit 5, is no finite number")


@pytest.mark.parametrize(
    ("state", "value", "limits"),
    [
        ("layer0.input_gate", 1.005, r"\[0, 1\]"),
        ("layer0.input_gate", -0.001, r"\[0, 1\]"),
        ("layer0.forget_gate", -1e-7, r"\[0, 1\]"),
        ("layer0.output_gate", -2, r"\[0, 1\]"),
        ("layer0.candidate_gate", -1.005, r"\[-1, 1\]"),
        ("layer1.hidden", 1.005, r"\[-1, 1\]"),
    ],
)
def test_a_value_out_of_range(path, state, value, limits):
    set_value(path, state, 299, 5, value)
    sign(path)
    found(path, state_file(state), rf"of '{state}' at position 299, unit 5, is not in {limits}")


@pytest.mark.parametrize("value", [0, -0.0, 1, 0.5])
def test_values_at_the_limits_are_within(path, value):
    set_value(path, "layer0.input_gate", 299, 5, value)
    assert not [problem for problem in verify(path).problems if problem.what == "range"]


def test_a_range_that_is_only_supposed_is_no_problem(tmp_path):
    values = np.full((50, 3), 1.5, np.float32)
    gates = {f"layer0.{gate}_gate": values / 2 for gate in ("reset", "update")}
    recording = small_recording(
        tmp_path / "r", states=gates | {"layer0.hidden": values, "x.residual": values}
    )
    verification = verify(recording.path)
    assert verification.is_sound
    left_open = [
        check.sentence for check in verification.checks if check.what == "range" and check.passed is None
    ]
    assert len(left_open) == 2
    assert "is not in [-1, 1]. Whether the layer is as in torch" in left_open[0]
    recording = small_recording(
        tmp_path / "s", states={"layer0.hidden": values}, model={"layers": {"layer0": "GRU"}}
    )
    assert not verify(recording.path).is_sound


@pytest.mark.parametrize(
    ("model", "is_sound"),
    [
        ({"network": {"kind": "rnn"}}, False),
        ({"layers": {"layer0": "LSTM encoder"}}, False),
        ({"layers": {"layer0": "RNN encoder"}}, True),
        ({"layers": ["LSTM"]}, True),
        ({"network": "lstm"}, True),
        (None, True),
    ],
)
def test_what_the_manifest_says_of_the_layer_decides_the_range(tmp_path, model, is_sound):
    states = {"layer0.hidden": np.full((50, 3), -1.5, np.float32)}
    assert verify(small_recording(tmp_path / "r", states=states, model=model).path).is_sound == is_sound


def test_the_row_major_copy_differs(path):
    set_row_value(path, "layer1.cell", 123, 4, 0.125)
    found(path, rows_file("layer1.cell"), r"0\.125 of 'layer1\.cell' at position 123, unit 4, in rows/")
    (path / "rows/stamp.json").write_text("{}")
    told = {check.part: check.passed for check in verify(path).checks}
    assert told[rows_file("layer1.cell")] is None


def test_swapped_units_and_states_are_found_by_the_weights(path):
    pairs = [(path / state_file(f"layer{n}.cell"), path / rows_file(f"layer{n}.cell")) for n in (0, 1)]
    for one, other in zip(*pairs, strict=True):
        content = one.read_bytes()
        one.write_bytes(other.read_bytes())
        other.write_bytes(content)
    sign(path)
    assert {problem.part for problem in verify(path).problems} == {MANIFEST_FILE, "model.safetensors"}
    found(path, "model.safetensors", r"At position 0 unit 0 of 'layer0\.cell' is .* by the weights")


def test_two_swapped_columns(path):
    values = np.load(path / rows_file("layer1.cell"))
    for position in range(N):
        set_value(path, "layer1.cell", position, 2, values[position, 4])
        set_value(path, "layer1.cell", position, 4, values[position, 2])
    sign(path)
    found(path, "model.safetensors", r"At position 0 unit 2 of 'layer1\.cell'")


# --- the manifest ---


@pytest.mark.parametrize(
    ("key", "value", "part", "pattern"),
    [
        ("n_positions", N + 1, "tokens.parquet", "has 300 rows where the manifest states 301"),
        ("n_positions", N - 1, "states/layer0.cell.parquet", "does not hold 299 rows"),
        ("n_sequences", 2, "sequences.parquet", "has 3 rows where the manifest states 2"),
        ("n_vocabulary", 8, "vocabulary.parquet", "has 9 rows where the manifest states 8"),
        (
            "n_vocabulary",
            8,
            "tokens.parquet",
            "'token_id' .* lies within the vocabulary of 8 tokens; it does not",
        ),
        (
            "has_targets",
            False,
            "tokens.parquet",
            "'target' .* holds nothing, as the manifest says; .* position 0",
        ),
        (
            "has_log_probability",
            False,
            "tokens.parquet",
            "'log_probability' .* holds nothing, as the manifest",
        ),
        ("name", "other", MANIFEST_FILE, "The fingerprint is"),
        ("fingerprint", "0" * 64, MANIFEST_FILE, r"The fingerprint is 000000000000\.\.\."),
        ("predictions/top_k", 4, "predictions.parquet", "has no column 'id_4'"),
        (
            "predictions/top_k",
            2,
            "predictions.parquet",
            "the column 'id_3', of which the manifest does not know",
        ),
        ("states/layer0.cell/n_units", 5, "states/layer0.cell.parquet", "contradicts|6 columns"),
        (
            "states/layer0.cell/dtype",
            "float32",
            "states/layer0.cell.parquet",
            "contradicts|do not fit|others",
        ),
        (
            "states/layer0.cell/layout/header_bytes",
            24,
            "states/layer0.cell.parquet",
            "where the manifest has",
        ),
        ("states/layer0.cell/layout/rows_per_group", 32, "states/layer0.cell.parquet", "row groups where"),
        (
            "annotations/kind/labels",
            ["x"],
            "annotations.parquet",
            "'kind' .* only labels that the manifest lists",
        ),
        ("annotations/kind/labels", ["x", "y", "y"], "annotations.parquet", "twice"),
        ("annotations/number/kind", "integer", "annotations.parquet", "'number' .* is of type float"),
        ("files/tokens.parquet/sha256", "0" * 64, "tokens.parquet", "where the manifest states 000000000000"),
        ("files/tokens.parquet/bytes", 5, "tokens.parquet", "where the manifest states 5"),
        ("content/vocabulary", "0" * 64, "vocabulary.parquet", "other texts than were recorded"),
        ("content/tables/tokens.parquet/target", "0", "tokens.parquet", "'target' .* other values than were"),
    ],
)
def test_a_wrong_number_in_the_manifest(path, key, value, part, pattern):
    def change(facts):
        *way, last = key.split("/")
        for step in way:
            facts = facts[step]
        facts[last] = value

    change_manifest(path, change)
    found(path, part, pattern)


def test_a_manifest_that_is_incomplete_or_none(path):
    change_manifest(path, lambda facts: facts.pop("files"))
    (problem,) = verify(path).problems
    assert "is incomplete or wrong ('files' is missing or unknown)" in problem.sentence
    (path / MANIFEST_FILE).write_text("{")
    with pytest.raises(NotARecordingError):
        verify(path)
    with pytest.raises(NotARecordingError):
        verify(path / "none")


# --- tables ---


@pytest.mark.parametrize(
    ("file", "column", "row", "value", "pattern"),
    [
        (
            "tokens.parquet",
            "token_id",
            9,
            9,
            "'token_id' .* vocabulary of 9 tokens; it does not at position 9",
        ),
        ("tokens.parquet", "token_id", 9, -3, "'token_id' .* at position 9"),
        ("tokens.parquet", "token_id", 11, None, "'token_id' .* has no value at row 11"),
        ("tokens.parquet", "token", 12, "other", "'token' .* is the text of its token_id; .* position 12"),
        ("tokens.parquet", "token", 12, "last", "'token' .* is the text of its token_id; .* position 12"),
        ("tokens.parquet", "sequence", 99, 1, r"'sequence' .* as sequences\.parquet has it; .* position 99"),
        ("tokens.parquet", "target", 13, 9, "'target' .* vocabulary of 9 tokens; it does not at position 13"),
        ("tokens.parquet", "target", 13, 0, "'target' .* other values than were recorded"),
        ("tokens.parquet", "log_probability", 14, 0.5, "'log_probability' .* is 0 or less; .* position 14"),
        ("tokens.parquet", "log_probability", 14, -np.inf, "'log_probability' .* is finite; .* position 14"),
        ("sequences.parquet", "sequence", 1, 5, "'sequence' .* rises from 0 by one; .* at sequence 1"),
        ("sequences.parquet", "start", 0, 1, "'start' .* begins with 0 and rises; .* sequence 0"),
        ("sequences.parquet", "start", 2, 50, "'start' .* rises; .* sequence 2"),
        ("sequences.parquet", "start", 2, 300, "'start' .* stays below the 300 positions; .* sequence 2"),
        (
            "sequences.parquet",
            "n_positions",
            1,
            5,
            "'n_positions' .* reaches to the next start; .* sequence 1",
        ),
        ("vocabulary.parquet", "token_id", 3, 4, "'token_id' .* rises from 0 by one; .* token id 3"),
        ("vocabulary.parquet", "token", 8, "lasst", "other texts than were recorded"),
        (
            "annotations.parquet",
            "kind",
            20,
            "z",
            "'kind' .* only labels that the manifest lists; .* position 20",
        ),
        ("annotations.parquet", "kind", 20, None, "'kind' .* other values than were recorded"),
        ("annotations.parquet", "number", 21, np.inf, "'number' .* is finite; .* position 21"),
        ("annotations.parquet", "whole", 22, None, "'whole' .* has no value at row 22"),
        ("predictions.parquet", "id_2", 30, 9, "'id_2' .* vocabulary of 9 tokens; .* position 30"),
        ("predictions.parquet", "probability_1", 31, 1.5, r"'probability_1' .* lies in \[0, 1\]; .* 31"),
        ("predictions.parquet", "probability_3", 32, -0.1, r"'probability_3' .* lies in \[0, 1\]; .* 32"),
        ("predictions.parquet", "probability_2", 33, 0.99, "'probability_2' .* at most probability_1: .* 33"),
        ("predictions.parquet", "probability_1", 34, 1.0, "sum of at most 1 .*position 34|At position"),
    ],
)
def test_a_wrong_value_in_a_table(path, file, column, row, value, pattern):
    change_table(path, file, at(column, row, value))
    found(path, file, pattern)


def test_the_first_position_of_many_is_told(path):
    def change(frame):
        frame.loc[40:, "target"] = 77
        return frame

    change_table(path, "tokens.parquet", change)
    found(path, "tokens.parquet", "'target' .* it does not at position 40")


def test_positions_are_counted_over_the_blocks_of_a_table(tmp_path):
    n, row = 150_000, 140_000
    with RecordingWriter(
        tmp_path / "r",
        name="r",
        states={"h": 1},
        vocabulary=["a", "b"],
        annotations={"x": "numeric"},
        top_k=1,
    ) as writer:
        writer.append(
            token_ids=np.zeros(n, int), states={"h": np.zeros((n, 1))}, annotations={"x": np.zeros(n)},
            targets=np.zeros(n, int), log_probability=np.log(np.full(n, 0.5)),
            predictions=(np.zeros((n, 1), int), np.full((n, 1), 0.5)),
        )  # fmt: skip
    assert verify(tmp_path / "r").is_sound
    change_table(tmp_path / "r", "tokens.parquet", at("token_id", row, 7))
    change_table(tmp_path / "r", "annotations.parquet", at("x", row, np.inf))
    change_table(tmp_path / "r", "predictions.parquet", at("probability_1", row, 0.75))
    found(tmp_path / "r", "tokens.parquet", f"'token_id' .* it does not at position {row}")
    found(tmp_path / "r", "annotations.parquet", f"'x' .* it does not at position {row}")
    found(tmp_path / "r", "predictions.parquet", f"At position {row} the target has the probability 0.75")
    change_table(tmp_path / "r", "tokens.parquet", at("token_id", row, None))
    found(tmp_path / "r", "tokens.parquet", f"'token_id' .* has no value at row {row}")


def test_predictions_that_contradict_the_log_probability(path):
    def change(frame):
        frame["log_probability"] -= 0.05
        return frame

    change_table(path, "tokens.parquet", change)
    found(
        path, "predictions.parquet", r"At position \d+ the target has the probability .* by log_probability"
    )
    found(path, "model.safetensors", r"At position 0 the target has the log-probability .* by the weights")


@pytest.mark.parametrize(
    ("file", "change", "pattern"),
    [
        ("tokens.parquet", lambda table: table.slice(1), "has 299 rows where the manifest states 300"),
        ("tokens.parquet", lambda table: table.drop_columns(["target"]), "has no column 'target'"),
        (
            "annotations.parquet",
            lambda table: table.append_column("new", table.column("whole")),
            "the column 'new', of which the manifest does not know",
        ),
        (
            "tokens.parquet",
            lambda table: table.set_column(1, "token_id", table.column("token_id").cast(pa.int64())),
            "'token_id' of tokens.parquet is of type int64 where int32 belongs",
        ),
        ("states/layer0.cell.parquet", lambda table: table.slice(1), "has 299 rows of 6 columns"),
        ("states/layer0.cell.parquet", lambda table: table.drop_columns(["unit_5"]), "300 rows of 5 columns"),
        (
            "states/layer0.cell.parquet",
            lambda table: table.select([f"unit_{unit}" for unit in (1, 0, 2, 3, 4, 5)]),
            "where the manifest|others than Parquet",
        ),
    ],
)
def test_rows_columns_and_types(path, file, change, pattern):
    pq.write_table(change(pq.read_table(path / file)), path / file)
    sign(path)
    found(path, file, pattern)


# --- the network ---


def test_other_weights(path):
    weights = load_file(path / "model.safetensors")
    weights["layers.bias_ih_l1"] = weights["layers.bias_ih_l1"] + np.float16(0.01)
    save_file(weights, path / "model.safetensors")
    sign(path)
    found(path, "model.safetensors", r"unit \d of 'layer1\..*' is .* by the weights")


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ({"network": {"kind": "transformer"}}, "describes no network of this project"),
        ({}, "describes no network of this project"),
        ([], "describes no network of this project"),
    ],
)
def test_weights_of_networks_that_are_not_ours(path, content, why):
    (path / "model.json").write_text(json.dumps(content))
    sign(path)
    (check,) = [check for check in verify(path).checks if check.what == "agreement with the weights"]
    assert check.passed is None
    assert why in check.sentence


@pytest.mark.parametrize(
    ("start", "n_positions"), [("new", "300"), ("handed on from the sequence before", "100"), ("given", None)]
)
def test_the_state_at_the_start_of_a_sequence(path, start, n_positions):
    change_manifest(path, lambda facts: facts["model"].update({"state at a sequence's start": start}))
    (check,) = [check for check in verify(path).checks if check.what == "agreement with the weights"]
    assert check.passed is (None if n_positions is None else True)
    assert (n_positions or "began with a state that it does not tell (given)") in check.sentence


def test_weights_that_do_not_fit_their_description(path):
    facts = json.loads((path / "model.json").read_text())
    facts["network"]["n_layers"] = 3
    (path / "model.json").write_text(json.dumps(facts))
    sign(path)
    found(path, "model.safetensors", "do not fit each other.*weight_ih_l2")


@pytest.mark.parametrize("kind", ["lstm", "gru", "rnn"])
def test_a_layer_is_computed_as_torch_does(kind):
    torch.manual_seed(1)
    layer = {"lstm": torch.nn.LSTM, "gru": torch.nn.GRU, "rnn": torch.nn.RNN}[kind](3, 5, bidirectional=True)
    inputs = torch.randn(40, 3)
    with torch.no_grad():
        expected = layer(inputs)[0].numpy()
    for number, ending in enumerate(("", "_reverse")):
        parts = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
        weights = {part: getattr(layer, f"{part}_l0{ending}").detach().double().numpy() for part in parts}
        order = slice(None, None, -1 if ending else 1)
        hidden = run_layer(kind, weights, inputs.double().numpy()[order])["hidden"][order]
        np.testing.assert_allclose(hidden, expected[:, 5 * number : 5 * number + 5], atol=2e-6)


# --- on the way ---


def test_progress_rises_to_the_end_and_can_stop_it(path):
    seen = []
    verify(path, progress=lambda done, total: seen.append((done, total)))
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    assert seen[-1][0] == seen[-1][1]
    assert len({total for _, total in seen}) == 1

    def stop(done, total):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        verify(path, progress=stop)


def test_replaced_while_it_is_read(path):
    def replace(done, total):
        if not (path / "notes").exists():
            (path / "notes").touch()
            annotate(path, {"length": len})

    with pytest.raises(RecordingChangedError, match="Open it again"):
        verify(path, progress=replace)


MEMORY = """
    import resource, sys
    from analytics.ingest.verify import verify

    verification = verify(sys.argv[1])
    assert verification.is_sound, verification.problems
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, "torch" in sys.modules)
"""


def test_memory_is_bounded_and_torch_is_not_imported(tmp_path):
    used = {}
    block = np.full((16_384, 64), 0.5, np.float16)
    for n_blocks in (4, 40):
        path = tmp_path / str(n_blocks)
        with RecordingWriter(path, name="r", states={"h": 64}, vocabulary=["a"], top_k=1) as writer:
            for _ in range(n_blocks):
                writer.append(
                    token_ids=np.zeros(16_384, int),
                    states={"h": block},
                    predictions=(np.zeros((16_384, 1), int), np.full((16_384, 1), 0.5)),
                )
        done = subprocess.run(
            [sys.executable, "-c", "\n".join(line.strip() for line in MEMORY.splitlines()), str(path)],
            capture_output=True, text=True, cwd=Path(__file__).parents[3],
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        kib, has_torch = done.stdout.split()
        assert has_torch == "False"
        used[n_blocks] = int(kib) / 1024
        shutil.rmtree(path)
    assert used[40] - used[4] < 40, f"MB resident: {used}"


def test_frame_of_the_test_itself_changes_nothing(path):
    """Rewriting a table without a change is no damage of its values."""
    change_table(path, "tokens.parquet", lambda frame: frame)
    change_table(path, "annotations.parquet", lambda frame: frame)
    assert isinstance(pd.read_parquet(path / "tokens.parquet"), pd.DataFrame)
    assert verify(path).problems == ()
