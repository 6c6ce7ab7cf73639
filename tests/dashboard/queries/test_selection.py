import base64

import numpy as np
import pytest

import analytics
from analytics.errors import RangeError, UnknownNameError
from dashboard.links import MatchView
from dashboard.queries import Queries
from dashboard.queries.cache import AnswerCache

VALUES = np.array(
    [
        [0.9, 0.9, 0.0, -0.9],
        [0.9, 0.0, 0.0, -0.9],
        [0.9, 0.9, 0.5, -0.9],
        [0.0, 0.9, 0.5, 0.9],
        [0.9, 0.0, 0.0, 0.9],
        [0.9, 0.0, 0.0, 0.0],
    ],
    dtype=np.float16,
)
TOKENS = ["a", "<b>", " ", "\n", "a", "&"]


@pytest.fixture
def queries(tmp_path):
    analytics.write_recording(
        tmp_path / "recordings" / "small",
        name="small",
        tokens=TOKENS,
        states={"layer0.cell": VALUES},
        sequence_starts=[0, 4],
        sequence_name="line",
        annotations={"kind": ["x", "y", "x", "x", "z", "x"], "depth": [0.0, 1.0, 2.0, np.nan, 4.0, -1.0]},
        predictions=(np.array([[0, 1]] * 6), np.array([[0.75, 0.25]] * 6, dtype=np.float32)),
        log_probability=np.array([-1.0, -2.0, -3.0, np.nan, -0.5, np.nan], dtype=np.float32),
    )
    cache = AnswerCache(tmp_path / "cache", disk_megabytes=10, memory_megabytes=10)
    return Queries(tmp_path / "recordings", cache)


def units(queries, **options):
    kept, by_range = queries.selection.units("small", "layer0.cell", threshold=0.5, **options)
    return kept.tolist(), by_range.tolist()


def decoded(answer):
    n = answer["stop"] - answer["start"]
    return np.frombuffer(base64.b64decode(answer["values"]), answer["dtype"]).reshape(-1, n)


def test_units_by_range_then_by_hand(queries):
    assert units(queries, start=2, stop=4) == ([1, 2], [1, 2])
    assert units(queries, start=2, stop=4, dropped=[2]) == ([1], [1, 2])
    assert units(queries, start=2, stop=4, pinned=[0, 2, 99]) == ([0, 1, 2], [1, 2])
    assert units(queries, start=2, stop=4, off_before=1) == ([1, 2], [1, 2])
    assert units(queries, start=3, stop=4, off_before=1) == ([3], [3])
    assert units(queries, start=-1, stop=-1, pinned=[3]) == ([3], [])


def test_selected_counts_every_position(queries):
    answer = queries.selection.selected(
        "small", "layer0.cell", at=0, start=2, stop=4, threshold=0.5, transform="raw"
    )
    counts = np.frombuffer(base64.b64decode(answer["counts"]), "<u2")
    assert (answer["units"], answer["n_units"], answer["first"]) == ([1, 2], 4, 0)
    assert counts.tolist() == [1, 0, 2, 2, 0, 0]
    assert answer["why_empty"] == ""


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({"start": -1, "stop": -1}, "Nothing is selected: drag"),
        ({"start": 0, "stop": 4}, "lower the threshold or shorten the range"),
        ({"start": 0, "stop": 1, "off_after": 3}, "narrow the off-windows"),
        ({"start": 2, "stop": 4, "dropped": [1, 2]}, "Every unit of this range was dropped"),
    ],
)
def test_an_empty_selection_says_why(queries, options, why):
    answer = queries.selection.selected(
        "small", "layer0.cell", at=0, threshold=0.5, transform="raw", **options
    )
    assert answer["units"] == []
    assert why in answer["why_empty"]


def test_a_range_across_a_border_is_refused(queries):
    with pytest.raises(RangeError, match="border at 4"):
        units(queries, start=3, stop=5)


def test_window_holds_all_units_over_its_positions(queries):
    answer = queries.window.window("small", "layer0.cell", at=1, width=4)
    np.testing.assert_array_equal(decoded(answer), VALUES[1:5].T)
    assert answer["tokens"] == ["<b>", " ", "\n", "a"]
    assert answer["sequences"] == [[0, 0, 4], [1, 4, 6]]
    assert (answer["previous_start"], answer["next_start"], answer["sequence_name"]) == (0, 4, "line")
    assert (answer["low"], answer["high"]) == (pytest.approx(-0.9, abs=1e-3), pytest.approx(0.9, abs=1e-3))


def test_window_stays_inside_the_recording(queries):
    answer = queries.window.window("small", "layer0.cell", at=99, width=4)
    assert (answer["start"], answer["stop"]) == (2, 6)
    assert queries.window.window("small", "layer0.cell", at=0, width=500)["stop"] == 6


def test_window_shows_what_the_threshold_is_compared_with(queries):
    answer = queries.window.window("small", "layer0.cell", at=0, width=6, transform="abs")
    np.testing.assert_array_equal(decoded(answer), np.abs(VALUES).T)


