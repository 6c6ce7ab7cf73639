import sys

import numpy as np
import pytest
import torch

import analytics
from analytics.corpora.corpus import Corpus
from analytics.corpora.reading import Reading
from analytics.errors import AnalyticsError
from analytics.ingest.training.user_model import load_user_model, record_user_model

SOURCE = """
import torch
from torch import nn

class Model(nn.Module):
    def __init__(self, n_words=3, n_outputs=3):
        super().__init__()
        torch.manual_seed(0)
        self.embed, self.layers = nn.Embedding(n_words, 4), nn.GRU(4, 5)
        self.out = nn.Linear(5, n_outputs)

    def forward(self, ids):
        return self.out(self.layers(self.embed(ids))[0])

def build():
    return Model(), ["<unk>", "a", "b"]

def without_vocabulary():
    return Model(256, 256)

def classifier():
    return Model(3, 2), ["<unk>", "a", "b"]

def too_few():
    return Model(), ["<unk>", "a"]

def too_many():
    return Model(), ["<unk>", "a", "b", "c"]

def text_vocabulary():
    return Model(), "abc"

def numbers():
    return Model(), [1, 2, 3]

def weights_only():
    return Model().state_dict()

def triple():
    return Model(), ["a"], 3

def fails():
    raise OSError("no weights here\\nsecond line")

def needs(argument):
    return Model()

ready = Model(), ["<unk>", "a", "b"]
module = Model(256, 256)
number = 3
"""


@pytest.fixture
def nets(tmp_path, monkeypatch):
    """A module `own_nets` in the current folder."""
    (tmp_path / "own_nets.py").write_text(SOURCE)
    (tmp_path / "broken_nets.py").write_text("def build(:\n")
    (tmp_path / "needy_nets.py").write_text("import no_such_package_at_all\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    before = list(sys.path)
    yield tmp_path
    assert sys.path == before
    for name in ("own_nets", "broken_nets", "needy_nets"):
        sys.modules.pop(name, None)


def test_a_function_gives_a_network_and_its_vocabulary(nets):
    model, vocabulary = load_user_model("own_nets:build")
    assert isinstance(model, torch.nn.Module)
    assert vocabulary == ["<unk>", "a", "b"]


def test_a_network_needs_no_vocabulary_yet(nets):
    for name in ("without_vocabulary", "module"):
        model, vocabulary = load_user_model(f"own_nets:{name}")
        assert vocabulary is None
        assert model.embed.num_embeddings == 256


@pytest.mark.parametrize(
    ("place", "sentence"),
    [
        ("own_nets", r"named module:function, .* Got 'own_nets'"),
        ("own_nets.py:build", r"named module:function, .* Got 'own_nets\.py:build'"),
        ("./own_nets:build", r"named module:function"),
        ("own_nets:", "named module:function"),
        (":build", "named module:function"),
        ("own_nets:build()", "named module:function"),
        ("own nets:build", "named module:function"),
        ("no_nets:build", r"There is no module 'no_nets', neither in .* nor among the installed packages"),
        ("own_nets:bild", r"The module own_nets has no function 'bild'\. Did you mean 'build'"),
        ("broken_nets:build", "broken_nets cannot be imported: SyntaxError"),
        ("needy_nets:build", "needs the package 'no_such_package_at_all', which is not installed"),
        ("own_nets:fails", r"called without arguments, failed: OSError: no weights here$"),
        ("own_nets:needs", "called without arguments, failed: TypeError"),
        ("own_nets:number", r"own_nets:number is a function that returns an nn\.Module.* Got int"),
        ("own_nets:ready", r"Got tuple"),
        ("own_nets:weights_only", r"own_nets:weights_only is a function .* It returned OrderedDict"),
        ("own_nets:triple", "It returned tuple"),
        ("own_nets:text_vocabulary", r"list of texts in the order of ids\. Got str"),
        ("own_nets:numbers", r"Token id 0 is a text\. Got 1"),
    ],
)
def test_what_gives_no_network_is_one_sentence(nets, place, sentence):
    with pytest.raises(AnalyticsError, match=sentence) as raised:
        load_user_model(place)
    assert "\n" not in str(raised.value)


CORPUS = Corpus("tiny", ["a", "b", "zebra", "a"], np.array([0, 2]), {"label": ["x", "x", "y", "y"]})


def test_a_network_of_the_users_own_is_recorded(nets):
    recording = record_user_model("own_nets:build", CORPUS, nets / "mine", progress=False)
    assert recording.token_ids.tolist() == [1, 2, 0, 1]
    assert list(recording.annotations.columns) == ["label", "entropy"]
    model, _ = load_user_model("own_nets:build")
    with torch.no_grad():
        hidden = model.layers(model.embed(torch.tensor([[1], [2]])))[0][:, 0]
    np.testing.assert_allclose(recording.states("layer0.hidden").read(0, 2), hidden, atol=1e-6)


def test_a_classifier_of_the_users_own_is_recorded(nets):
    recording = record_user_model(
        "own_nets:classifier", CORPUS, nets / "mine", classes=["x", "y"], progress=False
    )
    assert recording.annotations["label"].tolist() == ["x", "x", "y", "y"]
    shares = recording.annotations[["P(x)", "P(y)"]].to_numpy()
    np.testing.assert_allclose(shares.sum(axis=1), 1, atol=1e-6)
    assert recording.predictions is None


def test_bytes_need_no_vocabulary(nets):
    corpus = Corpus("bytes", ["a", "\\xe9"], np.array([0]))
    recording = record_user_model(
        "own_nets:without_vocabulary", corpus, nets / "mine", reading=Reading(by="byte"), progress=False
    )
    assert recording.token_ids.tolist() == [97, 233]
    typed = analytics.open_network(recording).tokenise("aé")
    assert (typed.ids.tolist(), typed.how) == ([97, 195, 169], "by byte")


def test_other_text_is_read_as_the_corpus_was(nets):
    reading = Reading(kind="documents", by="word", lower=True)
    recording = record_user_model("own_nets:build", CORPUS, nets / "mine", reading=reading, progress=False)
    assert recording.manifest["model"]["made by"] == "own_nets:build"
    typed = analytics.open_network(recording).tokenise("A, B zebra")
    assert typed.tokens == ("a", ",", "b", "zebra")
    assert typed.ids.tolist() == [1, 0, 2, 0]


def test_a_vocabulary_may_lie_in_a_file(nets):
    (nets / "words.txt").write_text("\n".join(map(str, range(256))))
    recording = record_user_model(
        "own_nets:module",
        Corpus("n", ["7", "9"], np.array([0])),
        nets / "mine",
        vocabulary_file="words.txt",
        progress=False,
    )
    assert recording.token_ids.tolist() == [7, 9]


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("without_vocabulary", "returns a network without a vocabulary, so its ids are unknown"),
        ("too_few", "embedding of 3 ids, and its vocabulary has 2 texts"),
        ("too_many", "embedding of 3 ids, and its vocabulary has 4 texts"),
    ],
)
def test_a_vocabulary_that_does_not_fit_is_refused(nets, name, sentence):
    with pytest.raises(AnalyticsError, match=sentence):
        record_user_model(f"own_nets:{name}", CORPUS, nets / "mine", progress=False)
    assert not (nets / "mine").exists()
