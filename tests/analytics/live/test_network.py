from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import torch

import analytics
from analytics.errors import NetworkError, ParameterError, RangeError, UnknownNameError
from analytics.live.tokens import MAX_WORDS
from tests.live_networks import CORPUS, TEXTS, classifier_recording, language_recording

DEMO = Path(__file__).parents[3] / "data" / "recordings"
LANGUAGE_MODELS = [("lstm", 2, True), ("gru", 1, False), ("rnn", 3, True)]
CLASSIFIERS = [
    (kind, layers, pooling, both)
    for kind, layers in (("lstm", 1), ("gru", 2), ("rnn", 1))
    for pooling in ("last", "mean")
    for both in (False, True)
]


@pytest.fixture(params=LANGUAGE_MODELS, ids=lambda given: given[0])
def language_model(request, tmp_path):
    kind, n_layers, tied = request.param
    options = {} if tied else {"n_embedding": 4}
    recording = language_recording(tmp_path / "made", kind=kind, n_layers=n_layers, tied=tied, **options)
    return analytics.open_network(recording)


@pytest.fixture(params=CLASSIFIERS, ids=str)
def classifier(request, tmp_path):
    kind, n_layers, pooling, both = request.param
    return analytics.open_network(
        classifier_recording(
            tmp_path / "made", kind=kind, n_layers=n_layers, pooling=pooling, bidirectional=both
        )
    )


def sequences():
    return [(part.start, part.stop) for part in CORPUS.sequences()]


def equals_recorded(network, sentence, start, stop, *, atol=1e-6):
    """Every state of the sentence is the recorded one, and so is the state before its first word."""
    assert set(sentence.states) == set(network.recording.state_names)
    starts = network.recording.sequence_starts
    for name, values in sentence.states.items():
        recorded = network.recording.states(name)
        assert values.dtype == np.float32
        np.testing.assert_allclose(values, recorded.read(start, stop), atol=atol, err_msg=name)
        before = np.zeros(values.shape[1]) if start in starts else recorded.read(start - 1, start)[0]
        np.testing.assert_allclose(sentence.before_first[name], before, atol=atol, err_msg=name)


def test_typed_text_gives_the_recorded_states_and_predictions(language_model):
    recording = language_model.recording
    assert language_model.state_names == recording.state_names
    for text, (start, stop) in zip(TEXTS, sequences(), strict=True):
        sentence = language_model.run(text)
        equals_recorded(language_model, sentence, start, stop)
        assert sentence.is_start
        found = sentence.next_words
        assert found.targets.tolist() == recording.targets[start:stop].tolist()
        np.testing.assert_allclose(found.log_probability, recording.log_probability[start:stop], atol=1e-5)
        np.testing.assert_array_equal(found.ids, recording.predictions.ids[start:stop])
        np.testing.assert_allclose(
            found.probabilities, recording.predictions.probabilities[start:stop], atol=1e-6
        )
        np.testing.assert_allclose(found.entropy, recording.annotations["entropy"][start:stop], atol=1e-5)
        assert np.isnan(found.word_log_probability[0])
        np.testing.assert_array_equal(found.word_log_probability[1:], found.log_probability[:-1])
        assert sentence.class_probabilities is None


def test_words_after_a_position_give_the_recorded_states(language_model):
    recording = language_model.recording
    for start, stop in sequences():
        for after in range(start, stop):
            sentence = language_model.run(
                language_model.encode(recording.token_texts(after, stop)), after=after
            )
            equals_recorded(language_model, sentence, after, stop)
            assert sentence.is_start == (after == start)
            expected = [np.nan, *recording.log_probability[start : stop - 1]][after - start :]
            np.testing.assert_allclose(sentence.next_words.word_log_probability, expected, atol=1e-5)


def test_the_same_words_elsewhere_have_other_states(language_model):
    there, anew = language_model.run("cat", after=1), language_model.run("cat")
    assert np.abs(there.states["layer0.hidden"] - anew.states["layer0.hidden"]).max() > 1e-3