def test_short_runs_become_gaps(queries):
    answer = queries.window.window("small", "layer0.cell", at=0, width=6, run=2, threshold=0.5)
    gaps = np.isnan(decoded(answer))
    assert np.argwhere(gaps).tolist() == [[1, 0], [3, 3], [3, 4]]


def test_large_values_are_sent_in_single_precision(queries, tmp_path):
    large = np.array([[1e5, 1.0]] * 3, dtype=np.float32)
    analytics.write_recording(
        tmp_path / "recordings" / "large", name="large", tokens=["a"] * 3, states={"s": large}
    )
    answer = queries.window.window("large", "s", at=0, width=3)
    assert answer["dtype"] == "float32"
    np.testing.assert_array_equal(decoded(answer), large.T)


def test_tracks(queries):
    answer = queries.window.window(
        "small", "layer0.cell", at=0, width=6, tracks=["kind", "depth", ":prediction", ":loss"]
    )
    kind, depth, prediction, loss = answer["tracks"]
    assert [kind["labels"][code] for code in kind["codes"]] == ["x", "y", "x", "x", "z", "x"]
    assert kind["colors"][kind["labels"].index("x")] == 0
    assert depth["values"] == [0.0, 1.0, 2.0, None, 4.0, -1.0]
    assert (depth["low"], depth["high"]) == (-1.0, 4.0)
    assert prediction["probabilities"][0] == [0.75, 0.25]
    assert loss["values"] == [1.0, 2.0, 3.0, None, 0.5, None]
    assert [track["name"] for track in answer["available"]] == ["kind", "depth", ":prediction", ":loss"]


def test_unknown_track_is_named(queries):
    with pytest.raises(UnknownNameError, match=r"no annotation 'dept'. Did you mean 'depth'"):
        queries.window.window("small", "layer0.cell", at=0, width=6, tracks=["dept"])


def test_distribution_bars_and_share(queries):
    bars = queries.selection.bars("small", "layer0.cell", transform="raw")
    assert sum(bars["counts"]) == bars["n_values"] == bars["n_total"] == VALUES.size
    assert not bars["is_sample"]
    share = queries.selection.share_on("small", "layer0.cell", threshold=0.5, transform="raw")
    assert share == np.mean(VALUES >= 0.5)


def test_search_rows_have_their_context_inside_the_sequence(queries):
    answer = queries.search.search("small", "a")
    assert [row["start"] for row in answer["rows"]] == answer["starts"] == [0, 4]
    assert answer["rows"][0]["after"] == ["<b>", " ", "\n"]
    assert answer["rows"][1]["before"] == []
    assert queries.search.search("small", "/zebra/")["why_empty"].startswith("Nowhere in the 6 tokens")


def test_a_view_that_fits_is_left_as_it_is(queries):
    view = {
        **MatchView().to_dict(), "recording": "small", "state": "layer0.cell", "width": 10,
        "start": 1, "stop": 3, "tracks": ["kind"], "dropped": [0], "pinned": [3],
    }  # fmt: skip
    changes, problems = queries.view.checked(view)
    assert {name: value for name, value in changes.items() if view[name] != value} == {}
    assert problems == []


def test_what_does_not_fit_becomes_the_default_with_a_sentence(queries):
    view = {
        **MatchView().to_dict(), "recording": "small", "state": "layer0.cel", "at": 700,
        "start": 3, "stop": 5, "tracks": ["kind", "knid"], "dropped": [4], "pinned": [0],
    }  # fmt: skip
    changes, problems = queries.view.checked(view)
    assert (changes["recording"], changes["state"], changes["at"]) == ("small", "layer0.cell", 0)
    assert (changes["start"], changes["stop"], changes["tracks"], changes["dropped"]) == (
        -1,
        -1,
        ["kind"],
        [],
    )
    text = " ".join(problems)
    for part in ("'layer0.cel'", "border at 4", "positions 0 to 5", "'knid'", "no unit 4"):
        assert part in text


def test_another_recording_is_shown_from_its_beginning(queries):
    view = {
        **MatchView().to_dict(), "recording": "smal", "state": "layer0.cell", "at": 2, "start": 1, "stop": 3,
        "tracks": ["kind"], "dropped": [0], "pinned": [3], "matched": True,
    }  # fmt: skip
    changes, problems = queries.view.checked(view)
    assert "'smal'" in problems[0] and problems[0].endswith("Showing small.")
    assert (changes["recording"], changes["at"], changes["start"], changes["stop"]) == ("small", 0, -1, -1)
    assert (changes["dropped"], changes["pinned"], changes["matched"]) == ([], [], False)


def test_no_recording_at_all_is_no_error(tmp_path):
    cache = AnswerCache(tmp_path / "cache", disk_megabytes=10, memory_megabytes=10)
    queries = Queries(tmp_path / "nothing", cache)
    assert queries.view.opening() == {}
    assert queries.view.checked({"recording": ""}) == ({"recording": ""}, [])
