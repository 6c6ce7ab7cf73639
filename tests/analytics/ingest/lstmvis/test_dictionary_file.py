"""Dictionaries: which lines are words is what LSTMVis' reader takes for words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.errors import SourceFileError
from analytics.ingest.importing.report import Notes
from analytics.ingest.lstmvis.dictionary_file import read_dictionary


@pytest.fixture
def read(tmp_path):
    def read_bytes(content):
        (tmp_path / "w.dict").write_bytes(content)
        notes = Notes()
        return read_dictionary(tmp_path / "w.dict", notes), notes.sentences()

    return read_bytes


@pytest.mark.parametrize(
    ("content", "texts"),
    [
        (b"a 1\nb 2", {1: "a", 2: "b"}),
        (b"a\t1\r\nb   2  \r\n", {1: "a", 2: "b"}),
        (b"\xef\xbb\xbfa 1\n", {1: "a"}),
        (b"a -1\nb +2\nc 007\n", {-1: "a", 2: "b", 7: "c"}),
        ("\u00a0 1\n\u3000 2\n".encode(), {1: "\u00a0", 2: "\u3000"}),
        (b"  1\n", {1: " "}),
        (b" 1\n", {1: " "}),
        (b"\n 1\n", {1: " "}),
        (b"\n 1\n  2\n", {1: "\n", 2: " "}),
        (b"  2\n\n 1\n", {2: " ", 1: "\n"}),
        (b"\t 1\n", {1: "\t"}),
        (b"12 5\n", {5: "12"}),
        (b"a 9223372036854775808\nb 1\n", {1: "b"}),
        (b"caf\xe9 1\n", {1: "café"}),
    ],
)
def test_lines(read, content, texts):
    assert read(content)[0] == texts


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"a 1\nnew york 2\n", "1 line is not a word and its id, and is left out: line 2 'new york 2'"),
        (b"a 1\nb 1.5\nc x\n", "2 lines are not a word"),
        (b"a 1\nb 1\n", "1 stand there with different words"),
        (b"a 1\na 2\n", "'a' stand there with several ids"),
        (b"caf\xe9 1\n", "Latin-1"),
        (b"a 1\n\n\n", None),
    ],
)
def test_what_is_told(read, content, told):
    notes = read(content)[1]
    assert notes == () if told is None else any(told in note for note in notes)


@pytest.mark.parametrize("content", [b"", b"\n\n", b"1 the\n", b"\x00\x01"])
def test_no_word_at_all(read, content):
    with pytest.raises(SourceFileError, match="no line with a word and its id"):
        read(content)


words = st.text(st.characters(codec="utf-8", exclude_characters=" \t\n\r\x0b\x0c"), min_size=1, max_size=5)


@given(texts=st.dictionaries(st.integers(-(2**40), 2**40), words, min_size=1, max_size=20))
def test_every_word_comes_back(tmp_path_factory, texts):
    path = tmp_path_factory.mktemp("d") / "w.dict"
    path.write_text("".join(f"{text} {number}\n" for number, text in texts.items()), "utf-8", newline="\n")
    first = next(iter(texts))
    if texts[first].startswith("\ufeff"):
        return  # A mark of the encoding, where it is the first letter of a file.
    assert read_dictionary(path, Notes()) == texts
