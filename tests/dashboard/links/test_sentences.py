"""The address of the Sentences page holds the whole view, and nonsense in it is told."""

from dataclasses import fields

import pytest

from dashboard.links import (
    PATHS,
    SentencesView,
    read_sentences,
    sentences_address,
    sentences_defaults,
    sentences_from_dict,
)
from dashboard.links.sentences import ADDRESS

EVERYTHING = SentencesView(
    recording="plays & more",
    state="layer1.cell",
    clusters=7,
    words=150,
    min_count=2,
    method="spectral-abs",
    seed=3,
    named=(500, 7),
    beside="reviews",
    beside_state="layer0.hidden",
    linked=False,
    entries=(
        "c120-148",
        "tI love it, 100% & more = <b>שלום</b> 🙂 %2C",
        "+e120-148:these, words",
        "+c5-9",
        "t",
    ),
    mode="plain",
    pick="u3",
    unit=12,
    gate=True,
    rows=("loss", "part of speech, fine"),
    zoom_from=4,
    zoom_to=20,
    chosen="b3",
    find="/the \\w+/",
    label="part of speech=noun",
    order="hardest",
    page=2,
    list=True,
)


def test_every_field_differs_from_the_default_here():
    default = SentencesView()
    for field in fields(SentencesView):
        assert getattr(EVERYTHING, field.name) != getattr(default, field.name), field.name


def test_the_address_holds_the_whole_view():
    assert read_sentences(sentences_address(EVERYTHING).partition("?")[2]) == (EVERYTHING, [])


def test_the_browser_holds_the_whole_view():
    assert sentences_from_dict(EVERYTHING.to_dict()) == EVERYTHING


def test_the_default_view_has_a_short_address():
    assert sentences_address(SentencesView()) == PATHS["sentences"] == ADDRESS.path


def test_no_two_fields_have_one_name_in_the_address():
    names = sentences_defaults()["names"]
    assert set(names) == {field.name for field in fields(SentencesView)}
    assert len(set(names.values())) == len(names)


@pytest.mark.parametrize(
    ("query", "field", "sentence"),
    [
        ("clusters=1", "clusters", "wanted a whole number from 2 to 20. Showing 10."),
        ("words=0", "words", "from 1 to 5000"),
        ("method=magic", "method", "one of signed, spectral, spectral-abs, separate. Showing signed."),
        ("seed=99999999999", "seed", "from 0 to"),
        ("named=a", "named", "word ids"),
        ("s=x120", "entries", "at most 8 sentences, like c120-148 or tI love it, separated by commas"),
        ("s=%2B", "entries", "at most 8 sentences"),
        ("s=" + "%2C".join(f"c{n}-9" for n in range(9)), "entries", "at most 8 sentences"),
        ("mode=fancy", "mode", "one of glyphs, plain. Showing glyphs."),
        ("pick=w3", "pick", "u and the number of a cluster, like u3. Showing nothing."),
        ("pick=u20", "pick", "like u3"),
        ("pick=u", "pick", "like u3"),
        ("unit=-2", "unit", "a whole number"),
        ("gate=yes", "gate", "0 or 1"),
        ("from=-2", "zoom_from", "a whole number"),
        ("to=x", "zoom_to", "a whole number"),
        ("word=c3", "chosen", "a or b and the number of a word, like a3"),
        ("word=a-1", "chosen", "like a3"),
        ("word=a²", "chosen", "like a3"),
        ("word=a99999999999", "chosen", "like a3"),
        ("order=random", "order", "one of corpus, hardest, easiest. Showing corpus."),
        ("page=-1", "page", "a whole number"),
        ("list=2", "list", "0 or 1"),
    ],
)
def test_nonsense_becomes_the_default_and_a_sentence(query, field, sentence):
    view, problems = read_sentences("?" + query)
    assert getattr(view, field) == getattr(SentencesView(), field)
    assert len(problems) == 1
    assert sentence in problems[0]
