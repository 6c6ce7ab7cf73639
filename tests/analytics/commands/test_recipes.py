"""Each recipe in data/recipes, made small: a real text, trained for an epoch, recorded and looked at."""

from pathlib import Path

import numpy as np
import pytest

from analytics.corpora.documents import read_documents, sequence_labels
from analytics.ingest.training.training_file import read_training_file
from analytics.store.recording import open_recording

ROOT = Path(__file__).resolve().parents[3]
RECIPES = sorted((ROOT / "data" / "recipes").glob("*.toml"))
TREEBANK = ROOT.parent / "shared" / "data" / "ud_english_ewt" / "test.conllu"
REVIEWS = ROOT / "data" / "corpora" / "reviews-held-out.tsv"

SMALL = [
    "network.n_units=8",
    "network.n_embedding=8",
    "network.n_layers=1",
    "schedule.epochs=1",
    "corpus.min_count=1",
]


@pytest.fixture
def make(run, tmp_path, monkeypatch):
    """Train a recipe with changes, record it over a text, and open that."""
    monkeypatch.chdir(tmp_path)

    def train_and_record(recipe: str, changes: list[str], text: list[str]):
        sets = [word for change in [*SMALL, *changes] for word in ("--set", change)]
        code, _, err = run("train", ROOT / "data" / "recipes" / recipe, *sets, "--threads", "1")
        assert code == 0, err
        network = tmp_path / "data" / "networks" / recipe.removesuffix(".toml")
        code, out, err = run("record", "--network", network, *text, "--name", "made", "--threads", "1")
        assert code == 0, err
        return open_recording(out.strip())

    return train_and_record


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.stem)
def test_every_recipe_can_be_read(recipe):
    plan = read_training_file(recipe)
    assert plan.name == recipe.stem
    assert plan.files["training"]
    assert plan.files["test"]


def test_there_is_a_test_for_every_recipe():
    source = Path(__file__).read_text()
    assert all(f'make(\n        "{recipe.name}"' in source for recipe in RECIPES)


@pytest.mark.skipif(not TREEBANK.exists(), reason=f"the treebank is not at {TREEBANK}")
def test_words_of_a_treebank(make, tmp_path):
    sentences = TREEBANK.read_text(encoding="utf-8").split("\n\n")
    parts = {"training": sentences[:60], "validation": sentences[60:80], "test": sentences[80:100]}
    for part, kept in parts.items():
        (tmp_path / f"{part}.conllu").write_text("\n\n".join(kept) + "\n\n", encoding="utf-8")
    recording = make(
        "ewt-words.toml",
        [f"corpus.{part}=['{part}.conllu']" for part in parts],
        ["--conllu", "validation.conllu", "--conllu", "test.conllu"],
    )
    assert recording.n_sequences == 40
    assert recording.manifest["sequence_name"] == "sentence"
    annotations = recording.annotations
    assert {"part of speech", "relation", "dependency depth", "chunk", "document"} <= set(annotations)
    roots = annotations["relation"].astype(str) == "root"
    assert (annotations["dependency depth"][roots] == 0).all()
    determiners = recording.token_ids == list(recording.vocabulary).index("the")
    assert determiners.sum() > 10
    assert set(annotations["part of speech"][determiners]) == {"DET"}
    assert recording.manifest["model"]["training"]["log"][0]["validation_loss"] > 0


def test_characters_of_python_source(make):
    recording = make(
        "python-characters.toml",
        [
            "corpus.training=['stdlib:json/encoder.py']",
            "corpus.validation=['stdlib:json/__init__.py']",
            "corpus.test=['stdlib:json/scanner.py']",
        ],
        ["--python", "stdlib:json/tool.py", "--python", "stdlib:json/encoder.py"],
    )
    assert recording.n_sequences == 2
    annotations = recording.annotations
    characters = recording.tokens
    inside = annotations["string or comment"].astype(str) == "code"
    opened = np.cumsum(
        ((characters == "(") & inside).astype(int) - ((characters == ")") & inside).astype(int)
    )
    assert annotations["bracket depth"].max() >= 2
    assert ((annotations["bracket depth"] == 0) <= (opened == 0)).all()
    assert annotations["indentation"].max() >= 2
    assert (annotations["token kind"][characters == "#"] == "comment").any()
    assert recording.targets[:5].tolist() == recording.token_ids[1:6].tolist()


@pytest.mark.skipif(not REVIEWS.exists(), reason=f"the reviews are not at {REVIEWS}; the README says how")
def test_sentiment_of_reviews(make, tmp_path):
    lines = REVIEWS.read_text(encoding="utf-8").splitlines()
    (tmp_path / "training.tsv").write_text("\n".join(lines[:300]), encoding="utf-8")
    (tmp_path / "test.tsv").write_text("\n".join(lines[300:400]), encoding="utf-8")
    recording = make(
        "sentiment.toml",
        ["corpus.training=['training.tsv']", "corpus.test=['test.tsv']"],
        ["--documents", "test.tsv"],
    )
    assert recording.n_sequences == 100
    annotations = recording.annotations
    np.testing.assert_allclose(annotations[["P(negative)", "P(positive)"]].sum(axis=1), 1, atol=1e-5)
    ratings = [float(line.split("\t")[1]) for line in lines[300:400]]
    labels = annotations["label"].astype(str)[recording.sequence_starts].tolist()
    assert labels == ["positive" if rating >= 0 else "negative" for rating in ratings]
    corpus = read_documents(
        "test.tsv", text=3, label=2, borders=[0], classes=["negative", "positive"], lower=True
    )
    assert sequence_labels(corpus) == labels
