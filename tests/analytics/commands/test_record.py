import json

import numpy as np
import pytest
import torch

from analytics.models.language_model import LanguageModel, ModelShape
from analytics.models.weights import load_network, save_network
from analytics.store.recording import open_recording

WORDS = ["<unk>", "a", "b", "c"]


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A folder with a network of words in lower case, and texts."""
    torch.manual_seed(0)
    model = LanguageModel(ModelShape(n_words=4, kind="gru", n_layers=1, n_units=5, n_embedding=5))
    facts = {"perplexity": {}, "reading": {"lower": True, "sequences": "paragraph"}}
    save_network(tmp_path / "network", model, vocabulary=WORDS, facts=facts)
    (tmp_path / "text.txt").write_text("A b\nzebra\n\nc\n")
    (tmp_path / "docs.tsv").write_text("x\tA b\ny\tb c\n")
    (tmp_path / "words.conllu").write_text("1\tA\ta\tDET\tDT\t_\t0\troot\t_\t_\n\n")
    (tmp_path / "source.py").write_text("a = b\n")
    (tmp_path / "own_net.py").write_text(
        "import torch\n"
        "def bare():\n"
        "    return torch.nn.Sequential(torch.nn.Embedding(4, 3), torch.nn.RNN(3, 2))\n"
        "def build():\n"
        "    return bare(), ['<unk>', 'a', 'b', 'c']\n"
    )
    monkeypatch.chdir(tmp_path)
    return tmp_path


def record(run, *words):
    return run("record", *words, "--folder", "recordings", "--threads", "1")


def test_a_trained_network_reads_text_as_in_its_training(run, here):
    code, out, err = record(run, "--network", "network", "--text", "text.txt", "--name", "made")
    assert (code, out) == (0, "recordings/made\n")
    assert "1 of 4 tokens (25.0%) are not in the vocabulary and stand as <unk>." in err
    made = open_recording(here / "recordings" / "made")
    assert made.token_ids.tolist() == [1, 2, 0, 3]
    assert made.sequence_starts.tolist() == [0, 3]
    assert made.manifest["sequence_name"] == "paragraph"
    model, _, _ = load_network(here / "network")
    with torch.no_grad():
        hidden, _ = model.states(torch.tensor([[1], [2], [0]]))
    np.testing.assert_allclose(made.states("layer0.hidden").read(0, 3), hidden[:, 0], atol=1e-6)


def test_options_go_through(run, here):
    code, out, _ = record(
        run, "--network", "network", "--text", "text.txt", "--name", "made", "--by", "char", "--sequences",
        "file", "--as-written", "--title", "My Title / ü", "--description", "Mine.",
        "--state", "layer0.hidden", "--top-k", "2", "--dtype", "float16", "--json",
    )  # fmt: skip
    facts = json.loads(out)
    assert code == 0
    assert facts == {
        "name": "made", "path": "recordings/made", "n_positions": 13, "n_sequences": 1,
        "states": {"layer0.hidden": 5}, "annotations": ["entropy"],
    }  # fmt: skip
    made = open_recording(here / "recordings" / "made")
    assert (made.name, made.description, made.predictions.top_k) == ("My Title / ü", "Mine.", 2)
    assert made.manifest["states"]["layer0.hidden"]["dtype"] == "float16"


@pytest.mark.parametrize(
    ("words", "tokens", "annotations"),
    [
        (["--documents", "docs.tsv", "--text-column", "2", "--label-column", "1"], [1, 2, 2, 3], ["label"]),
        (["--conllu", "words.conllu"], [1], ["part of speech", "tag", "relation", "dependency depth"]),
        (["--python", "source.py"], [1, 0, 0, 0, 2, 0], ["token kind", "bracket depth"]),
    ],
)
def test_every_kind_of_text_is_recorded_with_its_annotations(run, here, words, tokens, annotations):
    code, _, err = record(run, "--network", "network", *words, "--name", "made")
    assert code == 0, err
    made = open_recording(here / "recordings" / "made")
    assert made.token_ids.tolist() == tokens
    assert set(annotations) <= set(made.annotations.columns)


def test_a_network_of_ones_own_is_recorded(run, here):
    code, _, err = record(run, "--model", "own_net:build", "--text", "text.txt", "--lower", "--name", "made")
    assert code == 0, err
    made = open_recording(here / "recordings" / "made")
    assert made.token_ids.tolist() == [1, 2, 0, 3]
    assert made.sequence_starts.tolist() == [0, 2, 3]
    assert made.state_names == ("layer0.hidden",)
    assert made.manifest["model"]["made by"] == "own_net:build"


def test_what_is_there_is_kept_unless_it_is_to_be_replaced(run, here):
    command = ["--network", "network", "--text", "text.txt", "--name", "made"]
    record(run, *command)
    before = (here / "recordings" / "made" / "recording.json").stat().st_mtime_ns
    code, out, err = record(run, *command)
    assert (code, out) == (1, "")
    assert err == "There is already recordings/made. Choose another --name, or --overwrite it.\n"
    assert (here / "recordings" / "made" / "recording.json").stat().st_mtime_ns == before
    assert record(run, *command, "--overwrite")[0] == 0
    assert (here / "recordings" / "made" / "recording.json").stat().st_mtime_ns > before


@pytest.mark.parametrize("name", ["a/b", "../up", ".hidden", "two words", "ü", "", "-x", "a" * 101])
def test_a_name_that_is_no_folder_is_refused_before_anything_runs(run, here, name):
    code, out, err = record(run, "--network", "none", "--text", "none.txt", f"--name={name}")
    assert (code, out) == (1, "")
    assert err.startswith("A recording is named with letters")
    assert len(err.splitlines()) == 1
    assert not (here / "recordings").exists()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--network", "network", "--text", "none.txt"], "The text file none.txt is not there."),
        (["--network", "network", "--text", "empty.txt"], "empty.txt holds no token"),
        (["--network", "network", "--text", "latin.txt"], "latin.txt is not UTF-8: byte 0xe9 in line 1."),
        (["--network", "none", "--text", "text.txt"], "The network in none lacks none/model.json."),
        (["--network", "old.pt", "--text", "text.txt"], "old.pt is a pickled checkpoint"),
        (["--network", "pickled", "--text", "text.txt"], "pickled/best.pth is a pickled checkpoint"),
        (["--network", "short", "--text", "text.txt"], "The network in short knows 4 ids"),
        (["--network", "network", "--text", "text.txt", "--state", "layer0.cell"], "layer0.cell"),
        (["--network", "network", "--text", "text.txt", "--device", "cud"], "cud"),
        (["--model", "own_net:bild", "--text", "text.txt"], "The module own_net has no function 'bild'."),
        (["--model", "own_net:bare", "--text", "text.txt"], "own_net:bare returns a network without"),
        (
            ["--model", "own_net:bare", "--vocabulary", "two.txt", "--text", "text.txt"],
            "The network of own_net:bare has an embedding of 4 ids, and its vocabulary has 2 texts.",
        ),
        (
            ["--model", "own_net:bare", "--vocabulary", "no.txt", "--text", "text.txt"],
            "There is no vocabulary",
        ),
        (["--network", "network", "--python", "nowhere"], "There is no Python file nowhere."),
        (["--network", "network", "--documents", "docs.tsv"], "docs.tsv, line 2: there is no column 'text'."),
    ],
)
def test_what_cannot_be_is_one_sentence_and_nothing_is_left(run, here, words, sentence):
    (here / "empty.txt").touch()
    (here / "latin.txt").write_bytes(b"caf\xe9")
    (here / "old.pt").touch()
    (here / "pickled").mkdir()
    (here / "pickled" / "best.pth").touch()
    (here / "two.txt").write_text("a\nb\n")
    model, _, _ = load_network(here / "network")
    save_network(here / "short", model, vocabulary=WORDS[:3], facts={"perplexity": {}})
    code, out, err = record(run, *words, "--name", "made")
    assert (code, out) == (1, "")
    assert sentence in err
    assert len(err.splitlines()) == 1
    assert not list((here / "recordings").glob("*")) if (here / "recordings").exists() else True


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--text", "text.txt", "--name", "x"], "One of --network and --model is needed"),
        (["--network", "a", "--model", "b:c", "--text", "t", "--name", "x"], "and only one"),
        (["--network", "network", "--name", "x"], "One of --text, --conllu, --documents, --python is needed"),
        (["--network", "network", "--text", "a", "--python", "b", "--name", "x"], "and only one"),
        (["--network", "network", "--text", "a"], "--name"),
        (
            ["--network", "network", "--conllu", "a", "--by", "char", "--name", "x"],
            "--by goes with --text or --documents",
        ),
        (
            ["--network", "network", "--documents", "a", "--sequences", "file", "--name", "x"],
            "--sequences goes with --text or --conllu.",
        ),
        (
            ["--network", "network", "--text", "a", "--label-column", "2", "--name", "x"],
            "--label-column goes with --documents.",
        ),
        (["--network", "network", "--text", "a", "--vocabulary", "v", "--name", "x"], "go with --model"),
        (["--network", "network", "--text", "a", "--by", "letter", "--name", "x"], "'letter' is not one of"),
    ],
)
def test_wrong_usage_has_exit_code_two(run, here, words, sentence):
    code, out, err = run("record", *words)
    assert (code, out) == (2, "")
    assert sentence in err
