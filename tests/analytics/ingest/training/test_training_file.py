from pathlib import Path

import pytest

from analytics.errors import AnalyticsError
from analytics.ingest.training.training_file import TASKS, read_training_file
from analytics.models.schedule import LanguageSchedule, Schedule

GOOD = """
[corpus]
training = ["a.txt", "stdlib:json/*.py"]
lower = true
[network]
n_units = 16
n_embedding = 16
[schedule]
epochs = 2
learning_rate = 1
"""

CLASSIFIER = """
name = "reviews"
[corpus]
kind = "documents"
training = ["a.tsv"]
label = 2
borders = [0, 1.5]
classes = ["a", "b", "c"]
[network]
task = "classifier"
pooling = "mean"
[schedule]
epochs = 1
"""


@pytest.fixture
def write(tmp_path):
    def write_file(text: str, *, name: str = "mine.toml") -> Path:
        (tmp_path / name).write_text(text, encoding="utf-8")
        return tmp_path / name

    return write_file


def test_what_the_file_says_is_read(write, tmp_path):
    plan = read_training_file(write(GOOD))
    assert (plan.name, plan.task) == ("mine", "language model")
    assert plan.files == {
        "training": (str(tmp_path / "a.txt"), "stdlib:json/*.py"),
        "validation": (),
        "test": (),
    }
    assert plan.reading.lower
    assert (plan.shape["n_units"], plan.shape["kind"], plan.shape["tied"]) == (16, "lstm", True)
    assert "n_words" not in plan.shape
    assert plan.schedule == LanguageSchedule(epochs=2, learning_rate=1)


def test_word_vectors_are_named_relative_to_the_file(write, tmp_path):
    text = changed("n_units = 16", 'n_units = 16\nembedding_file = "v.txt"')
    plan = read_training_file(write(text))
    assert (plan.embedding_file, plan.embedding_frozen) == (str(tmp_path / "v.txt"), False)
    assert "embedding_file" not in plan.shape
    plan = read_training_file(
        write(text),
        changes=['network.embedding_file="w.txt"', "network.tied=false", "network.embedding_frozen=true"],
    )
    assert (plan.embedding_file, plan.embedding_frozen) == ("w.txt", True)
    assert read_training_file(write(GOOD)).embedding_file is None


def test_a_classifier_has_its_own_keys(write):
    plan = read_training_file(write(CLASSIFIER))
    assert (plan.name, plan.task) == ("reviews", "classifier")
    assert (plan.reading.borders, plan.reading.classes) == ((0, 1.5), ("a", "b", "c"))
    assert plan.shape["pooling"] == "mean"
    assert plan.schedule == Schedule(epochs=1)
    assert (plan.class_shares, plan.balance) == ((), False)
    plan = read_training_file(
        write(CLASSIFIER), changes=["corpus.class_shares=[1, 3, 0.5]", "corpus.balance=true"]
    )
    assert (plan.class_shares, plan.balance) == ((1, 3, 0.5), True)


def test_changes_replace_what_the_file_says(write):
    changes = ["schedule.epochs=7", 'name = "other"', 'corpus.training=["b=1.txt"]', "network.tied=false"]
    plan = read_training_file(write(GOOD), changes=changes)
    assert (plan.schedule.epochs, plan.name, plan.shape["tied"]) == (7, "other", False)
    assert plan.files["training"] == ("b=1.txt",)


