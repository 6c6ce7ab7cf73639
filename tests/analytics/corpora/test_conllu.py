from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from analytics.corpora.conllu import read_conllu
from analytics.errors import ParameterError

TREEBANK = Path(__file__).resolve().parents[4] / "shared" / "data" / "ud_english_ewt"
needs_treebank = pytest.mark.skipif(not TREEBANK.is_dir(), reason="the English Web Treebank is not there")


def row(number, form, part="_", tag="_", features="_", head="_", relation="_"):
    return "\t".join([str(number), form, "_", part, tag, features, str(head), relation, "_", "_"])


CATS = [
    "# newdoc id = first",
    "# newpar",
    "# text = Cats don't sleep",
    row(1, "Cats", "NOUN", "NNS", "Number=Plur", 4, "nsubj"),
    row("2-3", "don't"),
    row(2, "do", "AUX", "VBP", "_", 4, "aux"),
    row(3, "n't", "PART", "RB", "_", 4, "advmod"),
    row(4, "sleep", "VERB", "VB", "_", 0, "root"),
    row("4.1", "now"),
    "",
]
DOGS = [
    "# newpar id = two",
    row(1, "Dogs", "NOUN", "NNS", "_", 2, "nsubj"),
    row(2, "do", "VERB", "VBP", "_", 0, "root"),
    "",
]


def write(tmp_path, *lines, name="t.conllu", end="\n", mark=b""):
    path = tmp_path / name
    path.write_bytes(mark + end.join([*lines, ""]).encode())
    return path


def test_words_sentences_and_annotations(tmp_path):
    corpus = read_conllu(write(tmp_path, *CATS, *DOGS))
    assert corpus.name == "t"
    assert corpus.tokens == ["Cats", "do", "n't", "sleep", "Dogs", "do"]
    assert corpus.sequence_starts.tolist() == [0, 4]
    depth = corpus.annotations["dependency depth"]
    assert depth.dtype == np.float32
    assert depth.tolist() == [1, 1, 1, 0, 1, 0]
    given = {name: list(values) for name, values in corpus.annotations.items() if name != "dependency depth"}
    assert given == {
        "part of speech": ["NOUN", "AUX", "PART", "VERB", "NOUN", "VERB"],
        "tag": ["NNS", "VBP", "RB", "VB", "NNS", "VBP"],
        "features": ["Number=Plur", None, None, None, None, None],
        "relation": ["nsubj", "aux", "advmod", "root", "nsubj", "root"],
        "chunk": ["NP", "VP", "VP", "VP", "NP", "VP"],
        "document": ["first"] * 6,
        "paragraph": ["1"] * 4 + ["two"] * 2,
    }


@pytest.mark.parametrize(("end", "mark"), [("\r\n", b""), ("\n", b"\xef\xbb\xbf"), ("\r\n", b"\xef\xbb\xbf")])
def test_ends_of_lines_and_byte_order_marks_change_nothing(tmp_path, end, mark):
    plain = read_conllu(write(tmp_path, *CATS, *DOGS))
    other = read_conllu(write(tmp_path, *CATS, *DOGS, end=end, mark=mark))
    assert other.tokens == plain.tokens
    assert list(map(str, other.annotations["document"])) == plain.annotations["document"]
    assert other.annotations["relation"] == plain.annotations["relation"]


def test_a_file_need_not_end_with_an_empty_line(tmp_path):
    path = tmp_path / "t.conllu"
    path.write_text("\n".join(CATS[:-1]))
    assert read_conllu(path).tokens == ["Cats", "do", "n't", "sleep"]


def test_words_may_hold_any_letter_but_a_tab(tmp_path):
    forms = ["_", "#", "a b", "<unk>", "שלום", "🙂", "next\u2028line", "\x85"]
    path = write(tmp_path, *(row(number, form) for number, form in enumerate(forms, start=1)), "")
    corpus = read_conllu(path)
    assert corpus.tokens == forms
    assert corpus.annotations == {}, "nothing was given"


def test_without_trees_there_is_no_depth_and_partly_none(tmp_path):
    bare = [row(1, "Hm", "INTJ"), ""]
    assert set(read_conllu(write(tmp_path, *bare)).annotations) == {"part of speech"}
    mixed = read_conllu(write(tmp_path, *bare, *DOGS))
    assert mixed.annotations["chunk"] == [None, "NP", "VP"]
    assert np.isnan(mixed.annotations["dependency depth"]).tolist() == [True, False, False]


