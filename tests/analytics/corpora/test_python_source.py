import io
import tokenize

import numpy as np
import pytest

from analytics.corpora.python_source import TOKEN_KINDS, label_source, python_files, read_python
from analytics.errors import ParameterError

SOURCE = 'def f(a, *, b=[1, 2]):\n\tif a:  # yes (\n\t\treturn """({\n  "" """ + "x"\n\n# end\nf(\n  3)\n'


def shown(values) -> list[str]:
    """Each label's first letter, one string a line of the source."""
    letters = "".join("?" if kind < 0 else TOKEN_KINDS[kind][0] for kind in values)
    return letters.split()


def test_every_character_has_its_kind():
    kinds, _, _ = label_source("x = 'a'  # b\n")
    assert [TOKEN_KINDS[kind] for kind in kinds] == (
        ["name", "white space", "operator", "white space", *["string"] * 3]
        + ["white space"] * 2
        + ["comment"] * 3
        + ["newline"]
    )


def test_brackets_in_strings_and_comments_do_not_count():
    _, depths, _ = label_source(SOURCE)
    counted, expected = 0, []
    inside = {"(": 1, "[": 1, ")": -1, "]": -1}
    kinds, _, _ = label_source(SOURCE)
    for character, kind in zip(SOURCE, kinds, strict=True):
        counted += inside.get(character, 0) if TOKEN_KINDS[kind] == "operator" else 0
        expected.append(counted)
    assert max(expected) == 2
    assert depths.tolist() == expected


def test_indentation_is_that_of_the_statement():
    _, _, levels = label_source(SOURCE)
    lines = SOURCE.split("\n")
    starts = np.cumsum([0, *(len(line) + 1 for line in lines)])
    assert [levels[start] for start in starts[:8]] == [0, 1, 2, 2, 2, 2, 0, 0]


def test_labels_agree_with_tokenize_on_the_standard_library():
    files = python_files(["stdlib:json/*.py", "stdlib:tokenize.py", "stdlib:textwrap.py"])
    assert len(files) >= 6
    for file in files:
        text = file.read_text(encoding="utf-8")
        kinds, depths, levels = label_source(text)
        rebuilt = {"string": "", "comment": "", "number": ""}
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            name = tokenize.tok_name[token.type].lower()
            if name in rebuilt:
                rebuilt[name] += token.string
        characters = np.array(list(text), dtype=object)
        for name, joined in rebuilt.items():
            assert "".join(characters[kinds == TOKEN_KINDS.index(name)]) == joined
        assert (kinds >= 0).all()
        assert depths[-1] == 0
        assert np.isfinite(levels).all()
        assert all(
            char.isspace() or char == "\\" for char in characters[kinds == TOKEN_KINDS.index("white space")]
        )


@pytest.mark.parametrize(
    ("source", "good"),
    [
        ("x = 1\ny = '''open\n", "x = 1\ny ="),
        ("if x:\n    a\n  b\n", "if x:\n    a\n"),
        ("ok\n\0\n", "ok\n"),
    ],
)
def test_what_does_not_tokenize_has_no_labels_from_there_on(source, good):
    kinds, depths, levels = label_source(source)
    assert (kinds[: len(good)] >= 0).all()
    assert (kinds[len(good) + 2 :] < 0).all()
    assert np.isnan(depths[kinds < 0]).all()
    assert np.isnan(levels[kinds < 0]).all()


def test_a_bracket_that_is_never_closed_stays_open():
    _, depths, _ = label_source("f(\n x\n")
    assert depths.tolist() == [0, 1, 1, 1, 1, 1]


def test_too_many_closing_brackets_do_not_count_below_nothing():
    _, depths, _ = label_source(")(\n")
    assert depths.tolist() == [0, 1, 1]


def test_files_become_sequences_with_annotations(tmp_path):
    (tmp_path / "b.py").write_bytes(b"# caf\xe9\r\nx\t= '\xe9'\r\n")
    (tmp_path / "a.py").write_bytes(b"# -*- coding: latin-1 -*-\ny = '\xe9'\n")
    (tmp_path / "empty.py").touch()
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "c.py").write_text("\ufeffz\n")
    corpus = read_python(tmp_path)
    texts = ["".join(corpus.tokens[part]) for part in corpus.sequences()]
    assert texts == ["# -*- coding: latin-1 -*-\ny = 'é'\n", "# caf\ufffd\nx\t= '\ufffd'\n", "z\n"]
    assert set(corpus.annotations) == {
        "token kind", "string or comment", "bracket depth", "indentation", "file",
    }  # fmt: skip
    assert set(corpus.annotations["string or comment"]) == {"code", "string", "comment"}
    assert list(corpus.annotations["file"].categories) == ["a.py", "b.py", "deep/c.py"]
    assert list(corpus.annotations["token kind"].categories) == list(TOKEN_KINDS)


def test_labels_are_missing_where_the_file_does_not_tokenize(tmp_path):
    (tmp_path / "bad.py").write_text("x = 1\ny = '" + "''open\n")
    corpus = read_python(tmp_path / "bad.py")
    assert corpus.annotations["token kind"][0] == "name"
    assert corpus.annotations["string or comment"][0] == "code"
    for name in ("token kind", "string or comment"):
        assert corpus.annotations[name].isna()[-1]


def test_files_are_named_once(tmp_path):
    (tmp_path / "a.py").write_text("x\n")
    assert python_files([tmp_path, tmp_path / "a.py"]) == [tmp_path / "a.py"]


def test_what_is_not_there_is_refused(tmp_path):
    for path in (tmp_path / "no.py", tmp_path, "stdlib:no_such_module.py"):
        with pytest.raises(ParameterError, match="There is no Python file"):
            python_files(path)
    (tmp_path / "empty.py").touch()
    with pytest.raises(ParameterError, match="the files are empty"):
        read_python(tmp_path)
