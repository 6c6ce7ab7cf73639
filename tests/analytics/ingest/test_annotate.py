import json
import os
import signal
import subprocess
import sys
import textwrap
from contextlib import suppress
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import analytics
from analytics.corpora.annotators import annotator, per_sequence
from analytics.corpora.conllu import read_conllu
from analytics.corpora.vocabulary import build_vocabulary, encode
from analytics.errors import (
    DamagedRecordingError,
    NotARecordingError,
    ParameterError,
    RecordingChangedError,
    RecordingWriteError,
    ShapeError,
    UnknownNameError,
)
from analytics.ingest.annotate import annotate, remove_annotations
from analytics.ingest.from_arrays import write_recording
from analytics.ingest.verify import verify
from analytics.store.recording import open_recording
from tests.processes import start
from tests.recordings import random_states, small_recording

TOKENS = ["the", "cat", "(", "which", "slept", ")", "sat", ".", "it", "slept", "."]
STARTS = [0, 8]
KINDS = ["word" if token.isalpha() else "mark" for token in TOKENS]
LENGTHS = [len(token) for token in TOKENS]
SHARES = np.linspace(0, 1, len(TOKENS))


def write(path, tokens=TOKENS, **options):
    states = {"layer0.cell": random_states(len(tokens), 3), "layer0.hidden": random_states(len(tokens), 3)}
    options = {"sequence_starts": STARTS if tokens is TOKENS else None} | options
    return write_recording(path, name="r", tokens=tokens, states=states, **options)


def inodes(path):
    return {
        file.relative_to(path).as_posix(): file.stat().st_ino for file in path.rglob("*") if file.is_file()
    }


def without_content(path):
    """Make the recording one of before the manifest kept hashes of its tables."""
    facts = json.loads((path / "recording.json").read_text())
    del facts["content"]
    (path / "recording.json").write_text(json.dumps(facts))


# --- what is the same afterwards, and what is not ---


@pytest.mark.parametrize("is_old", [False, True])
def test_same_as_recorded_with_them_in_the_first_place(tmp_path, is_old):
    given = {"kind": KINDS, "length": LENGTHS, "share": SHARES, "long": [n > 3 for n in LENGTHS]}
    at_once = write(tmp_path / "a" / "r", annotations=given)
    write(tmp_path / "b" / "r", annotations={"kind": KINDS})
    if is_old:
        without_content(tmp_path / "b" / "r")
    later = annotate(tmp_path / "b" / "r", {name: given[name] for name in ("length", "share", "long")})
    assert later.fingerprint == at_once.fingerprint
    pd.testing.assert_frame_equal(later.annotations, at_once.annotations)
    same = ("states", "annotations", "files", "content", "fingerprint")
    assert {key: later.manifest[key] for key in same} == {key: at_once.manifest[key] for key in same}
    bare = remove_annotations(tmp_path / "b" / "r", *given)
    assert bare.fingerprint == write(tmp_path / "c" / "r").fingerprint
    assert list(bare.annotations.columns) == []
    assert not (bare.path / "annotations.parquet").exists()


def test_missing_values_and_negative_nan_do_not_matter_for_the_fingerprint(tmp_path):
    values = np.array([np.nan] * 3 + [0.5] * 8, dtype=np.float32)
    negative = np.where(np.isnan(values), -values, values)
    assert np.signbit(negative[0]) != np.signbit(values[0])
    labels = [None, "a", np.nan, *"bcdefghi"[:8]]
    at_once = write(tmp_path / "a" / "r", annotations={"x": negative, "l": labels})
    write(tmp_path / "b" / "r")
    later = annotate(tmp_path / "b" / "r", {"x": values, "l": labels})
    assert later.fingerprint == at_once.fingerprint
    without_content(later.path)
    assert annotate(later.path, {"y": LENGTHS}).fingerprint != later.fingerprint
    assert remove_annotations(later.path, "y").fingerprint == at_once.fingerprint


