"""Figures of the memory show the numbers of their records, gaps as gaps, and texts as they are."""

from __future__ import annotations

import pytest

from dashboard.facts import MemoryCurve, MemoryNorms, MemoryProperty, MemorySpectrum, MemoryUnits
from dashboard.figures.memory import classes_figure, decay_figure
from dashboard.figures.memory_axes import color_of
from dashboard.figures.memory_detail import properties_figure, units_figure
from dashboard.figures.memory_spectrum import norms_figure, spectrum_figure
from dashboard.figures.theme import CATEGORIES, DARK, LIGHT, OTHER

CURVE = MemoryCurve(
    name="<unk> & co",
    color="first",
    n=(100, 99, 98, 0),
    value=(2.0, 1.0, 0.5, None),
    low=(1.9, 0.8, -0.1, None),
    high=(2.1, 1.2, 0.7, None),
    half_life=1.0,
)
PLAIN = {"title": "largest, ", "scale": "linear", "delay": 2, "theme": "light"}


def lines(figure):
    return [trace for trace in figure.data if trace.mode.startswith("lines+")]


def bands(figure):
    return [trace for trace in figure.data if trace.fill == "toself"]


def test_a_curve_has_its_numbers_and_its_n():
    [line] = lines(decay_figure([CURVE], **PLAIN))
    assert list(line.x) == [0, 1, 2, 3]
    assert list(line.y) == [2.0, 1.0, 0.5, None]
    assert [list(row) for row in line.customdata][:2] == [[100, 1.9, 2.1], [99, 0.8, 1.2]]
    assert line.line.color == LIGHT.first


def test_the_band_goes_up_and_back_and_leaves_gaps_out():
    [band] = bands(decay_figure([CURVE], **PLAIN))
    assert list(band.x) == [0, 1, 2, 2, 1, 0]
    assert list(band.y) == [2.1, 1.2, 0.7, -0.1, 0.8, 1.9]


def test_two_stretches_have_a_band_each():
    values = (2.0, 1.0, None, 0.5, 0.4)
    curve = MemoryCurve("a", "first", n=(9, 9, 0, 9, 9), value=values, low=values, high=values)
    assert [list(band.x) for band in bands(decay_figure([curve], **PLAIN))] == [[0, 1, 1, 0], [3, 4, 4, 3]]


def test_a_logarithm_has_no_place_for_nothing():
    zero = MemoryCurve("a", "second", n=(9, 9, 9), value=(1.0, 0.5, 0.0))
    figure = decay_figure([zero, CURVE], **{**PLAIN, "scale": "log"})
    assert figure.layout.yaxis.type == "log"
    assert list(lines(figure)[0].y) == [1.0, 0.5, None]
    assert list(figure.layout.yaxis.ticktext) == ["0.1", "0.2", "0.5", "1", "2", "5", "10"]
    [band] = bands(figure)
    assert list(band.y) == [2.1, 1.2, 0.7, 0.5, 0.8, 1.9], "a limit below 0 is drawn at the value"


def test_the_axis_says_what_n_and_which_delays():
    layout = decay_figure([CURVE], **PLAIN).layout
    assert layout.yaxis.title.text == "largest, n = 0 to 100"
    assert layout.xaxis.title.text == "delay in positions"
    same = MemoryCurve("a", "first", n=(1200, 1200), value=(1.0, 0.5))
    assert "n = 1,200" in decay_figure([same], **PLAIN).layout.yaxis.title.text


def test_a_share_is_read_in_percent():
    axis = decay_figure([CURVE], **{**PLAIN, "scale": "share"}).layout.yaxis
    assert (axis.tickformat, tuple(axis.range)) == (".0%", (0, 1.02))


def test_the_half_life_is_marked_on_the_curve():
    marks = [trace for trace in decay_figure([CURVE], **PLAIN).data if trace.mode == "markers"]
    assert [(mark.x[0], mark.y[0]) for mark in marks] == [(1.0, 1.0)]


def test_the_chosen_delay_is_a_line():
    [line] = decay_figure([CURVE], **PLAIN).layout.shapes
    assert (line.x0, line.x1, line.xref, line.yref) == (2, 2, "x", "paper")


def test_names_are_no_markup_and_no_template():
    odd = MemoryCurve("%{y} <b>", "first", n=(1, 1), value=(1.0, 0.1), half_life=0.5)
    for trace in decay_figure([odd], **PLAIN).data:
        assert "%{y} <b>" not in (trace.hovertemplate or "")
        assert trace.name in (None, "%{y} &lt;b&gt;")


def test_no_curve_is_an_empty_figure():
    figure = decay_figure([], **PLAIN)
    assert len(figure.data) == 0
    assert "no positions" in figure.layout.yaxis.title.text


def test_classes_keep_their_colours():
    rows = [
        MemoryCurve("all words", "text", n=(9, 8), value=(1.0, 0.5)),
        MemoryCurve("NOUN", "category 2", n=(5, 4), value=(2.0, 0.5)),
        MemoryCurve("X", "category 99", n=(5, 4), value=(3.0, 0.5)),
    ]
    figure = classes_figure([*rows, CURVE], **{**PLAIN, "theme": "dark"})
    assert not [trace for trace in figure.data if trace.mode == "markers"]
    assert bands(figure)[0].fillcolor.endswith(",0.08)")
    shown = lines(figure)[:3]
    assert [line.line.color for line in shown] == [DARK.text, CATEGORIES["dark"][2], OTHER["dark"]]