def test_several_files_in_their_order(tmp_path):
    paths = [write(tmp_path, *DOGS, name="b.conllu"), write(tmp_path, *CATS, name="a.conllu")]
    corpus = read_conllu(paths)
    assert corpus.name == "b, a"
    assert corpus.tokens[:3] == ["Dogs", "do", "Cats"]
    assert read_conllu(paths, name="both").name == "both"


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        (["1\tCats"], r"Line 1 of .*t\.conllu has 2 fields where 10 belong: '1\\tCats'"),
        ([row(1, "a").replace("\t", " ")], "Line 1 .* has 1 fields .*parted by spaces, not by tabs"),
        ([row(1, "a"), row(3, "b")], r"Line 2 .* begins with '3' where word 2 belongs"),
        ([row("x", "a")], "begins with 'x' where word 1 belongs"),
        ([row("٣", "a")], "where word 1 belongs"),
        ([row(1, "")], "Line 1 .* has no word in its second field"),
        ([row(1, "a", head=2)], "has the head 2 in a sentence of 1 words"),
        ([row(1, "a", head="x")], "has the head 'x', which is no whole number"),
        ([row(1, "a", head=-1)], "has the head '-1', which is no whole number"),
        ([row(1, "a", head=0), row(2, "b", head=3), row(3, "c", head=2)], "Line [23] .* is in a circle"),
        ([row(1, "a", head=1)], "Line 1 .*circle: the heads above word 1 lead back to it"),
        (["# only a comment", ""], "holds no sentence"),
    ],
)
def test_malformed_files_are_refused_with_file_and_line(tmp_path, lines, sentence):
    with pytest.raises(ParameterError, match=sentence):
        read_conllu(write(tmp_path, *lines))


def test_files_that_are_not_there_or_not_text(tmp_path):
    with pytest.raises(ParameterError, match=r"missing\.conllu cannot be read: No such file"):
        read_conllu(tmp_path / "missing.conllu")
    with pytest.raises(ParameterError, match="cannot be read: Is a directory"):
        read_conllu(tmp_path)
    path = tmp_path / "latin.conllu"
    path.write_bytes(("\n".join(DOGS)).encode() + b"\n1\tcaf\xe9\n")
    with pytest.raises(ParameterError, match=r"Line 5 of .* is not UTF-8"):
        read_conllu(path)
    with pytest.raises(ParameterError, match="At least one CoNLL-U file"):
        read_conllu([])


@needs_treebank
@pytest.mark.parametrize(
    ("part", "n_tokens", "n_sentences"),
    [("train", 204_577, 12_544), ("dev", 25_147, 2_001), ("test", 25_094, 2_077)],
)
def test_english_web_treebank(part, n_tokens, n_sentences):
    corpus = read_conllu(TREEBANK / f"{part}.conllu")
    assert len(corpus.tokens) == n_tokens
    assert len(corpus.sequence_starts) == n_sentences
    depth, relation = corpus.annotations["dependency depth"], np.array(corpus.annotations["relation"])
    assert ((depth == 0) == (relation == "root")).all()
    assert (depth == 0).sum() == n_sentences
    assert None not in corpus.annotations["document"]


@needs_treebank
def test_chunks_of_the_treebank_follow_the_parts_of_speech():
    corpus = read_conllu(TREEBANK / "dev.conllu")
    pairs = Counter(zip(corpus.annotations["part of speech"], corpus.annotations["chunk"], strict=True))
    for part, chunk, share in [
        ("NOUN", "NP", 1),
        ("PRON", "NP", 1),
        ("VERB", "VP", 0.93),
        ("ADP", "PP", 0.9),
    ]:
        n_words = sum(count for (found, _), count in pairs.items() if found == part)
        assert pairs[part, chunk] >= share * n_words, (part, chunk, pairs[part, chunk], n_words)
    assert pairs["DET", "NP"] >= 0.97 * sum(count for (found, _), count in pairs.items() if found == "DET")


@pytest.mark.parametrize(
    ("sequences", "starts"),
    [("sentence", [0, 4, 6, 10, 12]), ("paragraph", [0, 4, 6, 10]), ("document", [0, 6])],
)
def test_a_sequence_is_a_sentence_a_paragraph_or_a_document(tmp_path, sequences, starts):
    second = ["# newdoc id = second", *CATS[1:], *DOGS, *DOGS[1:]]
    corpus = read_conllu(write(tmp_path, *CATS, *DOGS, *second), sequences=sequences)
    assert len(corpus.tokens) == 14
    assert corpus.sequence_starts.tolist() == starts
    assert corpus.annotations["document"] == ["first"] * 6 + ["second"] * 8


def test_two_documents_of_one_name_are_two_and_so_are_two_files(tmp_path):
    corpus = read_conllu(write(tmp_path, *CATS, *CATS), sequences="document")
    assert corpus.sequence_starts.tolist() == [0, 4]
    files = [write(tmp_path, *CATS, name=name) for name in ("a.conllu", "b.conllu")]
    assert read_conllu(files, sequences="document").sequence_starts.tolist() == [0, 4]


@pytest.mark.parametrize(("sequences", "mark"), [("document", "newdoc"), ("paragraph", "newpar")])
def test_documents_that_are_not_marked_are_not_made_up(tmp_path, sequences, mark):
    path = write(tmp_path, row(1, "Hm"), "", *CATS)
    with pytest.raises(ParameterError, match=rf't\.conllu does not say where each {sequences} .*"# {mark}"'):
        read_conllu(path, sequences=sequences)


def test_other_sequences_are_refused(tmp_path):
    with pytest.raises(ParameterError, match=r"one of sentence, paragraph, document .*Got 'line'"):
        read_conllu(write(tmp_path, *CATS), sequences="line")
