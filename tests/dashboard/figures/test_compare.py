"""A line for each training, by step."""

from dashboard.facts import TrainingSteps
from dashboard.figures.compare import steps_figure

RUN = TrainingSteps(
    name="<b>run</b> %{x}",
    color="first",
    steps=(0, 500, 1000),
    values=(30.0, None, 6.5),
    n=(100, None, 100),
    names=("a", "b", "c & d"),
    chosen=(True, False, False),
)


def test_values_lie_at_their_steps_with_gaps():
    figure = steps_figure([RUN], title="perplexity", theme="light")
    (line,) = figure.data
    assert (list(line.x), list(line.y)) == ([0, 500, 1000], [30.0, None, 6.5])
    assert line.connectgaps is None or not line.connectgaps
    assert "n = 100" in figure.layout.yaxis.title.text and "perplexity" in figure.layout.yaxis.title.text


def test_compared_checkpoints_are_larger():
    (line,) = steps_figure([RUN], title="loss", theme="dark").data
    assert line.marker.size[0] > line.marker.size[1] == line.marker.size[2]


def test_names_are_shown_as_written():
    (line,) = steps_figure([RUN], title="loss", theme="light").data
    assert "<b>" not in line.name
    assert "&amp;" in line.customdata[2][0]
