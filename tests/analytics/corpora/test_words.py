import pytest

from analytics.corpora.words import BYTE_TEXTS, UNITS_OF_TEXT, text_tokens
from analytics.errors import ParameterError


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("it's a well-known rock'n'roll", ["it's", "a", "well-known", "rock'n'roll"]),
        ("'quoted' (twice)", ["'", "quoted", "'", "(", "twice", ")"]),
        ("U.S. 3.14 end.", ["U.S", ".", "3.14", "end", "."]),
        ("a--b a_b", ["a", "-", "-", "b", "a_b"]),
        ("<unk> < unk > x<y", ["<unk>", "<", "unk", ">", "x", "<", "y"]),
        ("हिन्दी में", ["हिन्दी", "में"]),
        ("שלום, עולם", ["שלום", ",", "עולם"]),
        ("cafe\u0301 \u2764\ufe0f", ["cafe\u0301", "\u2764\ufe0f"]),
        ("می\u200cخواهم", ["می\u200cخواهم"]),
        (" \t\n\u00a0 ", []),
    ],
)
def test_words_follow_the_rule(text, tokens):
    assert text_tokens(text, by="word") == tokens


def test_what_is_tokenised_already_is_parted_at_white_space_only():
    assert text_tokens("N <unk> don't .\n 's", by="space") == ["N", "<unk>", "don't", ".", "'s"]


def test_by_character_and_by_byte_nothing_is_lost():
    text = "Né\t<b>\n🙂 \u2028x"
    assert "".join(text_tokens(text, by="char")) == text
    assert bytes(BYTE_TEXTS.index(token) for token in text_tokens(text, by="byte")).decode() == text


def test_bytes_have_different_texts():
    assert len(set(BYTE_TEXTS)) == 256
    assert [BYTE_TEXTS[byte] for byte in (10, 92, 97, 233)] == ["\n", "\\", "a", "\\xe9"]


@pytest.mark.parametrize("by", UNITS_OF_TEXT)
def test_lower_case_is_of_each_token_alone(by):
    assert text_tokens("AÉ", by=by, lower=True)[0][0] == "a"
    assert len(text_tokens("İI", by=by, lower=True)) == len(text_tokens("İI", by=by))


def test_another_unit_is_refused():
    with pytest.raises(ParameterError, match=r"read by word, space, char, byte\. Got 'sentence'\."):
        text_tokens("a", by="sentence")