def test_a_recording_of_many_row_groups(tmp_path):
    n = 150_000
    tokens = [str(number % 7) for number in range(n)]
    values = np.arange(n) % 1000
    labels = [f"label {number % 11}" for number in range(n)]
    states = {"h": np.zeros((n, 1), np.float16)}
    make = {"name": "r", "tokens": tokens, "states": states}
    at_once = write_recording(tmp_path / "a" / "r", **make, annotations={"l": labels, "v": values})
    write_recording(tmp_path / "b" / "r", **make, annotations={"l": labels})
    later = annotate(tmp_path / "b" / "r", {"v": values})
    assert later.fingerprint == at_once.fingerprint
    assert later.manifest["files"] == at_once.manifest["files"]
    pd.testing.assert_frame_equal(later.annotations, at_once.annotations)


def test_other_files_are_the_same_and_the_rows_stay_valid(tmp_path):
    path = write(tmp_path / "r", annotations={"kind": KINDS}).path
    (path / "notes").mkdir()
    (path / "notes" / "thoughts.txt").write_text("mine")
    before = inodes(path)
    recording = annotate(path, {"length": len})
    after = inodes(path)
    changed = {file for file in after if after[file] != before.get(file)}
    assert changed == {"annotations.parquet", "recording.json", "rows/stamp.json"}
    assert set(after) == set(before)
    assert recording.states("layer0.cell").has_row_cache
    assert json.loads((path / "rows/stamp.json").read_text())["fingerprint"] == recording.fingerprint
    assert os.listdir(tmp_path) == ["r"]


def test_rows_of_another_recording_do_not_become_valid(tmp_path):
    path = write(tmp_path / "r").path
    (path / "rows/stamp.json").write_text('{"fingerprint": "other"}\n')
    assert not annotate(path, {"length": len}).states("layer0.cell").has_row_cache
    assert not (path / "rows").exists()


def test_without_row_cache(tmp_path):
    path = write(tmp_path / "r", row_cache=False).path
    assert not annotate(path, {"length": len}).states("layer0.cell").has_row_cache
    assert not (path / "rows").exists()


def test_where_files_cannot_be_linked_they_are_copied(tmp_path, monkeypatch):
    path = write(tmp_path / "r").path
    before = inodes(path)

    def refuse(*arguments, **options):
        raise OSError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    recording = annotate(path, {"length": len})
    after = inodes(path)
    assert not set(before.values()) & set(after.values())
    assert recording.states("layer0.cell").has_row_cache
    assert analytics.open_recording(path).annotations["length"].tolist() == LENGTHS


def test_a_symbolic_link_to_a_recording_stays_one(tmp_path):
    write(tmp_path / "big" / "r")
    (tmp_path / "link").symlink_to(tmp_path / "big" / "r")
    recording = annotate(tmp_path / "link", {"length": len})
    assert recording.annotations["length"].tolist() == LENGTHS
    assert (tmp_path / "link").is_symlink()
    assert open_recording(tmp_path / "big" / "r").fingerprint == recording.fingerprint
    assert os.listdir(tmp_path / "big") == ["r"]


def test_what_is_open_can_still_be_read(tmp_path):
    before = write(tmp_path / "r", annotations={"kind": KINDS})
    state = before.states("layer0.cell")
    values = state.read(0, 11)
    annotate(before.path, {"length": len})
    np.testing.assert_array_equal(state.read(0, 11), values)
    with pytest.raises(RecordingChangedError, match=r"replaced while it was open\. Open it again"):
        before.check_unchanged()


# --- where values come from ---


