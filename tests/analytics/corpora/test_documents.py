import json

import pytest

from analytics.corpora.documents import read_documents, sequence_labels
from analytics.errors import AnalyticsError

ROWS = [("good", 'A "fine", long film'), ("bad", "Dull"), ("good", "Fun,\tfun")]


@pytest.fixture(params=["csv", "jsonl"])
def file(request, tmp_path):
    path = tmp_path / f"reviews.{request.param}"
    if request.param == "csv":
        path.write_text('label,text\ngood,"A ""fine"", long film"\nbad,Dull\ngood,"Fun,\tfun"\n')
    else:
        path.write_text("\n".join(json.dumps({"n": 1, "label": label, "text": text}) for label, text in ROWS))
    return path


def test_each_document_is_a_sequence_with_its_label(file):
    corpus = read_documents(file, by="char")
    assert ["".join(corpus.tokens[part]) for part in corpus.sequences()] == [text for _, text in ROWS]
    assert sequence_labels(corpus) == ["good", "bad", "good"]
    assert corpus.annotations["label"][-1] == "good"
    assert len(corpus.annotations["label"]) == len(corpus.tokens)


def test_quotes_mean_nothing_between_tabs(tmp_path):
    path = tmp_path / "a.tsv"
    path.write_text('x\t"open\ny\tit"s\n')
    corpus = read_documents(path, text=2, label=1)
    assert corpus.tokens == ['"', "open", "it", '"', "s"]
    assert sequence_labels(corpus) == ["x", "y"]


@pytest.mark.parametrize(
    ("rating", "expected"),
    [("-3", "low"), ("-1", "middle"), ("0.99", "middle"), ("1", "high"), ("1e3", "high")],
)
def test_ratings_are_cut_at_borders(tmp_path, rating, expected):
    path = tmp_path / "a.tsv"
    path.write_text(f"{rating}\tword\n")
    corpus = read_documents(path, text=2, label=1, borders=[-1, 1], classes=["low", "middle", "high"])
    assert sequence_labels(corpus) == [expected]


def test_documents_need_no_label(file):
    corpus = read_documents(file, label=None)
    assert sequence_labels(corpus) is None
    assert len(corpus.sequence_starts) == 3


def test_a_document_without_tokens_is_left_out(tmp_path):
    path = tmp_path / "a.tsv"
    path.write_text("x\ta\nx\t \ny\tb\n")
    assert sequence_labels(read_documents(path, text=2, label=1)) == ["x", "y"]


@pytest.mark.parametrize(
    ("ending", "content", "options", "sentence"),
    [
        ("csv", "label,txt\ng,a\n", {}, r"line 2: there is no column 'text'\. Did you mean 'txt'"),
        ("tsv", "x\ta\ny\n", {"text": 2, "label": 1}, r"line 2: there is no column 2\."),
        ("tsv", "x\ta\n\tb\n", {"text": 2, "label": 1}, "line 2: the label is empty"),
        ("jsonl", '{"text": "a"}', {}, "line 1: there is no column 'label'"),
        ("jsonl", '{"text": 3, "label": 1}', {}, "line 1: the text must be a string. Got 3"),
        ("jsonl", '\n["a"]', {}, "line 2: a JSON object is needed"),
        ("jsonl", "{", {}, "line 1: a JSON object is needed"),
        ("tsv", "x\ta\n", {"text": 2, "label": 1, "borders": [0], "classes": ["a", "b"]}, "must be a number"),
        (
            "tsv",
            "nan\ta\n",
            {"text": 2, "label": 1, "borders": [0], "classes": ["a", "b"]},
            "must be a number",
        ),
        ("tsv", "goood\ta\n", {"text": 2, "label": 1, "classes": ["bad", "good"]}, "Did you mean 'good'"),
        ("tsv", "1\ta\n", {"text": 2, "label": 1, "borders": [0], "classes": ["a"]}, "make 2 classes"),
        (
            "tsv",
            "1\ta\n",
            {"text": 2, "label": 1, "borders": [1, 0], "classes": list("abc")},
            "rising numbers",
        ),
        ("tsv", "1\t \n", {"text": 2, "label": 1}, "holds no document"),
        ("xls", "1\ta\n", {"text": 2, "label": 1}, r"\.tsv, \.txt, \.csv, \.jsonl.* files\. Got .*a\.xls"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_line(tmp_path, ending, content, options, sentence):
    path = tmp_path / f"a.{ending}"
    path.write_text(content)
    with pytest.raises(AnalyticsError, match=sentence):
        read_documents(path, **options)


def test_a_file_in_another_encoding_is_refused(tmp_path):
    path = tmp_path / "a.tsv"
    path.write_bytes(b"x\tcaf\xe9\n")
    with pytest.raises(AnalyticsError, match="is not UTF-8"):
        read_documents(path, text=2, label=1)
