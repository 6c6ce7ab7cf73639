import json

import numpy as np
import pytest

from analytics.corpora.annotators import ANNOTATORS
from analytics.ingest.from_arrays import write_recording
from analytics.store.recording import open_recording

TOKENS = ["a", "(", "b", ")"]


@pytest.fixture
def folder(tmp_path):
    write_recording(tmp_path / "r", name="r", tokens=TOKENS, states={"layer0.cell": np.zeros((4, 2))})
    return tmp_path


def annotations(folder):
    frame = open_recording(folder / "r").annotations
    return {name: frame[name].tolist() for name in frame}


def test_annotators_and_functions(run, folder, monkeypatch):
    (folder / "letters.py").write_text(
        "def is_letter(token):\n    return token.isalpha()\ndef backwards(tokens):\n    return tokens[::-1]\n"
    )
    monkeypatch.chdir(folder)
    code, out, _ = run(
        "annotate", "r", "--folder", ".", "--with", "bracket depth", "--with", "token length",
        "--function", "letter=letters:is_letter", "--function", "letters:backwards",
    )  # fmt: skip
    assert code == 0
    assert out.splitlines()[:2] == ["r: 4 annotations", "  bracket depth: integer"]
    assert annotations(folder) == {
        "bracket depth": [0, 1, 1, 0],
        "token length": [1, 1, 1, 1],
        "letter": ["yes", "no", "yes", "no"],
        "backwards": TOKENS[::-1],
    }


def test_a_file_and_some_of_its_columns(run, folder):
    (folder / "t.csv").write_text("token,one,two\na,1,x\n(,2,y\nb,3,x\n),4,\n")
    code, _, err = run("annotate", "r", "--folder", folder, "--from", folder / "t.csv", "--only", "one")
    assert (code, err) == (0, "")
    assert annotations(folder) == {"one": [1, 2, 3, 4]}
    code, out, _ = run(
        "annotate",
        "r",
        "--folder",
        folder,
        "--from",
        folder / "t.csv",
        "--align",
        "text",
        "--replace",
        "--json",
    )
    assert code == 0
    assert json.loads(out)["annotations"]["two"] == {"kind": "categorical", "labels": ["x", "y"]}
    assert json.loads(out)["fingerprint"] == open_recording(folder / "r").fingerprint
    code, out, _ = run("annotate", "r", "--folder", folder, "--remove", "one", "--remove", "two")
    assert (code, out) == (0, "r: 0 annotations\n")


def test_texts_that_differ(run, folder):
    (folder / "t.csv").write_text("token,one\na,1\n[,2\nb,3\n),4\n")
    code, out, err = run("annotate", "r", "--folder", folder, "--from", folder / "t.csv", "--align", "text")
    assert (code, out) == (1, "")
    assert "from position 1 on: the recording has '(', the annotations have '['" in err
    assert annotations(folder) == {}


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        ([], 2, "Give one of: --from FILE; --with and --function"),
        (["--with", "quotes", "--remove", "x"], 2, "Give one of"),
        (["--with", "quotes", "--only", "x"], 2, "--only chooses among the annotations of a file"),
        (["--with", "quots"], 1, "There is no annotator 'quots'. Did you mean 'quotes'?"),
        (["--remove", "x"], 1, "has no annotation 'x'"),
        (["--from", "none.csv"], 1, "none.csv cannot be read: No such file"),
        (["--from", "none.csv", "--only", "x"], 1, "none.csv cannot be read: No such file"),
        (["--function", "letters"], 2, "given as MODULE:FUNCTION"),
        (["--function", "no_such_module_at_all:x"], 2, "There is no module 'no_such_module_at_all' here"),
        (["--function", "json:no_such"], 2, "The module 'json' has no function 'no_such'"),
        (["--align", "words", "--with", "quotes"], 2, "is not one of"),
    ],
)
def test_what_is_refused(run, folder, words, code, sentence):
    got, out, err = run("annotate", "r", "--folder", folder, *words)
    assert (got, out) == (code, "")
    assert sentence in err.replace("\n", " ")


def test_an_unknown_recording(run, folder):
    code, _, err = run("annotate", "s", "--folder", folder, "--with", "quotes")
    assert code == 1
    assert "There is no recording 's'" in err


def test_help_names_every_annotator(run):
    _, out, _ = run("annotate", "--help")
    text = " ".join(out.split())
    assert [name for name in ANNOTATORS if f"'{name}'" not in text] == []
