import json

import pytest
import torch

from analytics.errors import AnalyticsError
from analytics.models.language_model import LanguageModel, ModelShape
from analytics.models.weights import load_network, save_network

WORDS = ["<unk>", "the", "&", "<b>", "é", "'"]


@pytest.fixture(params=[True, False])
def model(request):
    return LanguageModel(ModelShape(n_words=len(WORDS), n_units=4, n_embedding=4, tied=request.param)).eval()


def test_a_network_comes_back_rounded_to_float16(model, tmp_path):
    save_network(tmp_path, model, vocabulary=WORDS, facts={"corpus": "none"})
    read, vocabulary, facts = load_network(tmp_path)
    assert vocabulary == WORDS
    assert facts["corpus"] == "none"
    assert read.shape == model.shape
    for name, value in model.state_dict().items():
        assert torch.equal(read.state_dict()[name], value.half().float())


def test_the_matrix_of_tied_weights_is_stored_once(tmp_path):
    shape = {"n_words": 6, "n_units": 64, "n_embedding": 64}
    sizes = {}
    for tied in (True, False):
        save_network(tmp_path, LanguageModel(ModelShape(**shape, tied=tied)), vocabulary=WORDS, facts={})
        sizes[tied] = (tmp_path / "model.safetensors").stat().st_size
    assert sizes[False] - sizes[True] >= 6 * 64 * 2


def test_missing_weights_say_how_to_make_them(tmp_path):
    with pytest.raises(AnalyticsError, match=r"lacks .*model\.json\. Train it: python -m analytics train"):
        load_network(tmp_path)


def test_truncated_weights_are_refused(model, tmp_path):
    save_network(tmp_path, model, vocabulary=WORDS, facts={})
    whole = (tmp_path / "model.safetensors").read_bytes()
    (tmp_path / "model.safetensors").write_bytes(whole[:50])
    with pytest.raises(AnalyticsError, match="cannot be read"):
        load_network(tmp_path)


def test_weights_of_another_shape_are_refused(model, tmp_path):
    save_network(tmp_path, model, vocabulary=WORDS, facts={})
    facts = json.loads((tmp_path / "model.json").read_text())
    facts["network"]["n_words"] = 7
    (tmp_path / "model.json").write_text(json.dumps(facts))
    with pytest.raises(AnalyticsError, match="cannot be read"):
        load_network(tmp_path)
