"""Classes of a second recording or state: those shown of the first, in their order."""

from __future__ import annotations

from dataclasses import replace

import pytest

from analytics.derived.recording_memory import recording_memory
from dashboard.queries import Queries
from dashboard.queries.cache import AnswerCache
from dashboard.queries.memory.question import MemoryQuestion
from tests.memory_recordings import memory_corpus, memory_recording

DELAYS = 4
SECOND = "other:layer0.hidden"
ASKED = MemoryQuestion(
    "queens",
    "layer0.cell",
    delays=DELAYS,
    by="tag",
    words=(1,),
    delay=1,
    beside=(SECOND, "queens:layer0.hidden"),
)


@pytest.fixture(scope="module")
def queries(tmp_path_factory):
    folder = tmp_path_factory.mktemp("memory")
    first = memory_recording(folder / "queens", corpus=memory_corpus(400))
    recording_memory(first, state="layer0.cell", delays=DELAYS, by=("tag",), words=(1,))
    second = memory_recording(folder / "other", kind="gru", corpus=memory_corpus(400))
    recording_memory(second, state="layer0.hidden", delays=DELAYS, by=("tag",))
    memory_recording(folder / "bare", corpus=replace(memory_corpus(400), annotations={}))
    cache = AnswerCache(tmp_path_factory.mktemp("cache"), disk_megabytes=8, memory_megabytes=64)
    return Queries(folder, cache)


def test_the_second_is_asked_for_the_classes_shown_of_the_first(queries):
    second = queries.memory_beside.second(ASKED)
    assert (second.recording, second.state, second.by, second.words) == ("other", "layer0.hidden", "tag", ())
    rows = [
        row for row in queries.memory_classes.table(ASKED)["rows"] if row["shown"] and row["kind"] != "word"
    ]
    assert list(second.classes) == [row["key"] for row in rows] and len(rows) > 1
    names = [curve.name for curve in queries.memory_classes.curves(second)[0]]
    assert sorted(names) == sorted(row["text"] for row in rows)


def test_rows_stand_in_the_order_of_the_first_with_values_of_the_second(queries):
    answer = queries.memory_beside.table(ASKED)
    alone = queries.memory_classes.table(
        replace(ASKED, recording="other", state="layer0.hidden", words=(), beside=())
    )
    values = {row["key"]: row.get("value") for row in alone["rows"]}
    assert {row["key"]: row.get("value") for row in answer["rows"]} == values
    first = [row["key"] for row in queries.memory_classes.table(ASKED)["rows"] if row["kind"] != "word"]
    assert [row["key"] for row in answer["rows"]] == [key for key in first if key in values]
    assert (answer["recording"], answer["state"]) == ("other", "layer0.hidden")


def test_nothing_beside_has_no_rows(queries):
    for beside in ((), ("nowhere:layer0.cell",), ("other:layer9.cell",)):
        assert queries.memory_beside.table(replace(ASKED, beside=beside))["rows"] == []


def test_a_recording_without_that_annotation_is_no_error(queries):
    answer = queries.memory_beside.table(replace(ASKED, beside=("bare:layer0.cell",)))
    assert not any(row["inResult"] for row in answer["rows"])
