import json

import numpy as np
import pytest

from analytics.corpora.corpus import Corpus
from analytics.errors import AnalyticsError
from analytics.ingest.training.file_training import read_training_text, split_sequences, train_file
from analytics.ingest.training.training_file import read_training_file
from analytics.models.classifier_training import measure_classifier
from analytics.models.loss import mean_loss
from analytics.models.weights import load_network

WORDS = """
[corpus]
training = ["text.txt"]
by = "{by}"
vocabulary_size = 9
[network]
kind = "{kind}"
n_layers = 1
n_units = 8
n_embedding = 8
[schedule]
epochs = 2
n_steps = 6
"""

REVIEWS = """
[corpus]
kind = "documents"
training = ["reviews.tsv"]
test = ["reviews.tsv"]
text = 2
label = 1
[network]
task = "classifier"
kind = "{kind}"
bidirectional = true
n_units = 8
n_embedding = 8
[schedule]
epochs = 2
n_streams = 8
learning_rate = 0.02
"""


@pytest.fixture
def plan(tmp_path):
    (tmp_path / "text.txt").write_text("the cat sat on the mat .\na dog ran ,\n" * 20)
    lines = [f"{['good', 'bad'][n % 2]}\t{['fine', 'dull'][n % 2]} film number {n % 5}" for n in range(40)]
    (tmp_path / "reviews.tsv").write_text("\n".join(lines))

    def make(text: str, **values: str):
        (tmp_path / "plan.toml").write_text(text.format(**values))
        return read_training_file(tmp_path / "plan.toml")

    return make


@pytest.mark.parametrize(
    ("kind", "by"), [("rnn", "word"), ("gru", "char"), ("lstm", "byte"), ("lstm", "space")]
)
def test_a_language_model_is_trained_and_measured_as_written(plan, tmp_path, kind, by):
    made = plan(WORDS, kind=kind, by=by)
    facts = train_file(made, folder=tmp_path / "checkpoints", out=tmp_path / "out")
    model, vocabulary, read = load_network(tmp_path / "out")
    assert len(vocabulary) == (256 if by == "byte" else 9)
    assert read["tokenisation"] == {
        "method": by, "lower_case": False, "unknown": None if by == "byte" else "<unk>",
    }  # fmt: skip
    assert read["reading"]["by"] == by
    text = read_training_text(made)
    assert np.log(facts["perplexity"]["validation"]) == pytest.approx(
        mean_loss(model, text.ids("validation")), abs=1e-3
    )
    assert read["sizes"]["validation"]["sequences"] == 4
    log = [json.loads(line) for line in (tmp_path / "out" / "log.jsonl").read_text().splitlines()]
    assert [line["epoch"] for line in log] == [1, 2]
    assert set(log[0]) == {
        "epoch", "training_loss", "validation_loss", "training_perplexity", "validation_perplexity",
        "learning_rate", "seconds",
    }  # fmt: skip


def test_a_classifier_is_trained_and_measured_as_written(plan, tmp_path):
    made = plan(REVIEWS, kind="gru")
    facts = train_file(made, folder=tmp_path / "checkpoints", out=tmp_path / "out", epochs=12)
    model, _, read = load_network(tmp_path / "out")
    assert read["classes"] == ["bad", "good"]
    assert facts["accuracy"]["test"] > 0.9
    text = read_training_text(made)
    measured = measure_classifier(model, (text.ids("test"), text.labels("test")))
    assert facts["loss"]["test"] == pytest.approx(measured["loss"], abs=1e-4)
    log = (tmp_path / "out" / "log.jsonl").read_text().splitlines()
    assert facts["accuracy on good"]["test"] + facts["accuracy on bad"]["test"] == pytest.approx(
        2 * facts["accuracy"]["test"], abs=1e-3
    )
    assert facts["sizes"]["test"]["classes"] == {"bad": 20, "good": 20}
    assert facts["class_balance"] == "as they come"
    assert len(log) <= 12
    assert "validation_accuracy" in json.loads(log[0])


BALANCED = REVIEWS.replace("label = 1", 'label = 1\nclasses = ["good", "bad"]\nclass_shares = [1, 3]')


