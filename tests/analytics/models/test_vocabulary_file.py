import pytest

from analytics.errors import AnalyticsError
from analytics.models.vocabulary_file import read_vocabulary, vocabulary_text

TOKENS = [
    "<unk>",
    "",
    " ",
    "\n",
    "\r",
    "\t",
    "\\",
    "\\n",
    "\\xe9",
    "\u2028",
    "\x1c",
    "\x85",
    "a\\",
    "🙂",
    "\\u2028",
]


def test_every_token_comes_back(tmp_path):
    file = tmp_path / "vocabulary.txt"
    file.write_text(vocabulary_text(TOKENS), encoding="utf-8")
    assert read_vocabulary(file) == TOKENS
    assert len(file.read_text(encoding="utf-8").splitlines()) == len(TOKENS)


def test_vocabularies_of_others_are_read(tmp_path):
    file = tmp_path / "vocabulary.txt"
    file.write_bytes("\ufeffa\r\nC:\\dir\r\nlast".encode())
    assert read_vocabulary(file) == ["a", "C:\\dir", "last"]


def test_what_is_no_vocabulary_is_refused(tmp_path):
    file = tmp_path / "vocabulary.txt"
    with pytest.raises(AnalyticsError, match=r"no vocabulary .*vocabulary\.txt"):
        read_vocabulary(file)
    file.write_bytes(b"")
    with pytest.raises(AnalyticsError, match="is empty"):
        read_vocabulary(file)
    file.write_bytes(b"a\n\xe9")
    with pytest.raises(AnalyticsError, match="not UTF-8"):
        read_vocabulary(file)
