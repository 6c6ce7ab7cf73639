"""The address of the Match page with a second state beside the first."""

import pytest

from dashboard.links import MatchView, match_address, match_from_dict, read_match

BESIDE = MatchView(
    recording="lstm",
    state="layer0.cell",
    start=4,
    stop=6,
    beside="gru",
    beside_state="layer0.hidden",
    linked=False,
    beside_at=30,
    beside_start=31,
    beside_stop=33,
    beside_dropped=(2, 7),
    beside_pinned=(1,),
    by_unit=True,
    matches_of="b",
)


def test_the_second_state_is_part_of_the_address():
    address = match_address(BESIDE)
    assert "beside=gru&state2=layer0.hidden&linked=0&at2=30&from2=31&to2=33" in address
    assert read_match(address.partition("?")[2]) == (BESIDE, [])
    assert match_from_dict(BESIDE.to_dict()) == BESIDE


def test_alone_nothing_of_it_is_written():
    assert match_address(MatchView(recording="lstm", start=4, stop=6)) == "/match?recording=lstm&from=4&to=6"


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("linked=maybe", "linked='maybe'"),
        ("of=c", "of='c'"),
        ("at2=-3", "at2='-3'"),
        ("from2=7&to2=5", "selects 7 to 5"),
        ("dropped2=x", "dropped2='x'"),
    ],
)
def test_nonsense_becomes_the_default_with_a_sentence(query, told):
    view, problems = read_match(query)
    assert view == MatchView()
    assert told in problems[0]