def test_classes_have_the_shares_asked_for_and_the_test_stays_as_it_is(plan):
    text = read_training_text(plan(BALANCED, kind="gru"))
    sizes = {part: text.sizes(part) for part in text.parts()}
    learned = sizes["training"]["classes"]
    assert learned["bad"] == pytest.approx(3 * learned["good"], abs=2)
    assert sum(sizes["validation"]["classes"].values()) <= 4
    assert sizes["test"]["classes"] == {"good": 20, "bad": 20}


def test_balanced_is_the_same_documents_with_the_rarer_ones_repeated(plan):
    skewed = read_training_text(plan(BALANCED, kind="gru"))
    even = read_training_text(
        plan(BALANCED.replace("class_shares", "balance = true\nclass_shares"), kind="gru")
    )
    assert even.vocabulary == skewed.vocabulary
    for part in ("training", "validation"):
        before, after = getattr(skewed, part), getattr(even, part)
        texts = [{tuple(corpus.tokens[here]) for here in corpus.sequences()} for corpus in (before, after)]
        assert texts[0] == texts[1]
        counts = even.sizes(part)["classes"]
        assert counts["good"] == counts["bad"] == skewed.sizes(part)["classes"]["bad"]
    assert even.test.tokens == skewed.test.tokens


def test_a_class_without_documents_cannot_be_balanced(plan, tmp_path):
    made = plan(
        BALANCED.replace('["good", "bad"]', '["good", "bad", "odd"]').replace("[1, 3]", "[1, 3, 1]"),
        kind="gru",
    )
    with pytest.raises(
        AnalyticsError, match=r"hold none of the class 'odd', so the classes cannot be balanced"
    ):
        read_training_text(made)


def test_given_again_it_goes_on_and_ends_the_same(plan, tmp_path):
    made = plan(WORDS, kind="gru", by="word")
    train_file(made, folder=tmp_path / "whole", out=tmp_path / "out_whole")
    from analytics.models import training

    train_epoch = training._train_epoch
    with pytest.MonkeyPatch.context() as patch:

        def interrupted(*args, epoch, **options):
            if epoch == 1:
                raise KeyboardInterrupt
            return train_epoch(*args, epoch=epoch, **options)

        patch.setattr(training, "_train_epoch", interrupted)
        with pytest.raises(KeyboardInterrupt):
            train_file(made, folder=tmp_path / "parts", out=tmp_path / "out_parts")
    assert not (tmp_path / "out_parts").exists()
    train_file(made, folder=tmp_path / "parts", out=tmp_path / "out_parts")
    for name in ("model.safetensors", "vocabulary.txt"):
        assert (tmp_path / "out_whole" / name).read_bytes() == (tmp_path / "out_parts" / name).read_bytes()


def test_another_text_does_not_go_on_with_an_old_training(plan, tmp_path):
    made = plan(WORDS, kind="gru", by="word")
    train_file(made, folder=tmp_path / "checkpoints", out=tmp_path / "out", epochs=1)
    (tmp_path / "text.txt").write_text("the cat sat on the dog .\na mat ran ,\n" * 20)
    with pytest.raises(AnalyticsError, match="belongs to another training"):
        train_file(made, folder=tmp_path / "checkpoints", out=tmp_path / "out")


def test_validation_sequences_are_drawn_and_set_aside():
    tokens = [str(number) for number in range(20) for _ in range(3)]
    corpus = Corpus("n", tokens, np.arange(0, 60, 3), {"twice": np.arange(60) * 2})
    rest, drawn = split_sequences(corpus, share=0.25, seed=1)
    assert len(drawn.sequence_starts) == 5
    assert sorted(rest.tokens + drawn.tokens) == sorted(tokens)
    assert not set(rest.tokens) & set(drawn.tokens)
    for part in (rest, drawn):
        assert part.tokens == [str(value // 6) for value in part.annotations["twice"]]
    assert split_sequences(corpus, share=0.25, seed=2)[1].tokens != drawn.tokens


def test_one_sequence_cannot_be_parted():
    with pytest.raises(AnalyticsError, match="none can be set aside to validate by"):
        split_sequences(Corpus("n", ["a", "b"], np.array([0])), share=0.5, seed=0)


def test_validation_files_may_be_named(plan, tmp_path):
    (tmp_path / "other.txt").write_text("a mat .\n")
    plan(WORDS, kind="rnn", by="word")
    made = read_training_file(tmp_path / "plan.toml", changes=[f'corpus.validation=["{tmp_path}/oth*.txt"]'])
    text = read_training_text(made)
    assert text.validation.tokens == ["a", "mat", "."]
    assert len(text.training.sequence_starts) == 40


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ('corpus.training=["none.txt"]', r"none\.txt is not there"),
        ('corpus.training=["none*.txt"]', r"No file is named like none\*\.txt"),
    ],
)
def test_texts_that_cannot_be_read_are_refused_and_nothing_is_written(plan, tmp_path, change, sentence):
    plan(WORDS, kind="rnn", by="word")
    made = read_training_file(tmp_path / "plan.toml", changes=[change])
    with pytest.raises(AnalyticsError, match=sentence):
        train_file(made, folder=tmp_path / "checkpoints", out=tmp_path / "out")
    assert not (tmp_path / "out").exists()
    assert not (tmp_path / "checkpoints").exists()


