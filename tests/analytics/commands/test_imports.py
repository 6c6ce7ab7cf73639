import json

import numpy as np
import pytest

from tests.lstmvis_projects import FULL, write_project
from tests.recordings import random_states


@pytest.fixture
def npz(tmp_path):
    path = tmp_path / "my run.npz"
    np.savez(
        path, h=random_states(3, 2), tokens=np.array(["a", "b", "a"]), depth=np.arange(3), tag=np.arange(3)
    )
    return path


def test_an_lstmvis_project(run, tmp_path):
    write_project(tmp_path / "book", yml=FULL)
    code, out, err = run("import", "lstmvis", tmp_path / "book", "--folder", tmp_path / "r", "--json")
    facts = json.loads(out)
    assert code == 0
    assert facts["name"] == "book"
    assert facts["states"] == ["layer1.state", "layer2.state", "layer2.output", "word_embedding"]
    assert all(note in err for note in facts["notes"])
    assert any("logarithms" in note for note in facts["notes"])


def test_names_and_chosen_states(run, tmp_path):
    write_project(tmp_path / "book")
    words = ("import", "lstmvis", tmp_path / "book" / "lstm.yml", "--folder", tmp_path, "--state", "states2")
    code, out, _ = run(*words, "--name", "mine", "--dtype", "float16", "--description", "of a book", "--json")
    assert code == 0
    assert json.loads(out)["states"] == ["layer2.state"]
    facts = json.loads((tmp_path / "mine" / "recording.json").read_text())
    assert (facts["name"], facts["description"]) == ("mine", "of a book")
    assert facts["states"]["layer2.state"]["dtype"] == "float16"
    assert run(*words, "--name", "mine")[0] == 1
    assert run(*words, "--name", "mine", "--overwrite")[0] == 0


def test_arrays(run, tmp_path, npz):
    words = ("import", "arrays", npz, "--folder", tmp_path / "r", "--json")
    code, out, _ = run(*words, "--state", "layer0.hidden=h", "--annotation", "tag", "--tokens", "tokens")
    facts = json.loads(out)
    assert (code, facts["name"], facts["n_positions"]) == (0, "my_run", 3)
    assert (facts["states"], facts["annotations"]) == (["layer0.hidden"], ["tag"])
    code, _, err = run(*words, "--state", "h", "--state", "x=h", "--overwrite")
    assert (code, "NAME=KEY" in err) == (1, True)


def test_a_table(run, tmp_path):
    (tmp_path / "t.csv").write_text("w,x0,x1,tag\n1,0.5,1,n\n0,2,3,v\n")
    (tmp_path / "v.txt").write_text("no\nyes\n")
    options = ("--token", "w", "--units", "h=x*", "--vocabulary", tmp_path / "v.txt", "--sequence", "tag")
    code, out, _ = run("import", "table", tmp_path / "t.csv", "--folder", tmp_path / "r", "--json", *options)
    facts = json.loads(out)
    assert (code, facts["name"], facts["states"], facts["n_sequences"]) == (0, "t", ["h"], 2)


def test_without_json_the_path_is_printed(run, tmp_path, npz):
    _, out, err = run("import", "arrays", npz, "--folder", tmp_path / "r")
    assert out == f"{tmp_path / 'r' / 'my_run'}\n"
    assert "The array 'tokens' holds the tokens." in err


@pytest.mark.parametrize("name", ["../out", "a/b", ".hidden", "with space", "naïve", "-x", ""])
def test_names_that_are_no_folders_are_refused(run, tmp_path, npz, name):
    code, _, err = run("import", "arrays", npz, "--folder", tmp_path / "r", f"--name={name}")
    if name:
        assert code == 1
        assert "is named with letters" in err
        assert sorted(place.name for place in tmp_path.iterdir()) == ["my run.npz"]
    else:
        assert code == 0


def test_a_pickle_is_a_sentence(run, tmp_path):
    (tmp_path / "run.pt").write_bytes(b"\x80\x02.")
    code, out, err = run("import", "arrays", tmp_path / "run.pt", "--folder", tmp_path / "r")
    assert (code, out) == (1, "")
    assert "weights_only=True" in err and "Traceback" not in err
    assert not (tmp_path / "r").exists() or not list((tmp_path / "r").iterdir())


@pytest.mark.parametrize("kind", ["lstmvis", "arrays", "table"])
def test_help_names_every_option(run, kind):
    code, out, _ = run("import", kind, "--help")
    assert code == 0
    for option in ("--name", "--folder", "--dtype", "--description", "--overwrite", "--json"):
        assert option in out
    described = [line for line in out.splitlines() if line.strip().startswith("--")]
    assert all(len(line.split()) > 2 for line in described)
