import pytest

from analytics.corpora.dependencies import Word, chunks, depths


def sentence(text):
    """Words written `form/PART/head/relation`, heads counted from 1, 0 for the root."""
    fields = [word.split("/") for word in text.split()]
    return [Word(part, int(head) - 1, relation) for _, part, head, relation in fields]


def chunk_row(text):
    return " ".join(chunks(sentence(text)))


def test_depth_counts_the_steps_to_the_root():
    words = sentence("a/DET/2/det cat/NOUN/3/nsubj saw/VERB/0/root it/PRON/3/obj")
    assert depths(words) == [2, 1, 0, 1]


def test_a_sentence_may_have_two_roots_or_none():
    assert depths([Word("X", -1, "root"), Word("X", -1, "root")]) == [0, 0]
    assert depths([Word("X", None, None), Word("X", 0, "dep")]) == [None, None]
    assert chunks([Word("NOUN", None, None)]) == [None]


@pytest.mark.parametrize("heads", [[0], [1, 0], [-1, 2, 3, 1]])
def test_a_circle_is_named_by_one_of_its_words(heads):
    with pytest.raises(ValueError) as caught:
        depths([Word("X", head, "dep") for head in heads])
    place = caught.value.args[0]
    seen = set()
    while place not in seen:
        seen.add(place)
        place = heads[place]
    assert caught.value.args[0] in seen
    assert -1 not in seen


def test_a_long_chain_needs_no_deep_recursion():
    words = [Word("X", place - 1, "dep") for place in range(20_000)]
    assert depths(words) == list(range(20_000))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # an adverb within a noun phrase, and the verb with its auxiliary
        (
            "a/DET/4/det very/ADV/3/advmod large/ADJ/4/amod house/NOUN/6/nsubj "
            "was/AUX/6/aux:pass sold/VERB/0/root",
            "NP NP NP NP VP VP",
        ),
        # an adverb between the auxiliary and the verb is within, one before both is not
        (
            "then/ADV/5/advmod he/PRON/5/nsubj has/AUX/5/aux already/ADV/5/advmod gone/VERB/0/root",
            "ADVP NP VP VP VP",
        ),
        ("he/PRON/3/nsubj slowly/ADV/3/advmod ran/VERB/0/root", "NP ADVP VP"),
        # an infinitive with its particle, negated, and a particle verb
        (
            "not/PART/3/advmod to/PART/3/mark give/VERB/0/root up/ADP/3/compound:prt",
            "VP VP VP VP",
        ),
        # a question parts the auxiliary from its verb
        ("did/AUX/3/aux you/PRON/3/nsubj go/VERB/0/root", "VP NP VP"),
        # the possessor with its particle is part of the noun phrase
        (
            "John/PROPN/4/nmod:poss 's/PART/1/case big/ADJ/4/amod dog/NOUN/0/root",
            "NP NP NP NP",
        ),
        # a preposition of two words, and a phrase hanging on a noun phrase
        (
            "because/ADP/4/case of/ADP/1/fixed the/DET/4/det roof/NOUN/0/root "
            "of/ADP/7/case the/DET/7/det house/NOUN/4/nmod",
            "PP PP NP NP PP NP NP",
        ),
        # the predicate of a copula
        (
            "it/PRON/4/nsubj is/AUX/4/cop very/ADV/4/advmod nice/ADJ/0/root ./PUNCT/4/punct",
            "NP VP ADJP ADJP none",
        ),
        # adjectives that stand for a noun
        ("the/DET/2/det poor/ADJ/3/nsubj complain/VERB/0/root", "NP NP VP"),
        ("many/ADJ/2/nsubj complain/VERB/0/root", "NP VP"),
        # quotation marks within, commas around
        ('a/DET/3/det "/PUNCT/3/punct ploy/NOUN/0/root "/PUNCT/3/punct', "NP NP NP none"),
        # two adjectives joined by a conjunction
        (
            "old/ADJ/4/amod and/CCONJ/3/cc ill/ADJ/1/conj men/NOUN/0/root or/CCONJ/6/cc boys/NOUN/4/conj",
            "NP NP NP NP none NP",
        ),
        # a subordinator and a clause between the determiner and its noun's clause
        ("that/SCONJ/3/mark he/PRON/3/nsubj left/VERB/0/root", "none NP VP"),
    ],
)
def test_chunks_by_hand(text, expected):
    assert chunk_row(text) == expected
