import json

import pytest
import torch

from analytics.errors import AnalyticsError
from analytics.models.classifier import Classifier, ClassifierShape
from analytics.models.language_model import LanguageModel, ModelShape
from analytics.models.weights import load_network, read_log, save_network

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


def test_a_classifier_comes_back_too(tmp_path):
    shape = ClassifierShape(n_words=len(WORDS), n_classes=2, n_units=4, n_embedding=4, bidirectional=True)
    model = Classifier(shape).eval()
    save_network(tmp_path, model, vocabulary=WORDS, facts={"classes": ["bad", "good"]}, log=[{"epoch": 1}])
    read, _, facts = load_network(tmp_path)
    assert (read.shape, facts["task"], facts["classes"]) == (shape, "classifier", ["bad", "good"])
    ids = torch.tensor([[1], [2]])
    with torch.no_grad():
        torch.testing.assert_close(read(ids), model(ids), atol=1e-3, rtol=0)


@pytest.mark.parametrize("words", [WORDS[:-1], [*WORDS, "more"]])
def test_a_vocabulary_that_lacks_an_id_is_refused(model, tmp_path, words):
    save_network(tmp_path, model, vocabulary=WORDS, facts={})
    (tmp_path / "vocabulary.txt").write_text("".join(f"{word}\n" for word in words))
    with pytest.raises(AnalyticsError, match=rf"knows 6 ids, and its vocabulary has {len(words)} lines"):
        load_network(tmp_path)


def test_pickles_are_refused_and_never_opened(tmp_path):
    (tmp_path / "best.pt").write_bytes(b"never read")
    for path in (tmp_path, tmp_path / "best.pt"):
        with pytest.raises(AnalyticsError, match=r"best\.pt is a pickled checkpoint.*python -c .*save_file"):
            load_network(path)


def test_until_all_is_written_nothing_loads(model, tmp_path, monkeypatch):
    save_network(tmp_path, model, vocabulary=WORDS, facts={})
    with monkeypatch.context() as patch:
        patch.setattr("os.replace", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left on device")))
        with pytest.raises(AnalyticsError, match=r"model\.safetensors cannot be written: No space left"):
            save_network(tmp_path, model, vocabulary=WORDS, facts={"new": 1})
    assert not list(tmp_path.glob(".*"))
    with pytest.raises(AnalyticsError, match=r"lacks .*model\.json"):
        load_network(tmp_path)


def test_logs_give_losses_and_perplexities(tmp_path):
    assert read_log(tmp_path) == []
    (tmp_path / "log.jsonl").write_text(
        '{"epoch": 1, "training_perplexity": 10.0, "validation_perplexity": 1}\n'
    )
    line = {"epoch": 1, "training_loss": 2.30259, "validation_loss": 0.0}
    assert read_log(tmp_path) == [line | {"training_perplexity": 10.0, "validation_perplexity": 1}]
    (tmp_path / "log.jsonl").write_text("{")
    with pytest.raises(AnalyticsError, match="not lines of JSON"):
        read_log(tmp_path)
