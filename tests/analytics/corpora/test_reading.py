import pytest

from analytics.corpora.reading import (
    KINDS_OF_CORPUS,
    Reading,
    as_reading,
    make_vocabulary,
    read_corpus,
    sequence_word,
)
from analytics.corpora.words import BYTE_TEXTS
from analytics.errors import ParameterError, UnknownNameError

CONTENT = {
    "text": ("a.txt", "A b\n"),
    "conllu": ("a.conllu", "1\tA\ta\tDET\tDT\t_\t2\tdet\t_\t_\n2\tb\tb\tNOUN\tNN\t_\t0\troot\t_\t_\n\n"),
    "documents": ("a.tsv", "label\ttext\nx\tA b\n"),
    "python": ("a.py", "A+b"),
}


@pytest.mark.parametrize("kind", KINDS_OF_CORPUS)
def test_every_kind_is_read_and_made_lower_case(kind, tmp_path):
    name, content = CONTENT[kind]
    (tmp_path / name).write_text(content)
    tokens = ["A", "+", "b"] if kind == "python" else ["A", "b"]
    assert read_corpus([tmp_path / name], Reading(kind=kind)).tokens == tokens
    lower = read_corpus([tmp_path / name], Reading(kind=kind, lower=True))
    assert lower.tokens == [token.lower() for token in tokens]


def test_bytes_have_a_vocabulary_of_their_own(tmp_path):
    (tmp_path / "a.txt").write_text("A b\n")
    reading = Reading(by="byte")
    corpus = read_corpus([tmp_path / "a.txt"], reading)
    assert make_vocabulary(corpus, reading) == list(BYTE_TEXTS)
    assert make_vocabulary(corpus, Reading()) == ["<unk>", "\n", " ", "A", "b"]


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({"kind": "pdf"}, "kind of a corpus is one of text, conllu, documents, python. Got 'pdf'"),
        ({"by": "letter"}, "by of a corpus is one of word"),
        ({"sequences": 3}, "Got 3"),
        ({"sequences": "document"}, "sequences of a corpus is one of line, paragraph, file. Got 'document'"),
        ({"kind": "conllu", "sequences": "file"}, "one of line, sentence, paragraph, document. Got 'file'"),
    ],
)
def test_other_values_are_refused(facts, sentence):
    with pytest.raises(ParameterError, match=sentence):
        as_reading(facts)


def test_other_options_are_refused_with_the_nearest():
    with pytest.raises(UnknownNameError, match=r"no option 'lower_case'\. Did you mean 'lower'"):
        as_reading({"lower_case": True})


def test_a_treebank_is_read_by_sentence_or_by_document(tmp_path):
    _, sentence = CONTENT["conllu"]
    (tmp_path / "a.conllu").write_text(f"# newdoc\n{sentence}{sentence}")
    found = {
        sequences: read_corpus(
            [tmp_path / "a.conllu"], Reading(kind="conllu", sequences=sequences)
        ).sequence_starts.tolist()
        for sequences in ("line", "sentence", "document")
    }
    assert found == {"line": [0, 2], "sentence": [0, 2], "document": [0]}
    assert sequence_word(Reading(kind="conllu", sequences="document")) == "document"
