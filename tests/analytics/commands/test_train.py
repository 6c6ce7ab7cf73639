import json

import pytest

PLAN = """
[corpus]
training = ["text.txt"]
[network]
kind = "rnn"
n_layers = 1
n_units = 4
n_embedding = 4
[schedule]
epochs = 2
"""


@pytest.fixture
def plan(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "text.txt").write_text("a b a\nb a b\n" * 10)
    (tmp_path / "tiny.toml").write_text(PLAN)
    return tmp_path


def test_a_file_is_trained_into_the_folders_by_default(run, plan):
    code, out, err = run("train", "tiny.toml", "--threads", "1")
    assert code == 0
    assert out.splitlines()[-1] == "data/networks/tiny"
    assert out.startswith("perplexity on the validation text: ")
    assert sorted(file.name for file in (plan / "data/networks/tiny").iterdir()) == [
        "log.jsonl", "model.json", "model.safetensors", "vocabulary.txt",
    ]  # fmt: skip
    assert sorted(file.name for file in (plan / "data/training/tiny").iterdir()) == [
        "best.pt", "last.pt", "log.jsonl",
    ]  # fmt: skip
    assert [json.loads(line)["epoch"] for line in err.splitlines() if line.startswith("{")] == [1, 2]


def test_machines_get_the_measures(run, plan):
    _, out, _ = run(
        "train", "tiny.toml", "--out", "there", "--checkpoints", "here", "--epochs", "1", "--json"
    )
    facts = json.loads(out)
    assert facts["network"] == "there"
    assert facts["perplexity"]["validation"] > 1
    assert (plan / "here" / "last.pt").exists()


def test_given_again_it_does_not_train_again(run, plan):
    _, first, _ = run("train", "tiny.toml")
    _, second, err = run("train", "tiny.toml")
    assert first == second
    assert "{" not in err


def test_values_of_the_file_may_be_changed(run, plan):
    code, out, _ = run("train", "tiny.toml", "--set", "schedule.epochs=1", "--set", "name='other'")
    assert (code, out.splitlines()[-1]) == (0, "data/networks/other")
    assert len((plan / "data/networks/other/log.jsonl").read_text().splitlines()) == 1


def test_a_mistake_in_the_file_is_one_sentence(run, plan):
    (plan / "bad.toml").write_text(PLAN.replace("n_units", "n_unit"))
    code, out, err = run("train", "bad.toml")
    assert (code, out) == (1, "")
    assert err.splitlines() == ["bad.toml, [network]: there is no key 'n_unit'. Did you mean 'n_units'?"]
    assert not (plan / "data").exists()


@pytest.mark.parametrize(
    "words",
    [
        ["chess"],
        [],
        ["parentheses", "--set", "schedule.epochs=1"],
        ["parentheses", "--keep-every", "1"],
        ["a.toml", "--epochs", "0"],
    ],
)
def test_wrong_usage_has_exit_code_two(run, words):
    code, out, err = run("train", *words)
    assert (code, out) == (2, "")
    assert "Usage: " in err


def test_checkpoints_are_kept_and_recorded_with_their_step(run, plan):
    code, _, _ = run("train", "tiny.toml", "--epochs", "3", "--keep-every", "2", "--out", "net")
    assert code == 0
    assert [folder.name for folder in (plan / "net/steps").iterdir()] == ["0002"]
    code, out, err = run(
        "record", "--network", "net/steps/0002", "--text", "text.txt", "--name", "two", "--json"
    )
    assert code == 0, err
    manifest = json.loads((plan / json.loads(out)["path"] / "recording.json").read_text())
    assert (manifest["step"], manifest["training"]) == (2, "tiny")
    log = [json.loads(line) for line in (plan / "net/steps/0002/log.jsonl").read_text().splitlines()]
    assert manifest["model"]["perplexity"] == {"validation": log[1]["validation_perplexity"]}
    code, out, _ = run(
        "record", "--network", "net", "--text", "text.txt", "--name", "last", "--step", "7",
        "--training", "run-3", "--json",
    )  # fmt: skip
    manifest = json.loads((plan / json.loads(out)["path"] / "recording.json").read_text())
    assert (code, manifest["step"], manifest["training"]) == (0, 7, "run-3")


def test_a_network_without_checkpoints_says_no_step(run, plan):
    run("train", "tiny.toml", "--out", "net")
    _, out, _ = run("record", "--network", "net", "--text", "text.txt", "--name", "plain", "--json")
    manifest = json.loads((plan / json.loads(out)["path"] / "recording.json").read_text())
    assert not {"step", "training"} & manifest.keys()
    code, _, err = run("record", "--network", "net", "--text", "text.txt", "--name", "bad", "--step", "7")
    assert code == 1 and err.splitlines()[-1] == (
        "A step is one of a training. Got step=7: name it too, training='run-3'."
    )
