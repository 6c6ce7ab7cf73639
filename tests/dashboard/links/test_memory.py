"""The address of the Memory page holds the whole view, and nonsense in it is told."""

from dataclasses import fields

import pytest

from dashboard.links import PATHS, MemoryView, memory_address, memory_from_dict, read_memory
from dashboard.links.memory import ADDRESS

EVERYTHING = MemoryView(
    recording="plays & more",
    state="layer1.cell",
    beside=("plays:layer0.cell", "other, one:h 100%"),
    delays=12,
    positions=0,
    seed=3,
    view="properties",
    measure="share",
    n=7,
    scale="linear",
    whitened=True,
    by="part of speech",
    classes=("NN,S", "100%", "<b>"),
    words=(4, 0, 9),
    sort="half-life",
    delay=5,
    properties=("part of speech=NN%7C1|part of speech=100%25,", "w:12;15|w:9"),
    types=False,
    position=77,
    control=False,
    unit=12,
    linked=False,
    beside_delay=4,
    beside_positions=500,
    beside_classes=("VB", "1,2"),
    beside_position=9,
    beside_unit=3,
)


def test_every_field_differs_from_the_default_here():
    default = MemoryView()
    for field in fields(MemoryView):
        assert getattr(EVERYTHING, field.name) != getattr(default, field.name), field.name


def test_the_address_holds_the_whole_view():
    assert read_memory(memory_address(EVERYTHING).partition("?")[2]) == (EVERYTHING, [])


def test_the_browser_holds_the_whole_view():
    assert memory_from_dict(EVERYTHING.to_dict()) == EVERYTHING


def test_the_default_view_has_a_short_address():
    assert memory_address(MemoryView()) == PATHS["memory"] == ADDRESS.path


@pytest.mark.parametrize(
    ("query", "field", "sentence"),
    [
        ("beside=plays:cell,other", "beside", "at most 5 curves like recording:state separated by commas"),
        ("beside=:cell", "beside", "like recording:state"),
        ("beside=" + ",".join(f"a:h{i}" for i in range(6)), "beside", "at most 5 curves"),
        ("delays=0", "delays", "wanted a whole number from 1 to 200. Showing 30."),
        ("delays=201", "delays", "from 1 to 200"),
        ("positions=-2", "positions", "a whole number"),
        ("seed=-1", "seed", "from 0 to"),
        ("view=everything", "view", "one of decay, classes, properties, directions, where. Showing decay."),
        ("measure=median", "measure", "one of largest, sum, share"),
        ("n=0", "n", "from 1 to 1000"),
        ("scale=sqrt", "scale", "one of log, linear"),
        ("whitened=yes", "whitened", "0 or 1"),
        ("class=" + ",".join(f"a{i}" for i in range(17)), "classes", "at most 16 labels"),
        ("word=a", "words", "at most 16 word ids"),
        ("word=" + ",".join(map(str, range(17))), "words", "at most 16 word ids"),
        ("sort=name", "sort", "one of strength, half-life, n"),
        ("delay=200", "delay", "from 0 to 199"),
        ("property=w:1", "properties", "at most 6 properties like annotation=label|annotation=label"),
        ("property=w:1|w:", "properties", "at most 6 properties"),
        ("property=w:1|w:x", "properties", "at most 6 properties"),
        ("property=a=b|c", "properties", "at most 6 properties"),
        ("property=a=b|c=d|e=f", "properties", "at most 6 properties"),
        ("property=" + ",".join(f"w:{i}|w:9" for i in range(7)), "properties", "at most 6 properties"),
        ("types=2", "types", "0 or 1"),
        ("position=-5", "position", "a whole number"),
        ("control=", "control", "0 or 1"),
        ("unit=-2", "unit", "a whole number"),
        ("linked=both", "linked", "0 or 1"),
        ("delay2=200", "beside_delay", "from 0 to 199"),
        ("positions2=-2", "beside_positions", "a whole number"),
        ("class2=" + ",".join(f"a{i}" for i in range(17)), "beside_classes", "at most 16 labels"),
        ("position2=x", "beside_position", "a whole number"),
        ("unit2=-2", "beside_unit", "a whole number"),
    ],
)
def test_nonsense_becomes_the_default_and_a_sentence(query, field, sentence):
    view, problems = read_memory("?" + query)
    assert getattr(view, field) == getattr(MemoryView(), field)
    assert len(problems) == 1
    assert sentence in problems[0]


def test_very_long_addresses_are_not_read():
    assert read_memory("state=" + "x" * 9000) == (
        MemoryView(),
        ["The address is too long to be one of ours. Showing the default view."],
    )


@pytest.mark.parametrize(
    ("query", "curves"),
    [
        ("recording=plays&beside=other&state2=layer0.cell", ("other:layer0.cell",)),
        ("?recording=plays&state2=h, 1", ("plays:h, 1",)),
        ("recording=plays&beside=other:layer0.cell", ("other:layer0.cell",)),
        ("recording=plays&beside=&state2=", ()),
        ("recording=plays&beside=other", ("other:",)),
    ],
)
def test_the_second_recording_of_other_pages_is_a_curve(query, curves):
    view, problems = read_memory(query)
    assert (view.recording, view.beside, problems) == ("plays", curves, [])
