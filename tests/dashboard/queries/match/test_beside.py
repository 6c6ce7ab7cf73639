"""A second state beside the first, against plain NumPy."""

import base64

import numpy as np
import pytest

import analytics
from analytics.analyses.match import match_pattern
from dashboard.links import MatchView
from dashboard.queries import Queries
from dashboard.queries.cache import AnswerCache
from dashboard.queries.match.beside import coinciding
from dashboard.queries.match.question import MatchQuestion

RANDOM = np.random.default_rng(5)
N = 60
TOKENS = [f"w{number % 7}" for number in range(N)]
STATES = {name: RANDOM.uniform(-1, 1, (N, 4)).astype(np.float32) for name in ("one", "other")}
LOSS = {name: RANDOM.uniform(-4, 0, N).astype(np.float32) for name in STATES}
BEST = {name: RANDOM.integers(0, 3, N) for name in STATES}
A, B = ("one", "layer0.cell"), ("other", "layer0.cell")


def write(folder, name, *, tokens=TOKENS, n=N, values=None, starts=(0, 20, 40), **options):
    values = STATES[name][:n] if values is None else values
    analytics.write_recording(
        folder / name,
        name=name,
        tokens=list(tokens[:n]),
        states={"layer0.cell": values},
        sequence_starts=list(starts),
        **options,
    )


def predicted(name):
    ids = np.stack([BEST[name], (BEST[name] + 1) % 7], axis=1)
    return {
        "predictions": (ids, np.tile(np.array([0.75, 0.25], dtype=np.float32), (N, 1))),
        "log_probability": LOSS[name],
    }


@pytest.fixture
def queries(tmp_path):
    for name in STATES:
        write(tmp_path / "recordings", name, **predicted(name))
    write(tmp_path / "recordings", "short", n=25, values=STATES["one"][:25, :3], starts=(0, 11))
    write(tmp_path / "recordings", "words", tokens=["x", *TOKENS[1:]], values=STATES["one"])
    cache = AnswerCache(tmp_path / "cache", disk_megabytes=10, memory_megabytes=10)
    return Queries(tmp_path / "recordings", cache)


def decoded(answer, n):
    return np.frombuffer(base64.b64decode(answer["values"]), answer["dtype"]).reshape(-1, n)


def checked(queries, **fields):
    view = MatchView(recording="one", state="layer0.cell", **fields).to_dict()
    changes, problems = queries.view.checked(view)
    return {**view, **changes}, problems


def test_a_linked_window_keeps_its_place_beyond_the_end(queries):
    answer = queries.beside.window("short", "layer0.cell", linked=True, at=20, width=10, tracks=["part"])
    assert (answer["start"], answer["stop"], answer["n_positions"]) == (20, 30, 25)
    assert answer["tokens"] == [*TOKENS[20:25], *[None] * 5]
    values = decoded(answer, 10)
    np.testing.assert_allclose(values[:, :5], STATES["one"][20:25, :3].T, atol=1e-3)
    assert np.isnan(values[:, 5:]).all()
    beyond = queries.beside.window("short", "layer0.cell", linked=True, at=40, width=10)
    assert beyond["tokens"] == [None] * 10 and np.isnan(decoded(beyond, 10)).all()


def test_a_window_of_its_own_moves_back_into_the_recording(queries):
    answer = queries.beside.window("short", "layer0.cell", linked=False, at=20, width=10)
    assert (answer["start"], answer["stop"]) == (15, 25)


def test_selected_units_and_counts_are_those_of_the_second(queries):
    asked = {"start": 3, "stop": 4, "threshold": 0.1, "transform": "raw", "at": 0}
    answer = queries.beside.selected(*B, **asked)
    on = STATES["other"] >= 0.1
    units = np.flatnonzero(on[3])
    assert answer["units"] == units.tolist()
    counts = np.frombuffer(base64.b64decode(answer["counts"]), "<u2")
    assert counts.tolist() == on[:, units].sum(axis=1).tolist()


@pytest.mark.parametrize("place", [(9, 13), (23, 27), (50, 52)])
def test_a_range_that_the_second_does_not_have_selects_nothing_and_says_why(queries, place):
    start, stop = place
    answer = queries.beside.selected(
        "short", "layer0.cell", start=start, stop=stop, threshold=0.0, transform="raw", at=0
    )
    assert (answer["units"], answer["n_units"]) == ([], 3)
    assert "border at 11" in answer["why_empty"] or "0 to 25" in answer["why_empty"]


def test_the_difference_is_b_less_a(queries):
    answer = queries.beside.difference(A, B, at=10, width=12, by_unit=True)
    window = slice(10, 22)
    np.testing.assert_allclose(answer["loss"], LOSS["one"][window] - LOSS["other"][window], rtol=1e-4)
    np.testing.assert_allclose(
        decoded(answer["units"], 12), (STATES["other"] - STATES["one"])[window].T, atol=2e-3
    )
    differ = BEST["one"][window] != BEST["other"][window]
    assert [guess is not None for guess in answer["guesses"]] == differ.tolist()
    place = int(np.flatnonzero(differ)[0])
    guess = answer["guesses"][place]
    vocabulary = queries.recordings.open("one").vocabulary
    assert guess["a"] == vocabulary[BEST["one"][10 + place]]
    assert guess["b"] == queries.recordings.open("other").vocabulary[BEST["other"][10 + place]]
    assert (guess["p"], guess["q"]) == (0.75, 0.75)


