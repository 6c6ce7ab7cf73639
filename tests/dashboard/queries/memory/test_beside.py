"""A second recording or state: asked what the first is asked, its words by their texts, and B - A."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from analytics.analyses.memory.half_life import half_life
from analytics.derived.recording_memory import recording_memory
from analytics.errors import ParameterError
from dashboard.queries import Queries
from dashboard.queries.cache import AnswerCache
from dashboard.queries.memory.curves import Curve
from dashboard.queries.memory.difference import curve_difference, difference, half_life_difference
from dashboard.queries.memory.question import MemoryQuestion
from tests.memory_recordings import memory_corpus, memory_recording

DELAYS = 4
SECOND = "other:layer0.hidden"
ROUNDED = {"rel": 1e-4, "abs": 1e-5}
"""Numbers are sent with six digits; a difference is taken before."""
ASKED = MemoryQuestion(
    "queens",
    "layer0.cell",
    delays=DELAYS,
    by="tag",
    words=(1,),
    properties=("tag=NN|tag=NNS", "w:1|w:2;3"),
    delay=1,
    position=50,
    beside=(SECOND, "queens:layer0.hidden"),
)
UNLINKED = replace(
    ASKED, linked=False, beside_delay=2, beside_classes=("VB",), beside_position=90, beside_unit=3
)


@pytest.fixture(scope="module")
def queries(tmp_path_factory):
    folder = tmp_path_factory.mktemp("memory")
    first = memory_recording(folder / "queens", corpus=memory_corpus(400))
    recording_memory(first, state="layer0.cell", delays=DELAYS, by=("tag",), words=(1,))
    second = memory_recording(folder / "other", kind="gru", corpus=memory_corpus(400))
    recording_memory(second, state="layer0.hidden", delays=DELAYS, by=("tag",), words=(1,))
    memory_recording(folder / "bare", corpus=replace(memory_corpus(400), annotations={}))
    memory_recording(folder / "elsewhere", corpus=memory_corpus(400, seed=5))
    cache = AnswerCache(tmp_path_factory.mktemp("cache"), disk_megabytes=8, memory_megabytes=64)
    return Queries(folder, cache)


def alone(question, **changed):
    """The same asked of what is beside, as if it were the first."""
    return replace(question, recording="other", state="layer0.hidden", beside=(), **changed)


def beside(curve, question=ASKED):
    return replace(question, beside=(curve,))


# ---- the question -----------------------------------------------------------------------------------------


def test_linked_the_second_is_asked_for_the_classes_shown_of_the_first(queries):
    second = queries.memory_beside.second(ASKED)
    assert (second.recording, second.state, second.by, second.words) == (
        "other",
        "layer0.hidden",
        "tag",
        (1,),
    )
    rows = [row for row in queries.memory_classes.table(ASKED)["rows"] if row["shown"]]
    assert list(second.classes) == [row["key"] for row in rows if row["kind"] == "class"] != []
    names = [curve.name for curve in queries.memory_classes.curves(second)[0]]
    assert sorted(names) == sorted(row["text"] for row in rows)
    assert second.delay == ASKED.delay


def test_unlinked_it_has_a_delay_classes_place_and_unit_of_its_own(queries):
    second = queries.memory_beside.question(UNLINKED)
    own = (second.delay, second.classes, second.position, second.unit)
    assert own == (2, ("VB",), 90, 3)
    assert queries.memory_beside.where(UNLINKED)["position"] == 90
    [_, row] = queries.memory.decay(replace(UNLINKED, beside=(SECOND,)))["curves"]
    assert (row["delay"], row["atDelay"]["largest"]) == (2, row["largest"][2])


def test_words_go_by_their_texts(queries, monkeypatch):
    other = queries.recordings.open("other")
    monkeypatch.setattr(type(other), "vocabulary", property(lambda self: turned(self)))

    def turned(recording):
        words = ["<unk>", "the", "queen", "queens", "sleep"]
        return np.array(words[::-1] if recording.path.name == "other" else words, dtype=object)

    second = queries.memory_beside.question(
        replace(ASKED, words=(1, 4), properties=("w:1|w:2;3", "w:0|w:99"))
    )
    assert second.words == (3, 0)
    assert second.properties == ("w:3|w:2;1", "w:4|w:")


@pytest.mark.parametrize("curves", [(), ("nowhere:layer0.cell",), ("other:layer9.cell",)])
def test_nothing_beside_is_a_sentence(queries, curves):
    asked = replace(ASKED, beside=curves)
    assert queries.memory_beside.second(asked) is queries.memory_beside.known(asked) is None
    for question in ("status", "table", "properties", "directions", "where"):
        with pytest.raises(ParameterError, match="Nothing is shown beside"):
            getattr(queries.memory_beside, question)(asked)


# ---- classes ----------------------------------------------------------------------------------------------


def test_rows_stand_in_the_order_of_the_first_with_values_of_the_second(queries):
    answer = queries.memory_beside.table(ASKED)
    values = {row["key"]: row.get("value") for row in queries.memory_classes.table(alone(ASKED))["rows"]}
    assert {row["key"]: row.get("value") for row in answer["rows"]} == values
    first = [row["key"] for row in queries.memory_classes.table(ASKED)["rows"]]
    assert [row["key"] for row in answer["rows"]] == [key for key in first if key in values]
    assert (answer["recording"], answer["state"]) == ("other", "layer0.hidden")


def test_classes_and_words_have_a_difference_at_one_delay_only(queries):
    first = {(row["kind"], row["key"]): row for row in queries.memory_classes.table(ASKED)["rows"]}
    rows = [row for row in queries.memory_beside.table(ASKED)["rows"] if "difference" in row]
    assert {"all", "class", "word"} == {row["kind"] for row in rows}
    for row in rows:
        one = first[row["kind"], row["key"]]
        assert row["difference"] == pytest.approx(row["value"] - one["value"], **ROUNDED)
        assert row["differenceLow"] < row["difference"] < row["differenceHigh"]
        reach = row["high"] - row["value"], one["value"] - one["low"]
        assert row["differenceHigh"] - row["difference"] == pytest.approx(np.hypot(*reach), **ROUNDED)
    assert not any("difference" in row for row in queries.memory_beside.table(UNLINKED)["rows"])


def test_a_recording_without_that_annotation_says_so(queries):
    answer = queries.memory_beside.table(beside("bare:layer0.cell"))
    assert answer["rows"] == [] and "has no annotation 'tag'" in answer["why"]
    assert queries.memory_beside.second(beside("bare:layer0.cell")) is None


# ---- the other panels -------------------------------------------------------------------------------------


def test_properties_of_the_second_and_what_it_keeps_more(queries):
    answer = queries.memory_beside.properties(ASKED)
    theirs = queries.memory_properties.table(alone(ASKED))["properties"]
    ours = queries.memory_properties.table(ASKED)["properties"]
    for row, one, other in zip(answer["properties"], ours, theirs, strict=True):
        assert row["relative"] == other["relative"]
        for name in ("relative", "cosine"):
            assert row["difference"][name] == pytest.approx(np.subtract(other[name], one[name]), **ROUNDED)


def test_directions_have_no_difference_and_say_why(queries):
    answer = queries.memory_beside.directions(ASKED)
    assert answer["directions"] == queries.memory_directions.directions(alone(ASKED))["directions"]
    assert "two networks, whose axes need not be the same" in answer["why"]


def test_the_same_token_is_followed_in_both(queries):
    answer = queries.memory_beside.where(ASKED)
    first, second = queries.memory_where.where(ASKED), queries.memory_where.where(alone(ASKED))
    assert (answer["position"], answer["same"], answer["norms"]) == (50, True, second["norms"])
    found = np.subtract(second["relative"], first["relative"])
    assert answer["difference"] == pytest.approx(found, **ROUNDED)
    assert answer["firstLimit"] == first["limit"]


def test_where_the_text_is_another_nothing_is_followed(queries):
    first, other = queries.recordings.open("queens"), queries.recordings.open("elsewhere")
    apart = np.flatnonzero(first.token_ids != other.token_ids)
    asked = beside("elsewhere:layer0.cell", replace(ASKED, position=int(apart[0])))
    answer = queries.memory_beside.where(asked)
    assert answer["tokens"] == [] and "does not have this token" in answer["why"]
    assert queries.memory_beside.where(replace(asked, linked=False))["tokens"]


def test_what_was_not_computed_says_what_it_takes(queries):
    status = queries.memory_beside.status(beside("bare:layer0.cell"))
    assert status["result"] is None and status["network"] and status["estimate"]["seconds"] > 0
    assert queries.memory_beside.known(beside("bare:layer0.cell")) is None
    assert queries.memory_beside.status(ASKED)["result"]["by"] == "tag"


def test_a_swapped_view_keeps_what_the_second_has(queries):
    swapped = queries.memory_beside.status(ASKED)["swapped"]
    assert swapped == {"by": "tag", "words": [1], "properties": list(ASKED.properties), "position": 50}
    assert queries.memory_beside.status(beside("bare:layer0.cell"))["swapped"]["by"] == ""


# ---- differences ------------------------------------------------------------------------------------------


def test_decay_says_what_the_second_keeps_more(queries):
    answer = queries.memory.decay(ASKED)
    one, other, _ = answer["curves"]
    found = np.subtract(other["largest"], one["largest"])
    assert answer["difference"]["largest"] == pytest.approx(found, **ROUNDED)
    assert answer["difference"]["shareLow"] == [None] * DELAYS
    shown = queries.memory.difference(ASKED)
    assert (shown.name, list(shown.value)) == ("B − A", answer["difference"]["largest"])
    assert "difference" not in queries.memory.decay(replace(ASKED, beside=()))
    assert "difference" not in queries.memory.decay(beside("bare:layer0.cell"))


def test_a_band_reaches_as_far_as_both_together():
    value, low, high = difference((10.0, 7.0, 12.0), (20.0, 16.0, 23.0))
    assert (value, low, high) == pytest.approx((10, 10 - np.hypot(4, 2), 10 + np.hypot(3, 3)))
    assert np.isnan(difference((1.0, np.nan, np.nan), (2.0, 1.0, 3.0))[1:]).all()


def test_half_lives_and_delays_that_both_have():
    first = Curve(*(np.array([8.0, 4.0, 2.0]) * by for by in (1, 0.9, 1.1)))
    second = Curve(*(np.array([8.0, 6.0, 4.0, 2.0]) * by for by in (1, 0.9, 1.1)))
    found = half_life_difference(first, second)
    assert found["halfLife"] == pytest.approx(float(half_life(second.value) - half_life(first.value))) == 1.0
    assert found["halfLifeLow"] < 1 < found["halfLifeHigh"]
    assert curve_difference(first, second).value.tolist() == [0, 2, 2]
    unknown = half_life_difference(first, Curve(*[np.array([8.0, 7.0])] * 3))
    assert unknown["halfLife"] is None
