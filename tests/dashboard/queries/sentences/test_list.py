"""Which sentences a recording has, searched, by label, hardest first; and one to see first."""

import numpy as np
import pytest

import analytics
from analytics.errors import AnalyticsError
from dashboard.queries import Queries
from dashboard.queries.cache import AnswerCache
from dashboard.queries.sentences.entry import read_entry
from dashboard.queries.sentences.question import SentencesQuestion
from tests.live_networks import CORPUS, classifier_recording
from tests.networks import LINES, lstm_recording
from tests.torch_threads import one_thread

__all__ = ["one_thread"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("recordings")
    lstm_recording(folder / "plays")
    classifier_recording(folder / "reviews", kind="gru", labels=["bad", "good", "bad", "good"])
    return folder


@pytest.fixture
def queries(folder, tmp_path):
    return Queries(folder, AnswerCache(tmp_path / "cache", disk_megabytes=50, memory_megabytes=50))


@pytest.fixture
def written(tmp_path):
    """Writes a recording of given tokens and returns the queries over its folder."""

    def write(tokens, **options):
        options = {"states": {"s": np.eye(len(tokens), 2)}, **options}
        analytics.write_recording(tmp_path / "recordings" / "own", name="own", tokens=tokens, **options)
        cache = AnswerCache(tmp_path / "cache", disk_megabytes=5, memory_megabytes=5)
        return Queries(tmp_path / "recordings", cache)

    return write


def asked(recording="plays", state="layer0.cell", **fields):
    return SentencesQuestion(recording, state, **fields)


def all_rows(queries, **fields):
    first = queries.sentence_list.found(asked(**fields))
    n_pages = -(-first["nFound"] // first["pageSize"])
    pages = [queries.sentence_list.found(asked(**fields, page=page)) for page in range(n_pages)]
    return [row for page in pages for row in page["rows"]]


def test_every_page_together_is_the_recording(queries):
    recording, rows = queries.recordings.open("plays"), all_rows(queries)
    assert [token for row in rows for token in row["tokens"]] == recording.tokens.tolist()
    assert [row["start"] for row in rows[1:]] == [row["stop"] for row in rows[:-1]]
    answer = queries.sentence_list.found(asked())
    assert answer["nFound"] == answer["nSentences"] == len(rows)
    assert (answer["what"], answer["pageSize"], answer["page"]) == ("sentence", 20, 0)


def test_sentences_end_at_end_marks_and_scenes(queries):
    rows = all_rows(queries)
    ends = [row["tokens"][-1] for row in rows]
    assert ends.count(".") == LINES
    starts = set(queries.recordings.open("plays").sequence_starts.tolist())
    assert starts <= {row["start"] for row in rows}


def test_a_page_beyond_the_last_is_the_last(queries):
    answer = queries.sentence_list.found(asked(page=10**9))
    assert answer["page"] == (answer["nFound"] - 1) // 20 and answer["rows"]


def test_the_loss_is_the_mean_of_the_words(queries):
    recording = queries.recordings.open("plays")
    for row in queries.sentence_list.found(asked())["rows"]:
        words = -recording.log_probability[row["start"] : row["stop"]].astype(float)
        assert row["loss"] == pytest.approx(np.nanmean(words), rel=1e-5)


@pytest.mark.parametrize(("order", "sign"), [("hardest", -1), ("easiest", 1)])
def test_orders_follow_the_loss_and_leave_short_ones_out(queries, order, sign):
    rows = all_rows(queries, order=order)
    losses = [sign * row["loss"] for row in rows]
    assert losses == sorted(losses) and len(set(losses)) > 3
    assert min(len(row["tokens"]) for row in rows) >= 5
    answer = queries.sentence_list.found(asked(order=order))
    assert "fewer than 5 positions have no place" in answer["note"]


def test_found_sentences_hold_the_phrase(queries):
    rows = all_rows(queries, find="queen of the sea")
    assert len(rows) == LINES
    assert all("queen of the sea" in " ".join(row["tokens"]) for row in rows)
    assert len(all_rows(queries, find="/queen of the (land|sea)/")) == 2 * LINES
    assert all_rows(queries, find="sea queen") == []


def test_a_phrase_of_which_there_are_more_than_are_listed_elsewhere_is_found_to_the_end(written):
    queries = written(["a", "."] * 12_000)
    assert queries.sentence_list.found(asked("own", "s", find="a"))["nFound"] == 12_000


def test_labels_choose_sentences_that_hold_one(queries):
    rows = all_rows(queries, label="part_of_speech=PREP")
    assert rows and all({"of", "in"} & set(row["tokens"]) for row in rows)
    without = [row for row in all_rows(queries) if not {"of", "in"} & set(row["tokens"])]
    assert len(rows) + len(without) == queries.sentence_list.found(asked())["nFound"]


def test_text_and_label_must_both_fit(queries):
    assert all_rows(queries, label="part_of_speech=PREP", find="king") == all_rows(queries, find="king")
    assert all_rows(queries, label="part_of_speech=PREP", find="queen sea") == []


@pytest.mark.parametrize(
    ("label", "sentence"),
    [
        ("part_of_speech=NOUNS", r"no label 'NOUNS'\. Did you mean 'NOUN'"),
        (
            "part of speech=NOUN",
            r"no categorical annotation 'part of speech'\. Did you mean 'part_of_speech'",
        ),
        ("letters=3", "Annotation 'letters' has no labels"),
        ("nothing", "no categorical annotation 'nothing'"),
    ],
)
def test_labels_that_are_not_there_are_told(queries, label, sentence):
    with pytest.raises(AnalyticsError, match=sentence):
        queries.sentence_list.found(asked(label=label))


def test_names_and_labels_may_hold_an_equals_sign(written):
    queries = written(
        ["x", ".", "y", "."] * 20, annotations={"a=b": ["c=d", "e", "e", "e"] * 20, "a": ["f"] * 80}
    )
    answer = queries.sentence_list.found(asked("own", "s", label="a=b=c=d"))
    assert answer["nFound"] == 20 and {row["tokens"][0] for row in answer["rows"]} == {"x"}


def test_an_expression_that_is_none_is_told(queries):
    with pytest.raises(AnalyticsError, match="expression"):
        queries.sentence_list.found(asked(find="/(/"))


def test_filters_offer_labels_by_how_frequent_they_are(queries):
    assert queries.sentence_list.found(asked())["filters"] == [
        {"name": "part_of_speech", "labels": ["OTHER", "DET", "NOUN", "PREP"], "nLabels": 4}
    ]


# ---- sequences of their own ------------------------------------------------------------------------------


def reviews(**fields):
    return asked("reviews", "layer0.hidden", **fields)


def test_short_sequences_are_sentences(queries):
    answer = queries.sentence_list.found(reviews())
    assert [(row["start"], row["stop"]) for row in answer["rows"]] == [
        (part.start, part.stop) for part in CORPUS.sequences()
    ]
    assert answer["what"] == "sequence" and answer["note"] == "Each sequence is a sentence."


def test_reviews_carry_their_class_and_their_answer(queries):
    annotations = queries.recordings.open("reviews").annotations
    rows = queries.sentence_list.found(reviews())["rows"]
    assert [row["labels"]["label"] for row in rows] == ["bad", "good", "bad", "good"]
    for row in rows:
        last = annotations.iloc[row["stop"] - 1]
        assert row["labels"]["predicted class"] == last["predicted class"]
        right = row["labels"]["label"]
        assert row["loss"] == pytest.approx(-np.log(last[f"P({right})"]), rel=1e-5)


def test_an_answer_on_the_way_is_no_answer(written):
    said = ["bad", "good", "good", "bad", "good", "bad"]
    queries = written(["a"] * 6, sequence_starts=[0, 3], annotations={"predicted class": said})
    for name, starts in (("good", [0]), ("bad", [3])):
        rows = queries.sentence_list.found(asked("own", "s", label=f"predicted class={name}"))["rows"]
        assert [row["start"] for row in rows] == starts
        assert rows[0]["labels"] == {"predicted class": name}


def test_long_reviews_are_parted_and_that_is_told(written):
    queries = written(
        ["a"] * 10 + ["b"] * 90 + ["."] + ["c"] * 4, sequence_starts=[0, 5, 10], sequence_name="review"
    )
    answer = queries.sentence_list.found(asked("own", "s"))
    assert answer["what"] == "review"
    assert [len(row["tokens"]) for row in answer["rows"]] == [5, 5, 46, 45, 4]
    assert "longer ones are parted at their end marks. 1 are cut" in answer["note"]


def test_without_a_loss_the_corpus_gives_the_order_and_that_is_told(written):
    queries = written(["a", "b", "c", "d", "e", "."] * 20)
    corpus, hardest = (queries.sentence_list.found(asked("own", "s", order=o)) for o in ("corpus", "hardest"))
    assert corpus["loss"] is hardest["loss"] is None
    assert corpus["rows"] == hardest["rows"] and corpus["rows"][0]["loss"] is None
    assert "holds no loss, so they stand in the order of the corpus" in hardest["note"]


# ---- a sentence to see first -----------------------------------------------------------------------------


def shown_first(queries, recording):
    entry = read_entry(queries.sentence_example.example(queries.recordings.open(recording)))
    return entry.start, entry.stop


def test_a_language_model_shows_its_easiest_sentence_of_a_line(queries):
    start, stop = shown_first(queries, "plays")
    fitting = [
        row
        for row in all_rows(queries, order="easiest")
        if 10 <= len(row["tokens"]) <= 24
        and sum(any(map(str.isalpha, word)) and word[0] != "<" for word in row["tokens"])
        >= 0.75 * len(row["tokens"])
    ]
    assert (start, stop) == (fitting[0]["start"], fitting[0]["stop"])


def test_a_classifier_shows_a_review_that_turns(written):
    surely_good = np.array([0.9] * 12 + [0.2, 0.1] + [0.95] * 11 + [0.1] * 3 + [0.9] * 14 + [0.4] * 2)
    queries = written(
        ["a"] * len(surely_good),
        sequence_starts=[0, 14, 28],
        annotations={
            "predicted class": ["good" if share > 0.5 else "bad" for share in surely_good],
            "P(good)": surely_good,
            "P(bad)": 1 - surely_good,
            "label": ["good"] * 14 + ["bad"] * 14 + ["bad"] * 16,
        },
    )
    # The first turns and is wrong; the third turns, and is not sure of it.
    assert shown_first(queries, "own") == (14, 28)


@pytest.mark.parametrize("tokens", [["a"], ["."] * 3, ["<unk>", "1"] * 200, ["x"] * 500])
def test_there_is_always_something_to_show(written, tokens):
    start, stop = shown_first(written(tokens), "own")
    assert 0 <= start < stop <= len(tokens)