def test_states_are_subtracted_after_the_transform(queries):
    answer = queries.beside.difference(A, B, at=0, width=10, transform="abs", by_unit=True)
    expected = np.abs(STATES["other"][:10]) - np.abs(STATES["one"][:10])
    np.testing.assert_allclose(decoded(answer["units"], 10), expected.T, atol=2e-3)
    assert queries.beside.difference(A, B, at=0, width=10)["units"] is None


def test_without_the_same_tokens_there_is_no_difference(queries):
    other = queries.beside.difference(A, ("words", "layer0.cell"), at=0, width=10)
    assert list(other) == ["why"] and "at position 0 for the first time" in other["why"]
    short = queries.beside.difference(A, ("short", "layer0.cell"), at=0, width=10)
    assert "A has 60 positions, B 25" in short["why"]


def test_what_is_not_defined_is_said(queries, tmp_path):
    write(tmp_path / "recordings", "narrow", values=STATES["one"][:, :3])
    answer = queries.beside.difference(A, ("narrow", "layer0.cell"), at=0, width=10, by_unit=True)
    assert (answer["units"], answer["loss"], answer["guesses"]) == (None, None, None)
    assert answer["units_told"] == "No difference unit by unit: A has 4 units, B 3."
    assert answer["told"] == "No difference of losses and predictions: not recorded in both."
    both = queries.beside.difference(A, B, at=0, width=10)
    assert "only if one training continues the other" in both["units_told"] and both["told"] == ""


def test_two_layers_of_one_network_have_one_loss(queries, tmp_path):
    states = {f"layer{layer}.cell": values for layer, values in enumerate(STATES.values())}
    analytics.write_recording(tmp_path / "recordings" / "deep", name="deep", tokens=TOKENS, states=states)
    answer = queries.beside.difference(("deep", "layer0.cell"), ("deep", "layer1.cell"), at=0, width=10)
    assert answer["loss"] is None and "one network" in answer["told"]
    assert answer["units_told"].startswith("Units of two layers do not correspond")


def question(name, **fields):
    return MatchQuestion(name, "layer0.cell", start=3, stop=4, threshold=0.1, **fields)


def test_matches_coincide_where_they_share_a_position(queries):
    answer = queries.beside.results(question("one"), question("other"))
    mine, theirs = (set_of(queries, name) for name in STATES)
    shared = [any(one & other for other in theirs) for one in mine]
    assert answer["coincide"]["rows"] == shared
    assert answer["coincide"]["n"] == sum(shared) and answer["coincide"]["n_other"] == len(theirs)
    assert 0 < sum(shared) <= len(mine)


def set_of(queries, name):
    found = queries.match.found(question(name)).matches
    return [set(range(start, stop)) for start, stop in zip(found.start, found.stop, strict=True)]


def test_coinciding_is_what_comparing_every_pair_gives():
    for seed in range(20):
        random = np.random.default_rng(seed)
        found = [
            match_pattern(random.uniform(-1, 1, (80, 3)), [0, 1], threshold=0.6, limit=12) for _ in range(2)
        ]
        a, b = ([*zip(each.start.tolist(), each.stop.tolist(), strict=True)] for each in found)
        expected = [any(s < stop and start < e for s, e in b) for start, stop in a]
        assert coinciding(*found).tolist() == expected


def test_coincidence_is_not_said_of_other_tokens(queries):
    answer = queries.beside.results(question("one"), question("words"))
    assert answer["rows"] is not None and "tokens are not the same" in answer["coincide"]["why"]
    out = queries.beside.results(MatchQuestion("short", "layer0.cell", start=9, stop=13), question("one"))
    assert out["rows"] is None and "border at 11" in out["reason"]


def test_a_view_settles_the_second_state(queries):
    view, problems = checked(queries, beside="other")
    assert (view["beside"], view["beside_state"], problems) == ("other", "layer0.cell", [])
    view, problems = checked(queries, beside="othr")
    assert (view["beside"], view["beside_state"]) == ("", "")
    assert "Nothing is shown beside one." in problems[0]
    view, problems = checked(queries, beside="other", beside_state="layer9", beside_pinned=(1, 8))
    assert (view["beside_state"], view["beside_pinned"]) == ("layer0.cell", [1])
    assert "no state 'layer9'" in problems[0] and "no unit 8" in problems[1]


def test_a_second_that_goes_its_own_way_is_checked_by_its_own_recording(queries):
    view, problems = checked(
        queries, beside="short", linked=False, beside_at=90, beside_start=9, beside_stop=13, width=10
    )
    assert (view["beside_at"], view["beside_start"], view["beside_stop"]) == (15, -1, -1)
    assert any("border at 11" in problem for problem in problems)
    view, _ = checked(queries, beside="short", beside_at=9, beside_start=1, beside_stop=2)
    assert (view["beside_at"], view["beside_start"]) == (0, -1)


def test_the_same_state_twice_needs_two_places(queries):
    assert checked(queries, beside_state="layer0.cell")[0]["beside_state"] == ""
    assert checked(queries, beside_state="layer0.cell", linked=False)[0]["beside_state"] == "layer0.cell"


def test_without_a_second_nothing_of_it_is_left(queries):
    view, _ = checked(queries, beside_at=7, beside_pinned=(1,), matches_of="b", by_unit=True, linked=False)
    expected = MatchView().to_dict()
    names = [name for name in view if name.startswith("beside")] + ["matches_of", "by_unit", "linked"]
    assert {name: view[name] for name in names} == {name: expected[name] for name in names}
