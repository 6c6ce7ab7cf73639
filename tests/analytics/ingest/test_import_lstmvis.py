"""LSTMVis projects: each part of the format as its documentation tells, and what its reader tolerated."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import analytics
from analytics.errors import AnalyticsError, ParameterError, ShapeError, SourceFileError, UnknownNameError
from analytics.ingest.import_lstmvis import import_lstmvis
from tests.lstmvis_projects import FULL, SIMPLE, TAGS, WORDS, dictionary, write_project, write_sets


@pytest.fixture
def project(tmp_path):
    return tmp_path / "children_book"


def imported(project, **options):
    report = import_lstmvis(project, project.parent / "recording", **options)
    return report.recording, report.notes


def texts_of(ids):
    return [WORDS[number - 1] for number in ids]


def test_the_example_of_the_documentation(project):
    arrays = write_project(project)
    recording, notes = imported(project)
    assert notes == ()
    assert recording.name == "children books"
    assert recording.description == "children book texts from the Gutenberg project"
    assert recording.state_names == ("layer1.state", "layer2.state", "layer2.output")
    for state, name in zip(recording.state_names, ("states1", "states2", "output2"), strict=True):
        assert_array_equal(recording.states(state).read(0, 40), arrays[name])
    assert recording.token_texts(0, 40) == texts_of(arrays["word_ids"])
    assert recording.vocabulary.tolist() == WORDS
    assert recording.n_sequences == 1


def test_every_part_of_the_format(project):
    arrays = write_project(project, yml=FULL, n=60)
    recording, notes = imported(project)
    assert recording.state_names == ("layer1.state", "layer2.state", "layer2.output", "word_embedding")
    assert_array_equal(recording.states("layer2.state").read(0, 60), arrays["states2"])
    frame = recording.annotations
    assert frame["part_of_speech"].tolist() == [TAGS[number - 1] for number in arrays["pos"]]
    assert recording.manifest["annotations"]["part_of_speech"]["labels"] == TAGS
    assert_array_equal(frame["depth"], arrays["depth"])
    assert_allclose(frame["crazy_measure"], arrays["mood"], rtol=1e-6)
    assert_allclose(frame["frequency"], arrays["frequency"][arrays["word_ids"]], rtol=1e-6)
    usual = arrays["by_word"][arrays["word_ids"]]
    assert frame["usual_tag"].tolist() == [TAGS[number - 1] for number in usual]
    assert_array_equal(
        recording.states("word_embedding").read(0, 60), arrays["embedding"][arrays["word_ids"] - 1]
    )
    assert any("logarithms" in note for note in notes)


def test_top_k_arrives_as_predictions_the_likeliest_first(project):
    arrays = write_project(project, yml=FULL)
    recording, _ = imported(project)
    order = np.argsort(-arrays["scores"], axis=1)
    ranked = np.take_along_axis(arrays["preds"], order, axis=1).astype(int)
    predictions = recording.predictions
    assert predictions.top_k == 3
    assert recording.vocabulary[predictions.ids].tolist() == [texts_of(row) for row in ranked]
    shares = np.exp(np.take_along_axis(arrays["scores"], order, axis=1))
    assert_allclose(predictions.probabilities, shares, rtol=1e-6)


def test_how_lstmvis_shows_each_state_is_kept(project):
    write_project(project, yml=FULL)
    recording, _ = imported(project)
    states = recording.manifest["model"]["states"]
    assert [states[name]["transform"] for name in list(states)] == ["tanh", "tanh", "raw"]
    assert [states[name]["unsigned"] for name in list(states)] == [False, True, False]
    assert states["layer2.state"]["source"] == "more::deep/states2"
    assert recording.manifest["opening_view"]["transform"] == "tanh"


@pytest.mark.parametrize(
    ("given", "shown"),
    [("none", "raw"), ("null", "raw"), ("tanh", "tanh"), ("tanh_abs", "abs_tanh"), ("odd", "raw")],
)
def test_transforms(project, given, shown):
    write_project(project, yml=SIMPLE.replace("path: states1}", f"path: states1, transform: {given}}}"))
    recording, notes = imported(project)
    assert recording.manifest["opening_view"]["transform"] == shown
    assert any("does not know" in note for note in notes) == (given == "odd")


@pytest.mark.parametrize("below", ["lstm.yml", "."])
def test_a_project_is_found_by_its_folder_and_its_file(project, below):
    write_project(project)
    assert imported(project / below)[0].n_positions == 40 if below == "." else True
    report = import_lstmvis(project / below, project.parent / "other")
    assert report.recording.n_positions == 40


def test_the_folder_above_a_single_project_will_do(project):
    write_project(project)
    assert import_lstmvis(project.parent, project.parent / "recording").recording.n_positions == 40
    write_project(project.parent / "second")
    with pytest.raises(ParameterError, match="several LSTMVis projects"):
        import_lstmvis(project.parent, project.parent / "other")


def test_chosen_and_renamed_states(project):
    write_project(project)
    assert imported(project, states=["states::states2"])[0].state_names == ("layer2.state",)
    report = import_lstmvis(project, project.parent / "other", states={"layer1.cell": "states1"})
    assert report.recording.state_names == ("layer1.cell",)
    with pytest.raises(UnknownNameError, match="no state 'stats1'"):
        import_lstmvis(project, project.parent / "third", states=["stats1"])


def test_two_states_of_one_layer_and_type_have_names_of_their_own(project):
    write_project(project, yml=SIMPLE.replace("{type: state, layer: 1,", "{type: state, layer: 2,"))
    assert imported(project)[0].state_names == ("layer2.state", "layer2.state.states2", "layer2.output")


def test_lines_of_a_dictionary_that_are_none_are_told(project):
    write_project(project)
    (project / "train.dict").write_text(dictionary(WORDS) + "new york 9\nlonely\n\nx y z\nodd 1.5\n")
    recording, notes = imported(project)
    assert recording.vocabulary.tolist() == WORDS
    assert any("4 lines are not a word and its id" in note and "new york 9" in note for note in notes)


def test_ids_without_a_word_are_shown_and_told(project):
    arrays = write_project(project)
    (project / "train.dict").write_text(dictionary(WORDS[:-2]))
    recording, notes = imported(project)
    expected = [WORDS[number - 1] if number <= 4 else f"<id {number}>" for number in arrays["word_ids"]]
    assert recording.token_texts(0, 40) == expected
    assert any("does not have (5, 6)" in note for note in notes)


def test_an_id_that_comes_twice_has_its_last_word(project):
    arrays = write_project(project)
    (project / "train.dict").write_text(dictionary(WORDS) + "dog 5\n")
    recording, notes = imported(project)
    expected = ["dog" if number == 5 else WORDS[number - 1] for number in arrays["word_ids"]]
    assert recording.token_texts(0, 40) == expected
    assert any("5 stand there with different words" in note for note in notes)


def test_characters_space_and_line_break(project):
    write_project(project)
    (project / "train.dict").write_text("a 1\n  2\n\n 3\n\u00a0 4\n\t 5\n🙂\t6\n")
    assert imported(project)[0].vocabulary.tolist() == ["a", " ", "\n", "\u00a0", "\t", "🙂"]


def test_ids_of_any_size_and_floats(project):
    write_project(project, n=4)
    write_sets(project / "train.hdf5", word_ids=np.array([2.0**31, 7, -3, 2**40]))
    (project / "train.dict").write_text(dictionary({2**31: "big", 7: "seven", -3: "below", 2**40: "huge"}))
    assert imported(project)[0].token_texts(0, 4) == ["big", "seven", "below", "huge"]


@pytest.mark.parametrize(("n_words", "n_states"), [(30, 40), (40, 38)])
def test_lengths_that_differ_are_told(project, n_words, n_states):
    arrays = write_project(project)
    write_sets(project / "train.hdf5", word_ids=arrays["word_ids"][:n_words])
    sets = {name: arrays[name] for name in ("states1", "states2", "output2")}
    write_sets(project / "states.hdf5", **(sets | {"states2": arrays["states2"][:n_states]}))
    recording, notes = imported(project)
    n = min(n_words, n_states)
    assert (recording.n_positions, len(recording.state_names)) == (n, 3)
    assert_array_equal(recording.states("layer1.state").read(0, n), arrays["states1"][:n])
    assert any(f"the first {n} are imported" in note for note in notes)


def test_a_much_shorter_state_is_left_out(project):
    arrays = write_project(project)
    sets = {name: arrays[name] for name in ("states1", "output2")}
    write_sets(project / "states.hdf5", **sets, states2=arrays["states2"][:5])
    recording, notes = imported(project)
    assert recording.state_names == ("layer1.state", "layer2.output")
    assert any("'layer2.state' has 5 rows where others have 40" in note for note in notes)
    assert import_lstmvis(project, project.parent / "b", states=["layer2.state"]).recording.n_positions == 5


def test_words_cut_into_blocks_as_the_preprocessing_does(project):
    """Axes (blocks, batch, steps): a row of the batch goes on from block to block."""
    arrays = write_project(project, n=24)
    cut = arrays["word_ids"].reshape(3, 4, 2).transpose(1, 0, 2)
    write_sets(project / "train.hdf5", word_ids=cut)
    recording, notes = imported(project)
    assert recording.token_texts(0, 24) == texts_of(arrays["word_ids"])
    assert any("blocks, batch and steps" in note for note in notes)


def test_words_in_rows_are_sequences_and_states_of_three_axes_follow(project):
    arrays = write_project(project, n=24)
    write_sets(project / "train.hdf5", word_ids=arrays["word_ids"].reshape(4, 6))
    sets = {name: arrays[name].reshape(4, 6, -1) for name in ("states1", "states2", "output2")}
    write_sets(project / "states.hdf5", **sets)
    recording, notes = imported(project)
    assert recording.states("layer1.state").sequence_starts.tolist() == [0, 6, 12, 18]
    assert_array_equal(recording.states("layer1.state").read(5, 20), arrays["states1"][5:20])
    assert any("three axes (4, 6, 3)" in note for note in notes)


def test_a_file_named_by_its_own_name_as_in_the_first_documentation(project):
    write_project(project, yml=SIMPLE.replace("  train: train.hdf5", "  word_ids: train.hdf5"))
    recording, notes = imported(project)
    assert recording.n_positions == 40
    assert any("names the file 'train', which is not in files: train.hdf5 is taken" in note for note in notes)


def test_tabs_are_read_as_spaces(project):
    write_project(project, yml=SIMPLE.replace("        {type", "\t\t{type"))
    recording, notes = imported(project)
    assert len(recording.state_names) == 3
    assert any("tabs" in note for note in notes)


def test_what_means_nothing_is_told(project):
    yml = SIMPLE.replace("path: states1}", "path: states1, is_sparse: true}") + "\nfoo: 1\n"
    write_project(project, yml=yml)
    (project / "indexdir").mkdir()
    _, notes = imported(project)
    assert any("is_sparse of a state" in note for note in notes)
    assert any("foo of lstm.yml" in note for note in notes)
    assert any("indexdir" in note for note in notes)


META = "\nmeta:\n  m: {{file: states, path: {path}, vis: {{type: {type}}}{more}}}\n"


def with_meta(project, values, *, more="", shown="scalar", **options):
    arrays = write_project(project, yml=SIMPLE + META.format(path="values", type=shown, more=more), **options)
    sets = {name: arrays[name] for name in ("states1", "states2", "output2")}
    write_sets(project / "states.hdf5", **sets, values=values)
    recording, notes = imported(project)
    return recording, notes, arrays


def test_an_annotation_that_ends_early_has_no_value_after(project):
    recording, notes, _ = with_meta(project, np.arange(30.0))
    values = recording.annotations["m"].to_numpy(dtype=float)
    assert_array_equal(values[:30], np.arange(30.0))
    assert np.isnan(values[30:]).all()
    assert any("30 values for 40 positions" in note for note in notes)


def test_labels_outside_the_dictionary_are_shown_and_told(project):
    recording, notes, _ = with_meta(project, np.arange(40) % 8, more=", dict: words", shown="discrete")
    labels = recording.manifest["annotations"]["m"]["labels"]
    assert labels == ["<id 0>", *WORDS, "<id 7>"]
    assert any("(0, 7)" in note for note in notes)


def test_discrete_numbers_without_a_dictionary_stay_numbers(project):
    recording, _, _ = with_meta(project, (np.arange(40) % 3).astype(float), shown="discrete")
    assert recording.manifest["annotations"]["m"]["kind"] == "integer"
    assert recording.annotations["m"].tolist() == [row % 3 for row in range(40)]


def test_infinite_values_are_none_and_told(project):
    recording, notes, _ = with_meta(project, np.where(np.arange(40) == 3, np.inf, 1.0))
    assert np.isnan(recording.annotations["m"].to_numpy(dtype=float)[3])
    assert any("infinite at 1 positions" in note for note in notes)


def test_texts_are_labels(project):
    recording, _, _ = with_meta(project, ["bé", "c"] * 20)
    assert recording.annotations["m"].tolist() == ["bé", "c"] * 20


def test_several_values_at_a_position_become_an_annotation_each(project):
    values = np.arange(80.0).reshape(40, 2)
    recording, _, _ = with_meta(project, values)
    assert_array_equal(recording.annotations[["m 1", "m 2"]], values)


def test_rows_that_a_table_by_word_lacks_are_told(project):
    recording, notes, arrays = with_meta(project, np.arange(5.0), more=", index: word_sequence")
    values = recording.annotations["m"].to_numpy(dtype=float)
    assert_array_equal(values, np.where(arrays["word_ids"] < 5, arrays["word_ids"], np.nan))
    assert any("no row for 5, 6 of word_sequence" in note for note in notes)


@pytest.mark.parametrize(
    ("more", "why"),
    [
        (", index: nowhere", "index names 'nowhere'"),
        (", dict: nothing", "names the file 'nothing'"),
        (", type: odd", "is of type 'odd'"),
    ],
)
def test_an_annotation_that_cannot_be_read_is_left_out_and_told(project, more, why):
    recording, notes, _ = with_meta(project, np.arange(40.0), more=more)
    assert list(recording.annotations) == []
    assert any(why in note for note in notes)


def test_an_annotation_whose_set_is_missing_is_left_out(project):
    write_project(project, yml=SIMPLE + META.format(path="states9", type="scalar", more=""))
    recording, notes = imported(project)
    assert list(recording.annotations) == []
    assert any("no set 'states9'. Did you mean 'states" in note for note in notes)


SCORES = np.exp([0.0, -6.0, -13.0])


@pytest.mark.parametrize(
    ("weights", "shares", "told"),
    [
        (None, [1 / 3] * 3, "no weights"),
        ([0.5, 0.25, 0.125], [0.5, 0.25, 0.125], None),
        ([9.0, 3.0, -4.0], SCORES / SCORES.sum(), "softmax"),
    ],
)
def test_weights_of_any_kind(project, weights, shares, told):
    arrays = write_project(project, yml=FULL)
    if weights is None:
        (project / "lstm.yml").write_text(FULL.replace("weights_path: scores, ", ""))
    else:
        write_sets(project / "topk.hdf5", preds=arrays["preds"], scores=np.tile(weights, (40, 1)))
    recording, notes = imported(project)
    assert_allclose(recording.predictions.probabilities, np.tile(shares, (40, 1)), rtol=1e-5)
    assert told is None or any(told in note for note in notes)
    assert ("top_k weight 1" in recording.annotations) == (told == "softmax")


def test_predictions_of_another_dictionary_and_short_ones(project):
    arrays = write_project(project, yml=FULL.replace("weights_path: scores, dict: words", "dict: pos_dict"))
    write_sets(project / "topk.hdf5", preds=arrays["pos"][:30, None], scores=arrays["scores"])
    recording, notes = imported(project)
    texts = recording.vocabulary[recording.predictions.ids[:, 0]].tolist()
    assert texts[:30] == [TAGS[number - 1] for number in arrays["pos"][:30]]
    assert texts[30:] == ["<none>"] * 10
    assert (recording.predictions.probabilities[30:] == 0).all()
    assert any("30 of 40 positions" in note for note in notes)


def test_a_second_set_of_predictions_becomes_annotations(project):
    more = "  second: {type: wordvec, file: top, path: preds, dict: words, vis: {type: wordvec}}\n"
    arrays = write_project(project, yml=FULL.replace("etc:", more + "etc:"))
    recording, notes = imported(project)
    assert recording.annotations["second 1"].tolist() == texts_of(arrays["preds"][:, 0].astype(int))
    assert any("'second' becomes annotations" in note for note in notes)


def broken(project, yml=SIMPLE, **changes):
    arrays = write_project(project, yml=yml)
    sets = {name: arrays[name] for name in ("states1", "states2", "output2")}
    write_sets(project / "states.hdf5", **(sets | changes))


def nan_at(shape, *place):
    values = np.zeros(shape)
    values[place] = np.nan
    return values


BAD_YML = {
    "tag": ("name: !!python/object/apply:os.system ['true']\n" + SIMPLE, SourceFileError, "tag"),
    "bomb": ("a: &a [x]\nb: &b [" + "*a," * 9 + "]\nc: [" + "*b," * 9 + "]\n", SourceFileError, "references"),
    "deep": ("a: " + "[" * 30 + "]" * 30, SourceFileError, "nested"),
    "deeper": ("a: " + "[" * 5000, SourceFileError, "nested"),
    "large": ("# " + "x" * (1 << 20), SourceFileError, "bytes"),
    "list": ("- a\n", SourceFileError, "Got a list"),
    "empty": ("", SourceFileError, "Got nothing"),
    "no yaml": ("a: b: c: [", SourceFileError, "plain YAML"),
    "date": ("name: 2020-13-45\nstates: {}\n", SourceFileError, "value"),
    "no files": (SIMPLE.replace("files:", "fils:"), ParameterError, "under files"),
    "no words": (SIMPLE.replace("word_sequence:", "word_sequences:"), ParameterError, "under word_sequence"),
    "no states": (SIMPLE.replace("states: #", "state: #"), ParameterError, "under states"),
    "unknown file": (
        SIMPLE.replace("file: train #", "file: trian #"),
        ParameterError,
        "Did you mean 'train'",
    ),
    "out": (SIMPLE.replace("train.hdf5", "../train.hdf5"), SourceFileError, "leads out of the project"),
    "absolute": (SIMPLE.replace("train.hdf5", "/etc/passwd"), SourceFileError, "leads out of the project"),
    "number": (SIMPLE.replace("train.hdf5", "12"), ParameterError, "a file's name. Got 12"),
    "no file": (SIMPLE.replace("train.hdf5", "trian.hdf5"), SourceFileError, "no file"),
    "no set": (SIMPLE.replace("path: states1", "path: state1"), SourceFileError, "Did you mean 'states1'"),
}


@pytest.mark.parametrize("case", BAD_YML)
def test_a_bad_lstm_yml_is_a_sentence(project, case):
    yml, kind, why = BAD_YML[case]
    write_project(project, yml=yml)
    refused(project, kind, why)


def refused(project, kind, why):
    with pytest.raises(kind, match=why) as caught:
        imported(project)
    sentence = str(caught.value)
    assert "\n" not in sentence and sentence.endswith((".", "?")) and len(sentence) < 500
    assert sorted(place.name for place in project.parent.iterdir()) == [project.name]


BAD_STATES = {
    "one axis": (np.zeros(40), ShapeError, "two axes"),
    "four axes": (np.zeros((4, 10, 2, 2)), ShapeError, "two axes"),
    "no units": (np.zeros((40, 0)), ShapeError, "two axes"),
    "NaN": (nan_at((40, 2), 7, 1), ShapeError, "NaN at position 7, unit 1"),
    "infinite": (np.full((40, 2), np.inf), ShapeError, "infinite value at position 0"),
    "texts": (["a"] * 40, ShapeError, "holds numbers"),
    "complex": (np.zeros((40, 2), dtype=complex), ShapeError, "holds numbers"),
}


@pytest.mark.parametrize("case", BAD_STATES)
def test_a_bad_state_is_a_sentence(project, case):
    values, kind, why = BAD_STATES[case]
    broken(project, states1=values)
    refused(project, kind, why)


BAD_WORDS = {
    "NaN": (np.array([1.0, np.nan] * 20), ShapeError, "Got nan at position 1"),
    "halves": (np.full(40, 1.5), ShapeError, "Got 1.5 at position 0"),
    "none": (np.zeros(0, dtype=int), ShapeError, "one id for each position"),
    "a number": (np.int64(3), ShapeError, "one id for each position"),
    "foreign": (np.full(40, 2**31), ShapeError, "None of the ids"),
}


@pytest.mark.parametrize("case", BAD_WORDS)
def test_bad_words_are_a_sentence(project, case):
    values, kind, why = BAD_WORDS[case]
    write_project(project)
    write_sets(project / "train.hdf5", word_ids=values)
    refused(project, kind, why)


def test_damaged_hdf5_is_a_sentence(project):
    write_project(project)
    whole = (project / "states.hdf5").read_bytes()
    (project / "states.hdf5").write_bytes(whole[: len(whole) // 2])
    refused(project, SourceFileError, "damaged, cut short")


def test_no_dictionary_line_is_a_sentence(project):
    write_project(project)
    (project / "train.dict").write_text("1 the\n2 cat\n")
    refused(project, SourceFileError, "no line with a word and its id")


def test_links_out_of_the_folder_are_not_followed(project):
    write_project(project)
    secret = project.parent / "secret.hdf5"
    (project / "train.hdf5").rename(secret)
    (project / "train.hdf5").symlink_to(secret)
    with pytest.raises(SourceFileError, match="leads out of the project"):
        imported(project)


def test_there_is_no_project(tmp_path):
    with pytest.raises(SourceFileError, match=r"none in"):
        import_lstmvis(tmp_path, tmp_path / "recording")


def test_an_unknown_option_is_a_sentence(project):
    write_project(project)
    with pytest.raises(ParameterError, match=r"no option 'descripton'\. Did you mean 'description'"):
        imported(project, descripton="x")


def test_progress_and_options_reach_the_writer(project):
    write_project(project)
    seen = []
    recording, _ = imported(project, progress=lambda *done: seen.append(done), dtype="float16", name="Mine")
    assert seen[-1] == (40, 40)
    assert recording.states("layer1.state").dtype == np.float16
    assert recording.name == "Mine"


def test_the_public_names():
    assert analytics.import_lstmvis is import_lstmvis
    assert issubclass(SourceFileError, AnalyticsError)
