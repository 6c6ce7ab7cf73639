import numpy as np
import pytest

from analytics.corpora.text import SEQUENCES_OF_TEXT, read_text
from analytics.corpora.words import BYTE_TEXTS, UNITS_OF_TEXT
from analytics.errors import ParameterError

TEXT = "\n \nOne two.\n  three\n\n\nFour\t<unk>\n \n\nfive"


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "some text.txt"
    path.write_text(TEXT)
    return path


def pieces(corpus) -> list[list[str]]:
    return [corpus.tokens[part] for part in corpus.sequences()]


def test_a_sequence_for_each_line(file):
    assert pieces(read_text(file)) == [["One", "two", "."], ["three"], ["Four", "<unk>"], ["five"]]


def test_a_sequence_for_each_paragraph(file):
    assert pieces(read_text(file, sequences="paragraph")) == [
        ["One", "two", ".", "three"],
        ["Four", "<unk>"],
        ["five"],
    ]


def test_a_sequence_for_each_file(file, tmp_path):
    other = tmp_path / "other.txt"
    other.write_text("six")
    corpus = read_text([file, other], sequences="file", lower=True)
    assert [len(piece) for piece in pieces(corpus)] == [7, 1]
    assert corpus.tokens[0] == "one"
    assert list(corpus.annotations["file"]) == ["some text.txt"] * 7 + ["other.txt"]
    assert corpus.name == "some text, other"


@pytest.mark.parametrize("sequences", SEQUENCES_OF_TEXT)
def test_characters_joined_are_the_text(file, sequences):
    corpus = read_text(file, by="char", sequences=sequences)
    assert "".join(corpus.tokens) == TEXT
    if sequences == "line":
        assert ["".join(piece) for piece in pieces(corpus)] == [
            "\n \nOne two.\n",
            "  three\n\n\n",
            "Four\t<unk>\n \n\n",
            "five",
        ]


def test_bytes_joined_are_the_file_whatever_its_encoding(tmp_path):
    data = np.random.default_rng(0).integers(0, 256, size=2000, dtype=np.uint8).tobytes()
    (tmp_path / "noise").write_bytes(data)
    for sequences in SEQUENCES_OF_TEXT:
        corpus = read_text(tmp_path / "noise", by="byte", sequences=sequences)
        assert bytes(BYTE_TEXTS.index(token) for token in corpus.tokens) == data


def test_marks_of_order_and_ends_of_lines_are_of_one_kind(tmp_path):
    (tmp_path / "dos.txt").write_bytes("\ufeffa\r\nb\rc".encode())
    assert read_text(tmp_path / "dos.txt", by="char", sequences="file").tokens == list("a\nb\nc")


def test_a_file_in_another_encoding_says_how_to_convert_it(tmp_path):
    (tmp_path / "old.txt").write_bytes("one\ntwo caf\xe9".encode("latin-1"))
    with pytest.raises(
        ParameterError, match=r"old\.txt is not UTF-8: byte 0xe9 in line 2\. .*iconv -f LATIN1"
    ):
        read_text(tmp_path / "old.txt")


@pytest.mark.parametrize("content", ["", " \n\t\n"])
@pytest.mark.parametrize("by", ["word", "space"])
def test_a_text_without_tokens_is_refused(tmp_path, content, by):
    (tmp_path / "empty.txt").write_text(content)
    with pytest.raises(ParameterError, match=r"empty\.txt holds no token"):
        read_text(tmp_path / "empty.txt", by=by)


@pytest.mark.parametrize("by", UNITS_OF_TEXT)
def test_an_empty_file_is_refused(tmp_path, by):
    (tmp_path / "empty.txt").touch()
    with pytest.raises(ParameterError, match="holds no token"):
        read_text(tmp_path / "empty.txt", by=by)


def test_what_is_no_file_is_refused(tmp_path):
    with pytest.raises(ParameterError, match=r"none\.txt is not there\. Name a file\."):
        read_text(tmp_path / "none.txt")
    with pytest.raises(ParameterError, match="is a folder"):
        read_text(tmp_path)
    with pytest.raises(ParameterError, match="At least one text file"):
        read_text([])
    with pytest.raises(ParameterError, match=r"line, paragraph, file of the text\. Got 'page'"):
        read_text(tmp_path, sequences="page")