def test_kinds_labels_and_order(tmp_path):
    path = write(tmp_path / "r", annotations={"first": KINDS}).path
    recording = annotate(
        path,
        {
            "label": pd.Categorical(KINDS, categories=["mark", "word", "none"]),
            "closed": KINDS,
            "frame": pd.Series(LENGTHS, index=range(100, 111)),
            "nullable": pd.array([1, None, *LENGTHS[2:]], dtype="Int64"),
        },
        labels={"closed": ["word", "mark"]},
    )
    facts = recording.manifest["annotations"]
    assert list(facts) == ["first", "label", "closed", "frame", "nullable"]
    assert facts["label"] == {"kind": "categorical", "labels": ["mark", "word", "none"]}
    assert facts["closed"]["labels"] == ["word", "mark"]
    assert facts["frame"] == {"kind": "integer"}
    assert facts["nullable"] == {"kind": "numeric"}
    assert np.isnan(recording.annotations["nullable"][1])


def test_functions_of_tokens_and_of_sequences(tmp_path):
    seen = []

    def places(tokens):
        seen.append(tokens)
        return range(len(tokens))

    def shout(token):
        return token.upper() if token.isalpha() else None

    path = write(tmp_path / "r").path
    recording = annotate(
        path, {"place": places, "loud": shout, "last": per_sequence(lambda s: s[-1:] * len(s))}
    )
    frame = recording.annotations
    assert seen == [TOKENS[:8], TOKENS[8:]]
    assert frame["place"].tolist() == [*range(8), *range(3)]
    assert frame["loud"].tolist()[:3] == ["THE", "CAT", np.nan]
    assert set(frame["last"]) == {"."}


def test_annotators_by_name(tmp_path):
    path = write(tmp_path / "r").path
    annotate(path, "bracket depth")
    annotate(path, ["token length", "sequence position"])
    recording = annotate(path, {"quoted": "quotes", "n": annotator("word frequency")})
    frame = recording.annotations
    assert frame["bracket depth"].tolist() == [0, 0, 1, 1, 1, 0, 0, 0, 0, 0, 0]
    assert frame["token length"].tolist() == LENGTHS
    assert frame["sequence position"].tolist() == [*range(8), *range(3)]
    assert frame["n"].tolist() == [TOKENS.count(token) for token in TOKENS]
    assert recording.manifest["annotations"]["quoted"]["labels"] == ["outside", "inside"]


@pytest.mark.parametrize("ending", ["csv", "tsv", "parquet"])
def test_tables_in_files(tmp_path, ending):
    tokens = ["null", "NA", '"', ",", "<unk>", "a b", "שלום", "🙂"]
    frame = pd.DataFrame(
        {
            "token": tokens,
            "label": ["NA", "x", None, "y", "y", "1", "z", "z"],
            "number": [0.5, 1, None, 2, 3, 4, 5, 6],
            "whole": range(8),
        }
    )
    file = tmp_path / f"table.{ending}"
    if ending == "parquet":
        frame.set_index("whole", drop=False).to_parquet(file)
    elif ending == "csv":
        frame.to_csv(file, index=False)
    else:
        rows = frame.astype(object).where(frame.notna(), "").itertuples(index=False)
        lines = ["\t".join(frame.columns), *("\t".join(map(str, row)) for row in rows)]
        file.write_text("\n".join(lines) + "\n")
    path = write(tmp_path / "r", tokens=tokens).path
    recording = annotate(path, file, align="text")
    found = recording.annotations
    assert list(found.columns) == ["label", "number", "whole"]
    assert found["label"].tolist()[:2] == ["NA", "x"]
    assert found["label"].isna().tolist() == frame["label"].isna().tolist()
    assert recording.manifest["annotations"]["whole"] == {"kind": "integer"}
    np.testing.assert_array_equal(found["number"], frame["number"].astype(np.float32))


