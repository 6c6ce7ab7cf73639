"""Each recipe in data/recipes, made small: a real text, trained for an epoch, recorded and looked at."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

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
        code, out, err = run("record", "--network", network, *text, "--name", network.name, "--threads", "1")
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
    assert all(f'"{recipe.name}"' in source for recipe in RECIPES)


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


MEMORY = ["memory-lstm.toml", "memory-gru.toml", "memory-rnn.toml"]
FROZEN = ["memory-lstm-frozen.toml", "memory-gru-frozen.toml", "memory-rnn-frozen.toml"]


def test_the_networks_of_the_memory_study_differ_in_one_thing_each():
    plans = {name: read_training_file(ROOT / "data" / "recipes" / name) for name in [*MEMORY, *FROZEN]}
    first = plans[MEMORY[0]]
    assert {(plan.shape["kind"], plan.embedding_frozen) for plan in plans.values()} == {
        (kind, frozen) for kind in ("lstm", "gru", "rnn") for frozen in (True, False)
    }
    for plan in plans.values():
        assert plan.shape | {"kind": "lstm"} == first.shape
        rate = 0.001 if plan.shape["kind"] == "rnn" else 0.003
        assert plan.schedule == replace(first.schedule, learning_rate=rate)
        assert (plan.reading, plan.min_count) == (first.reading, first.min_count)
        assert [Path(file).resolve() for part in plan.files.values() for file in part] == [
            Path(file).resolve() for part in first.files.values() for file in part
        ]
    paper = {"n_layers": 1, "n_units": 256, "n_embedding": 64, "tied": False, "dropout": 0.5}
    assert paper | {"dropout_on": "output"} == {key: first.shape[key] for key in [*paper, "dropout_on"]}


@pytest.mark.skipif(not TREEBANK.exists(), reason=f"the treebank is not at {TREEBANK}")
@pytest.mark.parametrize("recipe", [*MEMORY, *FROZEN])
def test_documents_of_a_treebank(make, tmp_path, recipe):
    documents = TREEBANK.read_text(encoding="utf-8").split("# newdoc")[1:]
    parts = {"training": documents[:6], "validation": documents[6:8], "test": documents[8:10]}
    for part, kept in parts.items():
        (tmp_path / f"{part}.conllu").write_text(
            "".join(f"# newdoc{text}" for text in kept), encoding="utf-8"
        )
    vectors = {"the": range(8), "of": range(1, 9)}
    lines = [f"{word} {' '.join(map(str, numbers))}" for word, numbers in vectors.items()]
    (tmp_path / "vectors.txt").write_text("\n".join(lines))
    changes = [f"corpus.{part}=['{part}.conllu']" for part in parts]
    if recipe in FROZEN:
        changes.append("network.embedding_file='vectors.txt'")
    recording = make(recipe, changes, ["--conllu", "validation.conllu", "--conllu", "test.conllu"])
    assert recording.n_sequences == 4
    assert recording.manifest["sequence_name"] == "document"
    starts = recording.annotations["document"].astype(str).to_numpy()[recording.sequence_starts]
    assert len(set(starts)) == 4
    states = {"layer0.hidden"} | ({"layer0.cell"} if "lstm" in recipe else set())
    assert states <= set(recording.state_names)
    if recipe in FROZEN:
        from analytics.models.weights import load_network

        model, vocabulary, facts = load_network(tmp_path / "data" / "networks" / recipe.removesuffix(".toml"))
        assert model.embedding.weight[vocabulary.index("of")].tolist() == list(range(1, 9))
        assert facts["embedding"]["found"] == 2


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


@pytest.mark.skipif(
    not REVIEWS.exists(), reason=f"the reviews are not at {REVIEWS}; `make sentiment` fetches them"
)
def test_sentiment_of_reviews_with_few_negative_ones_and_balanced(make, tmp_path):
    lines = REVIEWS.read_text(encoding="utf-8").splitlines()
    (tmp_path / "training.tsv").write_text("\n".join(lines[:300]), encoding="utf-8")
    (tmp_path / "test.tsv").write_text("\n".join(lines[300:400]), encoding="utf-8")
    files = ["corpus.training=['training.tsv']", "corpus.test=['test.tsv']"]
    unbalanced = make(
        "reviews-unbalanced.toml", files, ["--documents", "test.tsv"],
    )  # fmt: skip
    balanced = make(
        "reviews-balanced.toml", files, ["--documents", "test.tsv"],
    )  # fmt: skip
    ratings = [float(line.split("\t")[1]) for line in lines[300:400]]
    for recording in (unbalanced, balanced):
        assert recording.n_sequences == 100
        annotations = recording.annotations
        np.testing.assert_allclose(annotations[["P(negative)", "P(positive)"]].sum(axis=1), 1, atol=1e-5)
        labels = annotations["label"].astype(str)[recording.sequence_starts].tolist()
        assert labels == ["positive" if rating > 0 else "negative" for rating in ratings]
        facts = recording.manifest["model"]
        shares = [facts[f"accuracy on {name}"]["test"] for name in facts["classes"]]
        weights = [np.mean(np.array(labels) == name) for name in facts["classes"]]
        assert facts["accuracy"]["test"] == pytest.approx(np.dot(shares, weights), abs=1e-3)
    few, many = (
        recording.manifest["model"]["sizes"]["training"]["classes"] for recording in (unbalanced, balanced)
    )
    assert few["positive"] == pytest.approx(3 * few["negative"], abs=3)
    assert many == {"negative": few["positive"], "positive": few["positive"]}
    assert unbalanced.vocabulary.tolist() == balanced.vocabulary.tolist()