def changed(old: str, new: str) -> str:
    for text in (GOOD, CLASSIFIER):
        if old in text:
            return text.replace(old, new, 1)
    raise AssertionError(old)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (changed("n_units", "n_unit"), r"\[network\]: there is no key 'n_unit'\. Did you mean 'n_units'"),
        (changed("lower", "lower_case"), r"\[corpus\]: there is no key 'lower_case'\. Did you mean 'lower'"),
        (changed("epochs", "epoch"), r"\[schedule\]: there is no key 'epoch'\. Did you mean 'epochs'"),
        (
            changed("[schedule]", "[shedule]"),
            r"the file: there is no key 'shedule'\. Did you mean 'schedule'",
        ),
        (changed("[schedule]\nepochs = 2\nlearning_rate = 1", ""), r"section \[schedule\] is missing"),
        (changed("epochs = 2", ""), r"\[schedule\]: epochs is missing"),
        (
            changed("epochs = 2", "epochs = 0"),
            r"\[schedule\]: epochs of a schedule must be at least 1\. Got 0",
        ),
        (changed("epochs = 2", 'epochs = "two"'), r"\[schedule\]: epochs is a whole number\. Got 'two'"),
        (changed("epochs = 2", "epochs = 2.5"), r"epochs is a whole number\. Got 2\.5"),
        (changed("epochs = 2", "epochs = true"), r"epochs is a whole number\. Got True"),
        (changed("learning_rate = 1", "learning_rate = [1]"), r"learning_rate is a number\. Got \[1\]"),
        (changed("n_units = 16", "n_units = 8"), r"\[network\]: Tied weights need n_embedding == n_units"),
        (changed("n_units = 16", 'kind = "lsmt"'), r"\[network\]: kind must be one of rnn, gru, lstm"),
        (changed("n_units = 16", "n_words = 9"), r"\[network\]: there is no key 'n_words'"),
        (
            changed("n_units = 16", 'task = "tagger"'),
            r"task is one of language model, classifier\. Got 'tagger'",
        ),
        (
            changed("n_units = 16", "n_units = 16\nembedding_frozen = true"),
            r"\[network\]: embedding_frozen keeps .* name it as embedding_file",
        ),
        (
            changed("n_units = 16", 'n_units = 16\nembedding_frozen = true\nembedding_file = "v.txt"'),
            r"a tied network learns its logits in the embedding, .* Set tied = false",
        ),
        (
            changed("n_units = 16", "embedding_file = 3"),
            r"\[network\]: embedding_file is a text\. Got 3",
        ),
        (
            changed("n_units = 16", "embeding_file = 3"),
            r"there is no key 'embeding_file'\. Did you mean 'embedding_file'",
        ),
        (changed("n_units = 16", "tied = 1"), r"\[network\]: tied is true or false\. Got 1"),
        (changed("lower = true", 'by = "letter"'), r"\[corpus\]: by of a corpus is one of word"),
        (changed('"a.txt"', "3"), r"\[corpus\]: training is a list, each a text"),
        (changed('["a.txt", "stdlib:json/*.py"]', "[]"), r"\[corpus\]: training names at least one file"),
        (
            changed("lower = true", "validation_share = 1.0"),
            r"validation_share must be in \(0, 1\)\. Got 1\.0",
        ),
        (changed("lower = true", "vocabulary_size = 1"), r"vocabulary_size must be at least 2"),
        (changed('kind = "documents"', ""), r"a classifier learns from labelled documents"),
        (
            changed("borders", "class_shares = [1, 3]\nborders"),
            r"\[corpus\]: class_shares has a number for each of classes.*Got 2 for 3 classes",
        ),
        (
            changed("borders", "class_shares = [1, 3, 0]\nborders"),
            r"\[corpus\]: class_shares are numbers above 0\. Got \[1, 3, 0\]",
        ),
        (changed("borders", "class_shares = [1, 3, nan]\nborders"), r"class_shares are numbers above 0"),
        (changed("borders", "class_shares = [1, 3, inf]\nborders"), r"class_shares are numbers above 0"),
        (
            changed("borders", 'class_shares = "1:3:3"\nborders'),
            r"class_shares is a list, each a number\. Got '1:3:3'",
        ),
        (
            changed("borders", "class_share = [1, 3, 3]\nborders"),
            r"no key 'class_share'\. Did you mean 'class_shares'",
        ),
        (changed("borders", "balance = 1\nborders"), r"\[corpus\]: balance is true or false\. Got 1"),
        (changed("lower = true", "balance = true"), r'\[corpus\]: class_shares and balance .* "classifier"'),
        (changed("lower = true", "class_shares = [1, 2]"), r'class_shares and balance .* "classifier"'),
        (changed('pooling = "mean"', "tied = true"), r"\[network\]: there is no key 'tied'"),
        (changed("epochs = 1", "epochs = 1\nn_steps = 3"), r"\[schedule\]: there is no key 'n_steps'"),
        (changed('"reviews"', '"../up"'), r"the file: A training is named with letters.* Got '\.\./up'"),
        (changed('"reviews"', '"a b"'), r"Got 'a b'"),
        (changed('"reviews"', '"ü"'), r"Got 'ü'"),
        (changed('"reviews"', "3"), r"name is a text\. Got 3"),
        ("corpus = 3", r"section \[corpus\] is missing"),
        ("[corpus\nb = 1\n", r"mine\.toml is not TOML: .*line 1"),
        ("[corpus]\na = 1\na = 2\n", r"is not TOML: .*line 3"),
        ("a = " + "[" * 5000, r"is not TOML"),
    ],
)
def test_mistakes_are_one_sentence_with_file_and_section(write, text, sentence):
    file = write(text)
    with pytest.raises(AnalyticsError, match=sentence) as raised:
        read_training_file(file)
    assert str(raised.value).startswith(str(file))
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    "change",
    ["epochs", "schedule.epochs", "schedule.epochs=", "schedule.=3", "schedule.epochs=x", "a.b=1\nc=2"],
)
def test_changes_that_are_none_are_refused(write, change):
    with pytest.raises(AnalyticsError, match=r"such as schedule\.epochs=3"):
        read_training_file(write(GOOD), changes=[change])


def test_changes_of_what_is_no_section_are_refused(write):
    with pytest.raises(AnalyticsError, match="name is no section"):
        read_training_file(write(CLASSIFIER), changes=["name.first=1"])


def test_files_that_are_no_text_are_refused(tmp_path):
    with pytest.raises(AnalyticsError, match=r"There is no training file .*none\.toml"):
        read_training_file(tmp_path / "none.toml")
    with pytest.raises(AnalyticsError, match="is a folder"):
        read_training_file(tmp_path)
    (tmp_path / "a.toml").write_bytes(b"\xff")
    with pytest.raises(AnalyticsError, match="is not UTF-8"):
        read_training_file(tmp_path / "a.toml")


def test_tasks_are_those_of_the_networks():
    from analytics.models.weights import TASKS as NETWORKS

    assert tuple(NETWORKS) == TASKS