def test_a_treebank_onto_a_recording_of_its_words(tmp_path):
    lines = [
        "1 The the DET DT _ 2 det _ _",
        "2 Cat cat NOUN NN _ 3 nsubj _ _",
        "3 sat sit VERB VBD _ 0 root _ _",
    ]
    file = tmp_path / "t.conllu"
    file.write_text("\n".join(line.replace(" ", "\t") for line in lines) + "\n\n")
    path = write(tmp_path / "r", tokens=["the", "<unk>", "sat", "<eos>"]).path
    recording = annotate(path, file, align="text")
    frame = recording.annotations
    assert frame["part of speech"].tolist() == ["DET", "NOUN", "VERB", np.nan]
    assert frame["chunk"].tolist() == ["NP", "NP", "VP", np.nan]
    np.testing.assert_array_equal(frame["dependency depth"], [2, 1, 0, np.nan])
    again = annotate(path, read_conllu(file), align="text", replace=True)
    assert again.fingerprint == recording.fingerprint


TREEBANK = Path(__file__).resolve().parents[4] / "shared" / "data" / "ud_english_ewt"


@pytest.mark.skipif(not TREEBANK.is_dir(), reason="the English Web Treebank is not there")
def test_the_english_web_treebank_onto_a_recording_with_a_small_vocabulary(tmp_path):
    corpus = read_conllu([TREEBANK / "dev.conllu", TREEBANK / "test.conllu"])
    small = [token.lower() for token in corpus.tokens]
    vocabulary = build_vocabulary(small, size=2000)
    ids = encode(small, vocabulary)
    assert (ids == 0).mean() > 0.1
    recording = write_recording(
        tmp_path / "r", name="r", tokens=ids, vocabulary=vocabulary, states={"h": np.zeros((len(ids), 1))},
        sequence_starts=corpus.sequence_starts,
    )  # fmt: skip
    recording = annotate(recording.path, corpus, align="text")
    frame = recording.annotations
    assert set(frame) == set(corpus.annotations)
    np.testing.assert_array_equal(frame["dependency depth"], corpus.annotations["dependency depth"])
    assert frame["part of speech"].tolist() == corpus.annotations["part of speech"]
    assert verify(recording.path).is_sound
    with pytest.raises(
        ShapeError, match=r"position 25147 on: .* 50,241 tokens, the annotations 25,147: 25,094 fewer"
    ):
        annotate(recording.path, TREEBANK / "dev.conllu", align="text", replace=True)


# --- alignment ---


def test_the_first_difference_is_shown(tmp_path):
    path = write(tmp_path / "r").path
    other = [*TOKENS[:6], "sits", *TOKENS[7:], "indeed"]
    with pytest.raises(ShapeError) as caught:
        annotate(path, {"x": range(12)}, align="text", tokens=other)
    assert str(caught.value) == (
        "The tokens do not agree from position 6 on: the recording has 'sat', the annotations have 'sits'. "
        "Recording: '... which slept ) [sat] . it slept ...'. Annotations: '... which slept ) [sits] . it "
        "slept ...'. The recording has 11 tokens, the annotations 12: 1 more."
    )


@pytest.mark.parametrize(
    ("tokens", "sentence"),
    [
        (
            TOKENS[:-1],
            r"from position 10 on: the recording has '\.', the annotations have ended.*10: 1 fewer",
        ),
        (
            [*TOKENS, "more"],
            r"position 11 on: the recording has ended, the annotations have 'more'.*12: 1 more",
        ),
        ([], "position 0 on: the recording has 'the', the annotations have ended"),
    ],
)
def test_lengths_that_differ(tmp_path, tokens, sentence):
    path = write(tmp_path / "r").path
    with pytest.raises(ShapeError, match=sentence):
        annotate(path, {"x": list(range(len(tokens)))}, align="text", tokens=tokens)
    with pytest.raises(
        ShapeError, match=rf"for each of the 11 positions\. Got {len(tokens)}\. The tokens do not"
    ):
        annotate(path, {"x": list(range(len(tokens))), "token": tokens})
    assert open_recording(path).annotations.empty


def test_by_position_texts_are_not_compared(tmp_path):
    path = write(tmp_path / "r").path
    frame = pd.DataFrame({"token": ["x"] * 11, "value": LENGTHS})
    assert annotate(path, frame).annotations["value"].tolist() == LENGTHS
    with pytest.raises(ShapeError, match=r"position 0 on: the recording has 'the', the annotations have 'x'"):
        annotate(path, frame, align="text", replace=True)