def test_one_class_is_none(plan, tmp_path):
    made = plan(REVIEWS, kind="gru")
    (tmp_path / "reviews.tsv").write_text("good\ta\ngood\tb\ngood\tc\n")
    with pytest.raises(AnalyticsError, match=r"two classes or more apart\. Got good"):
        read_training_text(made)


def test_a_class_that_the_training_lacks_is_refused(plan, tmp_path):
    made = plan(REVIEWS.replace('test = ["reviews.tsv"]', 'test = ["other.tsv"]'), kind="gru")
    (tmp_path / "other.tsv").write_text("godo\tfine film\n")
    with pytest.raises(AnalyticsError, match=r"test text has a label 'godo' .*Did you mean 'good'"):
        train_file(made, folder=tmp_path / "checkpoints", out=tmp_path / "out")


def with_vectors(plan, tmp_path, text: str, **changes):
    """A plan whose embedding starts from vectors of all words but one and `<unk>`."""
    words = ["the", "cat", "sat", "on", "mat", ".", "film", "fine", "dull"]
    vectors = np.random.default_rng(0).normal(size=(len(words), 8)).astype(np.float32)
    rows = [
        f"{word} {' '.join(map(str, vector.tolist()))}" for word, vector in zip(words, vectors, strict=True)
    ]
    (tmp_path / "vectors.txt").write_text("\n".join(rows))
    plan(text, kind="gru", by="word")
    sets = [
        f"network.{key}={value}" for key, value in ({"embedding_file": '"vectors.txt"'} | changes).items()
    ]
    return read_training_file(tmp_path / "plan.toml", changes=sets), dict(zip(words, vectors, strict=True))


@pytest.mark.parametrize(("text", "n_missing"), [(WORDS, 4), (REVIEWS, 7)])
@pytest.mark.parametrize("frozen", [True, False])
def test_the_embedding_starts_from_vectors_and_stays_where_it_is_frozen(
    plan, tmp_path, monkeypatch, text, n_missing, frozen
):
    monkeypatch.chdir(tmp_path)
    untied = {"tied": "false"} if text is WORDS else {}
    made, vectors = with_vectors(plan, tmp_path, text, embedding_frozen=str(frozen).lower(), **untied)
    train_file(made, folder=tmp_path / "checkpoints", out=tmp_path / "out")
    model, vocabulary, facts = load_network(tmp_path / "out")
    known = [word for word in vocabulary if word in vectors]
    assert facts["embedding"] == {
        "file": "vectors.txt", "frozen": frozen, "found": len(known), "missing": len(vocabulary) - len(known),
    }  # fmt: skip
    assert facts["embedding"]["missing"] == n_missing
    learned = model.embedding.weight.detach().numpy()[[vocabulary.index(word) for word in known]]
    given = np.array([vectors[word] for word in known])
    as_written = given.astype(np.float16).astype(np.float32)
    assert np.array_equal(learned, as_written) == frozen
    assert np.abs(learned - given).max() < 0.2, "it is near where it started, and not where it is drawn"


def test_other_vectors_do_not_go_on_with_an_old_training(plan, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    made, _ = with_vectors(plan, tmp_path, WORDS)
    train_file(made, folder=tmp_path / "checkpoints", out=tmp_path / "out", epochs=1)
    vectors = (tmp_path / "vectors.txt").read_text()
    (tmp_path / "vectors.txt").write_text(vectors.replace("the 0", "the 1"))
    with pytest.raises(AnalyticsError, match="belongs to another training"):
        train_file(made, folder=tmp_path / "checkpoints", out=tmp_path / "out")