def test_a_classifier_answers_at_every_word_as_recorded(classifier):
    recording = classifier.recording
    assert (classifier.task, classifier.classes) == ("classifier", ("bad", "good"))
    shares = recording.annotations[["P(bad)", "P(good)"]].to_numpy()
    for text, (start, stop) in zip(TEXTS, sequences(), strict=True):
        sentence = classifier.run(text)
        equals_recorded(classifier, sentence, start, stop)
        np.testing.assert_allclose(sentence.class_probabilities, shares[start:stop], atol=1e-6)
        assert (sentence.classes, sentence.next_words) == (("bad", "good"), None)
        for after in range(start, stop):
            rest = classifier.encode(recording.token_texts(after, stop))
            sentence = classifier.run(rest, after=after)
            equals_recorded(classifier, sentence, after, stop)
            np.testing.assert_allclose(sentence.class_probabilities, shares[after:stop], atol=1e-6)


def test_an_edited_word_changes_what_follows_and_not_what_was_before(language_model):
    whole = language_model.run("not , not the cat <eos>", after=3)
    recorded = language_model.run("the dog , not the cat <eos>")
    np.testing.assert_array_equal(whole.before_first["layer0.hidden"], 0)
    assert np.abs(whole.states["layer0.hidden"][0] - recorded.states["layer0.hidden"][0]).max() > 1e-4


@pytest.mark.parametrize("states", [["layer1.cell"], ["layer0.forget_gate", "layer1.hidden"], []])
def test_only_the_states_asked_for_are_given(tmp_path, states):
    network = analytics.open_network(language_recording(tmp_path / "made"))
    sentence = network.run("the cat", states=states)
    everything = network.run("the cat")
    assert list(sentence.states) == states
    for name in states:
        np.testing.assert_array_equal(sentence.states[name], everything.states[name])


def test_only_recorded_states_are_offered(tmp_path):
    network = analytics.open_network(language_recording(tmp_path / "made", states=["layer1.cell"]))
    assert network.state_names == ("layer1.cell",)
    with pytest.raises(UnknownNameError, match=r"gives no state 'layer0\.cell'"):
        network.run("the", states=["layer0.cell"])


def test_half_precision_recordings_agree_to_a_thousandth(tmp_path):
    network = analytics.open_network(language_recording(tmp_path / "made", dtype="float16"))
    for text, (start, stop) in zip(TEXTS, sequences(), strict=True):
        equals_recorded(network, network.run(text), start, stop, atol=1e-3)


def test_far_from_the_start_the_recorded_state_is_gone_on_from(language_model, monkeypatch):
    monkeypatch.setattr("analytics.live.network.LONGEST_READ", 1)
    start, stop = sequences()[1]
    rest = language_model.encode(language_model.recording.token_texts(start + 4, stop))
    equals_recorded(language_model, language_model.run(rest, after=start + 4), start + 4, stop)


@pytest.mark.parametrize("bidirectional", [False, True])
def test_too_far_from_the_start_is_refused_where_no_state_says_how_to_go_on(
    tmp_path, monkeypatch, bidirectional
):
    monkeypatch.setattr("analytics.live.network.LONGEST_READ", 1)
    recording = classifier_recording(tmp_path / "made", bidirectional=bidirectional, states=["layer0.hidden"])
    with pytest.raises(NetworkError, match=r"Position 7 lies . positions behind the start.*at most 1 again"):
        analytics.open_network(recording).run("cat", after=7)


def test_a_state_handed_on_between_sequences_is_read_from_the_first(tmp_path):
    recording = language_recording(tmp_path / "made", carry_state=True)
    network = analytics.open_network(recording)
    start, stop = sequences()[1]
    sentence = network.run(network.encode(recording.token_texts(start, stop)), after=start)
    np.testing.assert_allclose(
        sentence.states["layer1.cell"], recording.states("layer1.cell").read(start, stop), atol=1e-6
    )
    assert not sentence.is_start


def test_positions_outside_the_recording_are_refused(tmp_path):
    network = analytics.open_network(language_recording(tmp_path / "made"))
    assert not network.run("cat", after=network.recording.n_positions).is_start
    for after in (-1, network.recording.n_positions + 1):
        with pytest.raises(RangeError, match=rf"lie within \[0, 17\]\. Got {after}"):
            network.run("cat", after=after)
    with pytest.raises(ParameterError, match="top_k must be at least 1"):
        network.run("cat", top_k=0)