def test_capitals_matter_only_where_the_recording_has_some(tmp_path):
    small = write(tmp_path / "small", tokens=["the", "cat"]).path
    large = write(tmp_path / "large", tokens=["The", "cat"]).path
    annotate(small, {"x": [1, 2]}, align="text", tokens=["The", "CAT"])
    with pytest.raises(ShapeError, match="has 'cat', the annotations have 'CAT'"):
        annotate(large, {"x": [1, 2]}, align="text", tokens=["The", "CAT"])


def test_markers_of_the_recording_get_no_value(tmp_path):
    path = write(tmp_path / "r", tokens=["<s>", "a", "<unk>", "</s>", "<s>", "c", "</s>"]).path
    given = {"label": ["x", "y", "z"], "number": [1, 2, 3]}
    frame = annotate(path, given, align="text", tokens=["a", "b", "c"]).annotations
    assert frame["label"].tolist() == [np.nan, "x", "y", np.nan, np.nan, "z", np.nan]
    np.testing.assert_array_equal(frame["number"], [np.nan, 1, 2, np.nan, np.nan, 3, np.nan])
    with pytest.raises(ShapeError, match=r"position 5 on: .* 'c', .* 'd' as token 2"):
        annotate(path, given, align="text", tokens=["a", "b", "d"], replace=True)
    theirs = ["<s>", "a", "b", "</s>", "<s>", "c", "</s>"]
    whole = annotate(path, {"number": range(7)}, align="text", tokens=theirs, replace=True)
    assert whole.annotations["number"].tolist() == list(range(7))


# --- replace and remove ---


def test_replace_and_remove(tmp_path):
    path = write(tmp_path / "r", annotations={"kind": KINDS, "length": LENGTHS}).path
    with pytest.raises(ParameterError, match=r"has the annotation 'kind' already.*replace=True"):
        annotate(path, {"new": LENGTHS, "kind": LENGTHS})
    assert list(open_recording(path).annotations) == ["kind", "length"]
    recording = annotate(path, {"kind": LENGTHS}, replace=True)
    assert recording.manifest["annotations"] == {"length": {"kind": "integer"}, "kind": {"kind": "integer"}}
    with pytest.raises(UnknownNameError, match=r"no annotation 'lenght'\. Did you mean 'length'"):
        remove_annotations(path, "kind", "lenght")
    assert list(remove_annotations(path, "kind").annotations) == ["length"]


# --- refusals ---


@pytest.mark.parametrize(
    ("given", "options", "sentence"),
    [
        ({"x": [1, 2]}, {}, r"'x' has one value for each of the 11 positions\. Got 2"),
        ({}, {}, "At least one annotation is needed"),
        (5, {}, "Annotations are a mapping .* Got int"),
        ({"x": 5}, {}, "'x' is one value for each position, a function, or the name"),
        ({" ": LENGTHS}, {}, "name is a text"),
        ({"x": lambda token: [token]}, {}, r"gives one text or number\. Got list for 'the'"),
        ({"x": lambda tokens: tokens[1:]}, {}, "Got 7 values for the 8 tokens of sequence 0"),
        ({"x": lambda tokens: "abc"}, {}, "gives a list with one value for each token"),
        ({"x": KINDS}, {"labels": {"x": ["word"]}}, "has the labels word. Got 'mark'"),
        ({"x": KINDS}, {"labels": {"y": ["word"]}}, "labels are given for 'y', which is not annotated"),
        ({"x": KINDS}, {"align": "text"}, "came without tokens, which align='text' compares"),
        ({"x": KINDS}, {"align": "words"}, "align is 'position' or 'text'"),
        ({"x": KINDS}, {"align": "text", "tokens": [1] * 11}, "the annotations have 1"),
        ({"x": [np.inf] * 11}, {}, "infinite"),
        ("bracket dept", {}, "no annotator 'bracket dept'. Did you mean 'bracket depth'"),
        ({"x": "bracket dept"}, {}, "Did you mean 'bracket depth'"),
        (pd.DataFrame({"token": TOKENS}), {}, "no column beside 'token'"),
        ("missing.csv", {}, r"missing\.csv cannot be read: No such file"),
        ("missing.parquet", {}, r"missing\.parquet cannot be read"),
        ("missing.conllu", {}, r"missing\.conllu cannot be read"),
        (Path("table.xlsx"), {}, r"end in \.csv, \.tsv, \.parquet or \.conllu"),
    ],
)
def test_what_does_not_fit_is_refused_and_nothing_is_left(tmp_path, given, options, sentence):
    before = write(tmp_path / "r", annotations={"kind": KINDS})
    with pytest.raises((ParameterError, ShapeError, UnknownNameError), match=sentence):
        annotate(before.path, given, **options)
    before.check_unchanged()
    assert os.listdir(tmp_path) == ["r"]


