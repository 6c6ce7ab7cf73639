import json

import numpy as np
import pytest

from analytics.corpora.parentheses import ALPHABET, parentheses_corpus
from analytics.errors import UnknownNameError
from analytics.ingest.training import recipes
from analytics.ingest.training.network_training import TrainingText
from analytics.ingest.training.recipes import RECIPES, Recipe, train_network
from analytics.models.language_model import ModelShape
from analytics.models.loss import perplexity
from analytics.models.schedule import LanguageSchedule
from analytics.models.weights import load_network


def small_text() -> TrainingText:
    parts = {
        part: parentheses_corpus(600, seed=seed, sequence_length=100)
        for seed, part in enumerate(("training", "validation", "test"))
    }
    return TrainingText(vocabulary=list(ALPHABET), **parts)


@pytest.fixture
def small_recipe(monkeypatch):
    shape = {"kind": "gru", "n_layers": 1, "n_units": 8, "n_embedding": 4, "tied": False}
    recipe = Recipe(text=small_text, shape=shape, schedule={"epochs": 2}, facts={"corpus": "brackets"})
    monkeypatch.setitem(recipes.RECIPES, "small", recipe)


def test_what_is_written_is_what_was_measured(small_recipe, tmp_path):
    facts = train_network("small", folder=tmp_path / "checkpoints", out=tmp_path / "out")
    model, vocabulary, read = load_network(tmp_path / "out")
    assert vocabulary == list(ALPHABET)
    assert read["perplexity"] == facts["perplexity"]
    for part in ("validation", "test"):
        assert perplexity(model, small_text().ids(part)) == pytest.approx(facts["perplexity"][part], abs=1e-3)
    assert read["sizes"]["test"]["sequences"] == len(small_text().test.sequence_starts)
    log = [json.loads(line) for line in (tmp_path / "out" / "log.jsonl").read_text().splitlines()]
    assert [line["epoch"] for line in log] == [1, 2]


def test_the_number_of_epochs_may_be_chosen(small_recipe, tmp_path):
    train_network("small", folder=tmp_path / "checkpoints", out=tmp_path / "out", epochs=1)
    assert len((tmp_path / "out" / "log.jsonl").read_text().splitlines()) == 1


def test_an_unknown_network_is_refused(tmp_path):
    with pytest.raises(
        UnknownNameError, match=r"no network 'shakespear' to train\. Did you mean 'shakespeare'"
    ):
        train_network("shakespear", folder=tmp_path, out=tmp_path)


@pytest.mark.parametrize("name", RECIPES)
def test_recipes_fit_the_network_and_the_schedule(name):
    recipe = RECIPES[name]
    assert ModelShape(n_words=100, **recipe.shape).n_layers == 2
    assert LanguageSchedule(**recipe.schedule).seed == 1


def test_no_text_is_both_learned_and_tested():
    text = RECIPES["parentheses"].text()
    training = {tuple(ids.tolist()) for ids in text.ids("training")}
    assert not training & {tuple(ids.tolist()) for part in ("validation", "test") for ids in text.ids(part)}
    assert np.concatenate(text.ids("training")).max() == len(ALPHABET) - 1
