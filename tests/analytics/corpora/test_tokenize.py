import pytest

from analytics.corpora.tokenize import tokenize


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("'Tis", "'T is"),
        ("'twould", "'t would"),
        ("is't", "is 't"),
        ("on't", "on 't"),
        ("don't can't shan't", "do n't ca n't sha n't"),
        ("I'll thou'rt he'd they'ld", "I 'll thou 'rt he 'd they 'ld"),
        ("appear'd o'er e'en", "appear'd o'er e'en"),
        ("know'st thou", "know'st thou"),
        ("o' the i' th' 'em 'gainst", "o' the i' th' 'em 'gainst"),
        ("the lovers' plague", "the lovers ' plague"),
        ("he said 'Come'", "he said ' Come '"),
        ("to-night,--", "to-night , --"),
        ("Peace! break—off", "Peace ! break -- off"),
        ("king's", "king 's"),
        ("", ""),
        ("'", "'"),
        ("''", "' '"),
    ],
)
def test_tokens(text, tokens):
    assert tokenize(text) == tokens.split()


def test_nothing_is_lost():
    text = "O, what a rogue and slave am I! 'Swounds, I'ld fat all the region kites wi' this slave's offal..."
    assert "".join(tokenize(text)) == text.replace(" ", "")