def test_unknown_words_are_run_as_the_unknown_word(language_model):
    typed, marked = language_model.run("the zebra sat"), language_model.run("the <unk> sat")
    assert typed.tokens.tokens == ("the", "zebra", "sat")
    assert typed.tokens.unknown.tolist() == [False, True, False]
    np.testing.assert_array_equal(typed.states["layer0.hidden"], marked.states["layer0.hidden"])


def test_a_thousand_words_are_run_and_one_more_is_refused(language_model):
    assert language_model.run("cat " * MAX_WORDS).states["layer0.hidden"].shape == (MAX_WORDS, 6)
    with pytest.raises(ParameterError, match="at most 1,000 words"):
        language_model.run("cat " * (MAX_WORDS + 1))
    with pytest.raises(ParameterError, match="no word in the text"):
        language_model.run("  ")


def test_markup_emoji_and_right_to_left_text_are_words(language_model):
    sentence = language_model.run("<script>alert(1)</script> 🙂 שלום \u202ethe")
    assert sentence.tokens.tokens == ("<script>alert(1)</script>", "🙂", "שלום", "\u202ethe")
    assert sentence.tokens.unknown.tolist() == [True, False, False, True]


@pytest.fixture
def two_threads():
    torch.set_num_threads(2)
    yield
    torch.set_num_threads(1)


@pytest.mark.usefixtures("two_threads")
def test_threads_do_not_disturb_each_other_nor_torch(language_model):
    texts = [f"the cat {'sat ' * (number % 7)}<eos> {'not ' * (number % 5)}" for number in range(60)]
    expected = [language_model.run(text, after=number % 17) for number, text in enumerate(texts)]
    anew = analytics.open_network(language_model.recording)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda number: anew.run(texts[number], after=number % 17), range(60)))
    for one, other in zip(expected, found, strict=True):
        for name, values in one.states.items():
            np.testing.assert_array_equal(other.states[name], values)
    assert torch.get_num_threads() == 2
    assert torch.is_grad_enabled()


def test_what_is_returned_is_read_only(language_model):
    sentence = language_model.run("the cat")
    found = sentence.next_words
    for values in (*sentence.states.values(), *sentence.before_first.values(), found.ids, found.entropy):
        assert not values.flags.writeable


@pytest.mark.parametrize("name", ["parentheses", "shakespeare", "reviews-balanced", "reviews-unbalanced"])
def test_the_demo_recordings_are_what_their_networks_give(name):
    if not (DEMO / name / "recording.json").exists():
        pytest.skip(f"the recording {name} is not there: make demo sentiment")
    network = analytics.open_network(DEMO / name)
    recording = network.recording
    starts = recording.sequence_starts
    borders = [*starts.tolist(), recording.n_positions]
    first, second = borders[1], borders[2]
    for start, after in ((0, 0), (first, first), (first, (first + second) // 2)):
        stop = min(after + 40, borders[borders.index(start) + 1])
        tokens = network.encode(recording.token_texts(after, stop))
        assert network.tokenise(tokens.joint.join(tokens.tokens)).tokens == tokens.tokens
        sentence = network.run(tokens, after=after)
        for state, values in sentence.states.items():
            recorded = recording.states(state).read(after, stop).astype(np.float32)
            assert (np.abs(values - recorded) / (1 + np.abs(recorded))).max() < 1e-3, state
        if network.task == "classifier":
            shares = np.transpose(
                [recording.annotations[f"P({text})"][after:stop] for text in network.classes]
            )
            np.testing.assert_allclose(sentence.class_probabilities, shares, atol=1e-4)
        else:
            logs = recording.log_probability[after : stop - 1]
            np.testing.assert_allclose(sentence.next_words.log_probability[:-1], logs, atol=1e-3)
        assert sentence.is_start == (after == start)


def test_what_is_carried_to_a_position_is_the_state_before_it(language_model):
    recording = language_model.recording
    start, stop = sequences()[1]
    assert language_model.carried_to(start) is None
    carried = language_model.carried_to(stop - 1)
    for place, part in enumerate(carried):
        kind = ("hidden", "cell")[place]
        for number, values in enumerate(part[:, 0].numpy()):
            recorded = recording.states(f"layer{number}.{kind}").read(stop - 2, stop - 1)[0]
            np.testing.assert_allclose(values, recorded, atol=1e-6)
    with pytest.raises(RangeError, match="Got 99"):
        language_model.carried_to(99)