@pytest.mark.parametrize(("scale", "low", "high"), [("linear", -0.1, 9.0), ("log", -1.0, 0.954)])
def test_figures_beside_each_other_have_one_scale(scale, low, high):
    other = MemoryCurve("VERB", "category 1", n=(5, 4), value=(9.0, 0.1))
    one = classes_figure([CURVE], **{**PLAIN, "scale": scale}, beside=[other])
    beside = classes_figure([other], **{**PLAIN, "scale": scale}, beside=[CURVE])
    assert one.layout.yaxis.range == beside.layout.yaxis.range
    assert one.layout.yaxis.range[0] < low < high < one.layout.yaxis.range[1]
    assert one.layout.yaxis.range[1] - one.layout.yaxis.range[0] < 1.2 * (high - low)


def test_two_norms_of_each_curve():
    norms = MemoryNorms("a", "first", n=(9, 8), mean_norm=(3.0, 2.0), norm_of_mean=(1.0, 0.0))
    one, other = norms_figure([norms], scale="log", delay=0, theme="light").data
    assert list(one.y) == [3.0, 2.0] and list(other.y) == [1.0, None]
    assert "mean ‖G‖" in one.name and "‖mean G‖" in other.name
    assert one.line.dash != other.line.dash
    assert list(one.customdata) == [9, 8]


def test_norms_of_many_curves_leave_room_beside_their_legend():
    many = [MemoryNorms(f"a{n}", "first", n=(9,), mean_norm=(3.0,), norm_of_mean=(1.0,)) for n in range(6)]
    one = norms_figure(many[:1], scale="log", delay=0, theme="light")
    figure = norms_figure(many, scale="log", delay=0, theme="light")
    listed = [trace.name for trace in figure.data if trace.showlegend is not False]
    assert listed == [*(each.name for each in many), "mean ‖G‖", "‖mean G‖"]
    assert len({trace.line.dash for trace in figure.data if trace.name in ("mean ‖G‖", "‖mean G‖")}) == 2
    assert figure.layout.height >= one.layout.height + 3 * 20


def test_a_spectrum_starts_at_one_and_tells_the_share():
    spectrum = MemorySpectrum("a", "first", n=70, values=(3.0, 1.0), shares=(0.75, 1.0))
    figure = spectrum_figure([spectrum], delay=4, n=1, scale="linear", theme="light")
    assert list(figure.data[0].x) == [1, 2]
    assert list(figure.data[0].customdata) == [0.75, 1.0]
    assert "delay 4" in figure.layout.xaxis.title.text
    assert "n = 70" in figure.layout.yaxis.title.text
    assert figure.layout.shapes[0].x0 == 1.5


def test_a_property_has_two_panels_and_the_grey_shares_beside():
    found = MemoryProperty("NN - NNS", "category 0", relative=(0.9, 0.5), cosine=(0.8, 0.7))
    figure = properties_figure([found], ((0.2, 0.3), (0.5, 0.6)), n=5, delay=1, theme="light")
    relative, cosine, largest, first = figure.data
    assert (list(relative.y), relative.yaxis) == ([0.9, 0.5], "y")
    assert (list(cosine.y), cosine.yaxis) == ([0.8, 0.7], "y2")
    assert (list(largest.y), list(first.y)) == ([0.2, 0.3], [0.5, 0.6])
    assert largest.line.color == first.line.color == LIGHT.unselected
    assert [shape.xref for shape in figure.layout.shapes] == ["x", "x2"]
    assert "first 5" in figure.layout.yaxis2.title.text


UNITS = MemoryUnits(
    half_life=(3.0, None, 1.0),
    strength=(0.5, 0.4, 0.3),
    write=(0.2, 0.3, 0.9),
    keep=(0.9, 0.99, 0.4),
    write_name="input gate",
    keep_name="forget gate",
    n=500,
    last_delay=29,
)


def test_units_lie_by_keep_gate_and_half_life():
    figure = units_figure(UNITS, chosen=2, theme="light")
    [points] = figure.data
    assert list(points.x) == [0.9, 0.4] and list(points.y) == [3.0, 1.0]
    assert [row[0] for row in points.customdata] == [0, 2]
    assert list(points.marker.color) == [0.2, 0.9]
    assert points.marker.size[1] > points.marker.size[0]
    assert "n = 500" in figure.layout.xaxis.title.text
    assert "1 not drawn: more than half is left at delay 29" in figure.layout.yaxis.title.text


def test_without_gates_units_lie_by_strength():
    nothing = (None, None, None)
    plain = MemoryUnits(UNITS.half_life, UNITS.strength, nothing, nothing, "", "", n=500, last_delay=29)
    [points] = units_figure(plain, chosen=-1, theme="dark").data
    assert list(points.x) == [0.5, 0.3]
    assert points.marker.color == DARK.unselected


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("meaning", ["first", "second", "text", "other", "category 0", "category 15"])
def test_every_colour_is_one_that_plotly_reads(meaning, theme):
    assert color_of(meaning, theme).startswith("#") and len(color_of(meaning, theme)) == 7
