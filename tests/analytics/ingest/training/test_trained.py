import json

import numpy as np
import pytest
import torch

from analytics.corpora.corpus import Corpus
from analytics.corpora.reading import Reading
from analytics.errors import AnalyticsError
from analytics.ingest.training.trained import network_reading, record_network
from analytics.models.classifier import Classifier, ClassifierShape
from analytics.models.language_model import LanguageModel, ModelShape
from analytics.models.weights import save_network

WORDS = ["<unk>", "a", "b", "c"]
CORPUS = Corpus(
    "tiny",
    list("abcabzcab"),
    np.array([0, 4, 5]),
    {"label": ["x"] * 4 + ["y"] + ["x"] * 4, "kind": list("uvwuvwuvw")},
)
LOG = [{"epoch": 1, "training_perplexity": 4.0, "validation_perplexity": 3.0, "seconds": 1.0}]


@pytest.fixture
def language_model(tmp_path):
    torch.manual_seed(1)
    model = LanguageModel(ModelShape(n_words=4, kind="gru", n_layers=1, n_units=5, n_embedding=5))
    facts = {
        "perplexity": {"test": 3.0},
        "training": {"seconds": 1},
        "reading": {"by": "char", "lower": True},
    }
    save_network(tmp_path / "network", model, vocabulary=WORDS, facts=facts, log=LOG)
    return tmp_path / "network"


@pytest.fixture(params=[("last", False), ("mean", False), ("last", True), ("mean", True)])
def classifier(request, tmp_path):
    pooling, bidirectional = request.param
    torch.manual_seed(1)
    shape = ClassifierShape(
        n_words=4, n_classes=2, n_units=5, n_embedding=5, pooling=pooling, bidirectional=bidirectional
    )
    model = Classifier(shape).eval()
    torch.nn.init.normal_(model.embedding.weight)
    facts = {"accuracy": {"test": 0.5}, "classes": ["x", "y"]}
    save_network(tmp_path / "network", model, vocabulary=WORDS, facts=facts, log=LOG)
    return tmp_path / "network"


def test_a_language_model_is_recorded_with_weights_facts_and_log(language_model, tmp_path):
    recording = record_network(language_model, CORPUS, tmp_path / "made", progress=False)
    assert recording.token_ids.tolist() == [1, 2, 3, 1, 2, 0, 3, 1, 2]
    assert recording.targets.tolist() == [2, 3, 1, -1, -1, 3, 1, 2, -1]
    assert list(recording.annotations.columns) == ["label", "kind", "entropy"]
    facts = recording.manifest["model"]
    assert facts["title"] == "1 x 5 GRU language model"
    assert facts["training"]["seconds"] == 1
    assert facts["training"]["log"][0]["validation_loss"] == pytest.approx(np.log(3), abs=1e-5)
    assert recording.weights_path.read_bytes() == (language_model / "model.safetensors").read_bytes()


def test_a_classifier_is_recorded_with_classes_at_every_step(classifier, tmp_path):
    recording = record_network(classifier, CORPUS, tmp_path / "made", progress=False)
    from analytics.models.weights import load_network

    model, _, _ = load_network(classifier)
    annotations = recording.annotations
    assert annotations["label"].tolist() == CORPUS.annotations["label"]
    for sequence in CORPUS.sequences():
        ids = torch.from_numpy(recording.token_ids[sequence].astype(np.int64))[:, None]
        with torch.no_grad():
            shares = model(ids).softmax(2)[:, 0].numpy()
        np.testing.assert_allclose(annotations[["P(x)", "P(y)"]].to_numpy()[sequence], shares, atol=1e-5)
    states = {"layer0.hidden", "layer0_reverse.hidden"} if model.shape.bidirectional else {"layer0.hidden"}
    assert states <= set(recording.state_names)
    assert recording.targets is None
    assert recording.manifest["model"]["title"].endswith("LSTM classifier")


def test_labels_that_a_classifier_does_not_know_stay_an_annotation(classifier, tmp_path):
    foreign = Corpus("other", CORPUS.tokens, CORPUS.sequence_starts, {"label": ["z"] * 9})
    recording = record_network(classifier, foreign, tmp_path / "made", progress=False)
    assert set(recording.annotations["label"]) == {"z"}
    assert "P(x)" in recording.annotations


def test_a_network_that_was_not_measured_is_refused(language_model, tmp_path):
    facts = json.loads((language_model / "model.json").read_text())
    del facts["perplexity"]
    (language_model / "model.json").write_text(json.dumps(facts))
    with pytest.raises(AnalyticsError, match=r"was not measured\. Train it again"):
        record_network(language_model, CORPUS, tmp_path / "made", progress=False)
    assert not (tmp_path / "made").exists()


def test_text_is_read_as_it_was_for_the_training(language_model, tmp_path):
    assert network_reading(language_model, kind="text") == Reading(by="char", lower=True)
    changed = network_reading(language_model, kind="documents", by="word", label=2)
    assert changed == Reading(kind="documents", by="word", lower=True, label=2)


@pytest.mark.parametrize(
    ("facts", "reading"),
    [
        ({"reading": {"kind": "python"}}, Reading(by="char")),
        ({"tokenisation": {"method": "spaces"}}, Reading(by="space")),
        ({"tokenisation": {"method": "early modern English", "lower_case": True}}, Reading(lower=True)),
        ({"reading": {"kind": "conllu", "sequences": "document", "lower": True}}, Reading(lower=True)),
        ({}, Reading()),
    ],
)
def test_how_text_is_read_follows_from_what_is_known(tmp_path, facts, reading):
    model = LanguageModel(ModelShape(n_words=4, kind="rnn", n_units=3, n_embedding=3))
    save_network(tmp_path, model, vocabulary=WORDS, facts=facts)
    assert network_reading(tmp_path, kind="text") == reading


def test_a_treebank_is_read_by_document_as_in_the_training(tmp_path):
    model = LanguageModel(ModelShape(n_words=4, kind="rnn", n_units=3, n_embedding=3))
    facts = {"reading": {"kind": "conllu", "sequences": "document"}}
    save_network(tmp_path, model, vocabulary=WORDS, facts=facts)
    assert network_reading(tmp_path, kind="conllu").sequences == "document"
    assert network_reading(tmp_path, kind="conllu", sequences="sentence").sequences == "sentence"
