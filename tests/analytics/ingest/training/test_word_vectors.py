import numpy as np
import pytest

from analytics.errors import ParameterError
from analytics.ingest.training.word_vectors import read_word_vectors

WORDS = ["<unk>", "cat", "dog", "New York"]


def write(tmp_path, text: str | bytes):
    path = tmp_path / "vectors.txt"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


@pytest.mark.parametrize("size", ["", "4 2\n", "\ufeff4 2\n"])
@pytest.mark.parametrize("end", ["\n", "\r\n", " \n"])
def test_word2vec_and_glove_are_read_alike(tmp_path, size, end):
    lines = ["dog 0.5 -1e1", "cow 9 9", "cat 1 2", "New York 3 4"]
    path = write(tmp_path, size + end.join(lines) + end)
    values, found = read_word_vectors(path, WORDS, n_embedding=2)
    assert values.dtype == np.float32
    assert found.tolist() == [False, True, True, True]
    assert values[1:].tolist() == [[1, 2], [0.5, -10], [3, 4]]
    np.testing.assert_allclose(
        values[0], [1.5, -4 / 3], rtol=1e-6, err_msg="the mean of the others, not of cow"
    )


def test_of_two_vectors_the_first_counts(tmp_path):
    path = write(tmp_path, "cat 1 2\ncat 3 4\n")
    assert read_word_vectors(path, WORDS, n_embedding=2).values[1].tolist() == [1, 2]


def test_a_word_may_look_like_a_number(tmp_path):
    path = write(tmp_path, "2 2\n7 1 2\n8 3 4\n")
    assert read_word_vectors(path, ["<unk>", "8"], n_embedding=2).values[1].tolist() == [3, 4]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            "cat 1 2 3\n",
            r"Line 1 of .*vectors\.txt has 3 numbers after its word, where the embedding has 2\.",
        ),
        ("2 3\ncat 1 2 3\n", r"Line 2 .* has 3 numbers .* Set n_embedding = 3"),
        ("cat 1 2\ndog 1\n", r"Line 2 .* has 1 numbers"),
        ("cat 1 x\n", r"Line 1 .* holds 'x', which is no finite number"),
        ("cat 1 nan\n", r"Line 1 .* holds 'nan'"),
        ("cat 1 inf\n", r"Line 1 .* holds 'inf'"),
        ("cat 1 1e99\n", r"Line 1 .* holds '1e99'"),
        ("cow 1 2\n", r"None of the 4 words of the vocabulary has a vector in .*lower = true"),
        ("", "None of the 4 words"),
        (b"cat \xff\xfe\x00", r"is not UTF-8, .*save_word2vec_format\(file, binary=False\)"),
    ],
)
def test_what_are_no_vectors_for_the_network_is_refused(tmp_path, text, sentence):
    path = write(tmp_path, text)
    with pytest.raises(ParameterError, match=sentence):
        read_word_vectors(path, WORDS, n_embedding=2)


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(ParameterError, match=r"There is no file of word vectors .*none\.txt"):
        read_word_vectors(tmp_path / "none.txt", WORDS, n_embedding=2)
    with pytest.raises(ParameterError, match="cannot be read"):
        read_word_vectors(tmp_path, WORDS, n_embedding=2)