def test_damaged_files_and_annotations(tmp_path):
    path = write(tmp_path / "r", annotations={"kind": KINDS}).path
    (tmp_path / "t.csv").write_bytes(b"a,b\n1\n2,3,4\n")
    (tmp_path / "t.parquet").write_bytes(b"not parquet")
    for file in ("t.csv", "t.parquet"):
        with pytest.raises(ParameterError, match=r"cannot be read as"):
            annotate(path, tmp_path / file)
    with pytest.raises(NotARecordingError):
        annotate(tmp_path / "none", {"x": LENGTHS})
    with pytest.raises(NotARecordingError):
        remove_annotations(tmp_path / "none", "x")
    facts = json.loads((path / "recording.json").read_text())
    facts["annotations"]["kind"]["labels"] = ["word"]
    (path / "recording.json").write_text(json.dumps(facts))
    with pytest.raises(DamagedRecordingError, match="does not hold what the manifest says of 'kind'"):
        annotate(path, {"x": LENGTHS})
    assert sorted(os.listdir(tmp_path)) == ["r", "t.csv", "t.parquet"]


# --- ends that are not planned ---


STOPPED = """
    import sys, time
    from pathlib import Path
    from analytics.ingest.annotating import revision
    from analytics.ingest.writing import staging
    from analytics.ingest.annotate import annotate

    path, module, function = Path(sys.argv[1]), sys.argv[2], sys.argv[3]

    rmtree = staging.shutil.rmtree

    def stop(*arguments, **options):
        if function == "rmtree" and arguments[0].name == ".progress":
            return rmtree(*arguments, **options)
        print("ready", flush=True)
        time.sleep(60)

    where = staging.shutil if function == "rmtree" else {"revision": revision, "staging": staging}[module]
    setattr(where, function, stop)
    annotate(path, {"new": len})
"""


@pytest.mark.parametrize(
    ("module", "function", "left", "number"),
    [
        ("revision", "_share", [], signal.SIGKILL),
        ("revision", "_write_annotations", [], signal.SIGINT),
        ("revision", "write_manifest", [], signal.SIGKILL),
        ("staging", "_exchange", [], signal.SIGKILL),
        ("staging", "rmtree", ["new"], signal.SIGKILL),
    ],
)
def test_killed_on_the_way_leaves_the_old_or_the_new(tmp_path, module, function, left, number):
    before = write(tmp_path / "r")
    process = start(STOPPED, tmp_path / "r", module, function)
    while_stopped = list(open_recording(tmp_path / "r").annotations)
    process.send_signal(number)
    process.communicate()
    assert while_stopped == left
    found = open_recording(tmp_path / "r")
    assert list(found.annotations) == left
    assert analytics.Catalog(tmp_path).names() == ("r",)
    np.testing.assert_array_equal(found.states("layer0.cell").read(0, 11), random_states(11, 3))
    annotate(tmp_path / "r", {"next": len})
    assert list(open_recording(tmp_path / "r").annotations) == [*left, "next"]
    assert os.listdir(tmp_path) == ["r"]
    assert before.n_positions == 11


ANNOTATOR = """
    import sys
    from analytics.ingest.annotate import annotate

    print("ready", flush=True)
    sys.stdin.readline()
    for turn in range(5):
        annotate(sys.argv[1], {f"{sys.argv[2]} {turn}": len})
"""


def test_annotators_at_the_same_time_lose_nothing(tmp_path):
    write(tmp_path / "r")
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(ANNOTATOR), str(tmp_path / "r"), name],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            cwd=Path(__file__).parents[3],
        )
        for name in ("a", "b", "c")
    ]  # fmt: skip
    for process in processes:
        process.stdout.readline()
    for process in processes:
        process.stdin.write("\n")
        process.stdin.flush()
    while any(process.poll() is None for process in processes):
        with suppress(RecordingChangedError):  # opened just before it was replaced: open it again
            assert open_recording(tmp_path / "r").annotations.shape[0] == 11
    for process in processes:
        _, errors = process.communicate()
        assert process.returncode == 0, errors
    names = {f"{name} {turn}" for name in "abc" for turn in range(5)}
    assert set(open_recording(tmp_path / "r").annotations) == names
    assert os.listdir(tmp_path) == ["r"]


def test_replaced_by_another_recording_meanwhile(tmp_path):
    path = write(tmp_path / "r").path

    def replacing(tokens):
        if tokens == TOKENS[:8]:
            small_recording(path, overwrite=True)
        return tokens

    with pytest.raises(RecordingChangedError, match="replaced by one of another text while it was annotated"):
        annotate(path, {"x": replacing})
    assert open_recording(path).n_positions == 50


def test_replaced_just_before_the_new_one_is_put_in_place(tmp_path, monkeypatch):
    path = write(tmp_path / "r").path
    from analytics.ingest.annotating import revision

    written = revision._write

    def write_slowly(*arguments):
        written(*arguments)
        write(path, overwrite=True, description="recorded anew")

    monkeypatch.setattr(revision, "_write", write_slowly)
    with pytest.raises(RecordingChangedError, match="was replaced while its annotations were written"):
        annotate(path, {"x": LENGTHS})
    assert open_recording(path).description == "recorded anew"
    assert os.listdir(tmp_path) == ["r"]


def test_full_disk_leaves_the_recording_as_it_was(small_disk):
    tokens = ["a"] * 20_000
    path = write(small_disk / "r", tokens=tokens).path
    before = open_recording(path)
    noise = np.random.default_rng(0).normal(size=20_000)
    filler = small_disk / "filler"
    outcomes = []
    for free_kib in (400, 100, 60, 30, 12, 4, 0):
        filler.write_bytes(b"")
        status = os.statvfs(small_disk)
        filler.write_bytes(bytes(status.f_bavail * status.f_bsize - free_kib * 1024))
        try:
            annotate(path, {"noise": noise})
            outcomes.append("written")
            remove_annotations(path, "noise")
        except RecordingWriteError as error:
            assert "could not be written: No space left on device. The recording is as it was" in str(error)
            outcomes.append("refused")
        assert open_recording(path).fingerprint == before.fingerprint
        assert sorted(os.listdir(small_disk)) == ["filler", "r"]
    assert outcomes[0] == "written"
    assert outcomes[-4:] == ["refused"] * 4


def test_states_take_no_more_space(tmp_path):
    path = write_recording(
        tmp_path / "r", name="r", tokens=["a"] * 50_000, states={"h": np.zeros((50_000, 100), np.float16)}
    ).path

    def sizes():
        return {found.st_ino: found.st_size for found in map(os.stat, path.rglob("*"))}

    before = sizes()
    annotate(path, {"length": len})
    after = sizes()
    assert sum(before.values()) > 10e6
    assert sum(after[file] for file in after.keys() - before.keys()) < 1e6
